import { expect, test } from "vitest";
import { difference, isEstimate, leastCoverage, localOf, median, shifted, startsOf, totalOf, usual, weekdayOf, type SeriesPage, type SeriesRow } from "./columns";

const MONDAY_S = 1_790_546_400; // 2026-09-28 00:00 in Berlin
const SUMMER = [{ from_s: 0, offset_s: 7200 }];

function row(value: (number | null)[], changes: Partial<SeriesRow> = {}): SeriesRow {
  const coverage = value.map((each) => (each === null ? 0 : 1));
  const name = { camera: "c", series: "gate", quantity: "flow", unit: "1", road_user: null, direction: null, direction_name: null } as const;
  return { ...name, value, coverage, unexplained: value.map(() => 0), count: value.map((each) => each ?? 0), lower: null, upper: null, basis: null, total: null, unreliable: [], estimated: [], ...changes };
}

function page(count: number, step_s: number, first_s = MONDAY_S, offsets = SUMMER): SeriesPage {
  return { bin: "hour", time_zone: "Europe/Berlin", first_s, step_s, starts_s: null, count, now_s: first_s + count * step_s, made_up_before_s: null, kept_from_s: 0, offsets, rows: [], after: null };
}

test("bins begin where the answer says", () => {
  expect(startsOf(page(2, 900))).toEqual([MONDAY_S, MONDAY_S + 900, MONDAY_S + 1800]);
  expect(startsOf({ ...page(1, 900), step_s: null, starts_s: [5, 9] })).toEqual([5, 9]);
});

test("the site's clock is set within a span", () => {
  const offsets = [{ from_s: 0, offset_s: 7200 }, { from_s: 1000, offset_s: 3600 }];
  expect([localOf(offsets, 999), localOf(offsets, 1000)]).toEqual([8199, 4600]);
  expect(weekdayOf(localOf(SUMMER, MONDAY_S))).toBe(0);
  expect(weekdayOf(localOf(SUMMER, MONDAY_S - 1))).toBe(6);
});

test("a gap adds nothing, and lowers the coverage", () => {
  expect(totalOf(row([3, null, 4]), startsOf(page(3, 3600)), Infinity)).toEqual({ value: 7, coverage: 2 / 3 });
  expect(totalOf(row([null]), startsOf(page(1, 3600)), Infinity)).toEqual({ value: null, coverage: 0 });
});

test("time that has not come yet is not missing", () => {
  const starts = startsOf(page(2, 3600));
  expect(totalOf(row([3, null]), starts, MONDAY_S + 3600).coverage).toBe(1);
  expect(totalOf(row([3, 1], { coverage: [1, 0.5] }), starts, MONDAY_S + 5400).coverage).toBe(1);
});

test("means are weighted by what they stand on", () => {
  const starts = startsOf(page(2, 3600));
  expect(totalOf(row([1, 4], { quantity: "speed_mean", count: [2, 1] }), starts, Infinity).value).toBe(2);
  expect(totalOf(row([1, 4], { quantity: "occupancy_mean", coverage: [0.5, 1] }), starts, Infinity).value).toBe(3);
  expect(totalOf(row([1, 4], { quantity: "occupancy_max" }), starts, Infinity).value).toBe(4);
});

test("a total of several percentiles is an estimate, and so is one that is one itself", () => {
  const median_s = (value: (number | null)[], changes: Partial<SeriesRow> = {}) => row(value, { quantity: "dwell_p50", ...changes });
  expect([median_s([4, 9]), median_s([4], { estimated: [0] }), median_s([4, null]), row([4, 9], { quantity: "speed_mean" })].map(isEstimate)).toEqual([true, true, false, false]);
});

test("another span is put on these bins by the site's clock, over a night on which it is set", () => {
  const now = page(2, 3600);
  const before = page(3, 3600, MONDAY_S - 7 * 86_400 + 3600, [{ from_s: 0, offset_s: 3600 }]);
  expect(shifted(now, before, [10, 20, 30], 7)).toEqual([10, 20]);
  expect(shifted(now, before, [10, 20, 30], 6)).toEqual([null, null]);
});

test("usual is the median of the same weekday, of what was watched", () => {
  const weeks = page(4 * 168, 3600, MONDAY_S - 28 * 86_400);
  const values: (number | null)[] = Array.from({ length: weeks.count }, () => null);
  [10, 30, 20, 500].forEach((value, week) => (values[week * 168] = value));
  const past = row(values);
  past.coverage[3 * 168] = 0.9;
  expect(usual(page(2, 3600), weeks, past)).toEqual([20, null]);
  past.coverage[0] = 0.5;
  expect(usual(page(1, 3600), weeks, past)).toEqual([null]);
});

test("medians", () => {
  expect([median([]), median([3]), median([4, 1]), median([9, 1, 2])]).toEqual([null, 3, 2.5, 2]);
});

test("differences are of the bins that both know", () => {
  expect(difference([2, 4, null], [1, null, 8])).toEqual({ share: 1, bins: 1 });
  expect(difference([1], [0])).toBeNull();
  expect(difference([null], [3])).toBeNull();
});

test("the least coverage of several", () => {
  expect(leastCoverage([row([1, 2], { coverage: [1, 0.5] }), row([1, null], { coverage: [0.75, 0] })])).toEqual([0.75, 0]);
  expect(leastCoverage([])).toEqual([]);
});
