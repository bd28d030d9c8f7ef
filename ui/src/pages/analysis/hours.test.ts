import { expect, test } from "vitest";
import { heatOf, peaksOf } from "./hours";
import type { SeriesPage, SeriesRow } from "./columns";

const MONDAY_S = 1_790_546_400; // 2026-09-28 00:00 in Berlin
const LOCAL_MONDAY = MONDAY_S + 7200;

function row(value: (number | null)[], coverage: number[] = value.map((each) => (each === null ? 0 : 1))): SeriesRow {
  const name = { camera: "c", series: "gate", quantity: "flow", unit: "1", road_user: null, direction: null, direction_name: null } as const;
  return { ...name, value, coverage, unexplained: value.map(() => 0), count: value.map(() => 1), lower: null, upper: null, basis: null, total: null, unreliable: [], estimated: [] };
}

function page(count: number, step_s: number): SeriesPage {
  const offsets = [{ from_s: 0, offset_s: 7200 }];
  return { bin: "hour", time_zone: "Europe/Berlin", first_s: MONDAY_S, step_s, starts_s: null, count, now_s: MONDAY_S + count * step_s, made_up_before_s: null, kept_from_s: 0, offsets, rows: [], after: null };
}

test("hours of a weekday are means over those that were watched", () => {
  const values: (number | null)[] = Array.from({ length: 14 * 24 }, () => 1);
  values[8] = 10;
  values[8 + 168] = 20;
  values[9] = null;
  const rows = heatOf(page(14 * 24, 3600), row(values), "weekday");
  expect(rows.map((each) => each.day)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(rows[0]?.cells[8]).toEqual({ value: 15, watched: 2, hours: 2 });
  expect(rows[0]?.cells[9]).toEqual({ value: 1, watched: 1, hours: 2 });
});

test("an hour that was half watched is no low hour", () => {
  const rows = heatOf(page(24, 3600), row(Array.from({ length: 24 }, () => 5), Array.from({ length: 24 }, () => 0.5)), "date");
  expect(rows).toHaveLength(1);
  expect(rows[0]?.day).toBe(LOCAL_MONDAY);
  expect(rows[0]?.cells[0]).toEqual({ value: null, watched: 0, hours: 1 });
});

test("an hour that is not over is left out", () => {
  const asked = { ...page(24, 3600), now_s: MONDAY_S + 5400 };
  expect(heatOf(asked, row(Array.from({ length: 24 }, () => 5)), "date")[0]?.cells[1]?.hours).toBe(0);
});

test("the peak hour may begin at any quarter", () => {
  const values: (number | null)[] = Array.from({ length: 96 }, () => 1);
  values.splice(33, 4, 10, 20, 30, 20);
  expect(peaksOf(page(96, 900), row(values))).toEqual([
    { day: LOCAL_MONDAY, start_s: MONDAY_S + 33 * 900, value: 80, factor: 80 / 120, coverage: 1, dayCoverage: 1 },
  ]);
});

test("the factor needs all four quarters watched, and an hour with a gap is no hour", () => {
  const values: (number | null)[] = Array.from({ length: 96 }, () => 1);
  values.splice(33, 4, 10, 20, 30, 20);
  const coverage: number[] = values.map(() => 1);
  coverage[34] = 0.9;
  expect(peaksOf(page(96, 900), row(values, coverage))[0]).toMatchObject({ value: 80, factor: null, coverage: 0.975 });
  values[34] = null;
  expect(peaksOf(page(96, 900), row(values))[0]?.value).toBe(52);
  expect(peaksOf(page(96, 900), row(values.map(() => null)))[0]).toMatchObject({ start_s: null, value: null, factor: null, dayCoverage: 0 });
});
