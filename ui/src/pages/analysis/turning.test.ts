import { expect, test } from "vitest";
import type { SeriesPage, SeriesRow } from "./columns";
import { anglesOf, ribbonsOf, turningOf } from "./turning";

const MOVEMENTS = [
  { name: "through", entry_line: "south", exit_line: "north" },
  { name: "right", entry_line: "south", exit_line: "east" },
  { name: "right again", entry_line: "south", exit_line: "east" },
  { name: "back", entry_line: "east", exit_line: "south" },
];
const LINES = ["north", "east", "south", "unused"];

function row(series: string, value: (number | null)[]): SeriesRow {
  const coverage = value.map((each) => (each === null ? 0 : 1));
  const name = { camera: "c", series, quantity: "movement", unit: "1", road_user: null, direction: null, direction_name: null } as const;
  return { ...name, value, coverage, unexplained: value.map(() => 0), count: value.map(() => 0), lower: null, upper: null, basis: null, total: null, unreliable: [], estimated: [] };
}

function page(rows: SeriesRow[]): SeriesPage {
  return { bin: "hour", time_zone: "UTC", first_s: 0, step_s: 3600, starts_s: null, count: 2, now_s: 7200, made_up_before_s: null, kept_from_s: 0, offsets: [], rows, after: null };
}

test("movements stand from row to column, with their sums", () => {
  const table = turningOf(page([row("through", [4, 6]), row("right", [1, 1]), row("right again", [1, 0])]), "c", MOVEMENTS, LINES);
  expect(table.lines).toEqual(["north", "east", "south"]);
  expect(table.cells[2]).toEqual([{ value: 10, coverage: 1 }, { value: 3, coverage: 1 }, null]);
  expect(table.cells[1]).toEqual([null, null, { value: null, coverage: 0 }]);
  expect([table.from, table.to]).toEqual([[null, null, 13], [10, 3, null]]);
  expect(table.coverage).toBe(0);
});

test("a part that is not known makes the sum not known", () => {
  const table = turningOf(page([row("right", [1, 1]), row("right again", [null, null])]), "c", MOVEMENTS, LINES);
  expect(table.cells[2]?.[1]).toEqual({ value: null, coverage: 0 });
});

test("lines stand as they lie in the picture, and never on each other", () => {
  const cross = anglesOf([{ x: 0.5, y: 0.1 }, { x: 0.9, y: 0.5 }, { x: 0.5, y: 0.9 }, { x: 0.1, y: 0.5 }]);
  expect(cross.map((angle) => Math.round((angle * 180) / Math.PI) % 360)).toEqual([-90, 0, 90, 180]);
  const [one, other] = anglesOf([{ x: 0.9, y: 0.5 }, { x: 0.8, y: 0.5 }, { x: 0.1, y: 0.5 }]) as [number, number, number];
  expect(Math.abs(one - other)).toBeGreaterThanOrEqual(0.44);
  expect(anglesOf([])).toEqual([]);
  const many = anglesOf(Array.from({ length: 20 }, () => ({ x: 0.5, y: 0.5 })));
  expect(new Set(many.map((angle) => angle.toFixed(3))).size).toBe(20);
});

test("ribbons are as wide as their movement is strong, and only known ones are drawn", () => {
  const table = turningOf(page([row("through", [4, 6]), row("right", [1, 1]), row("right again", [3, 0])]), "c", MOVEMENTS, LINES);
  const ribbons = ribbonsOf(table, [0, 2, 4]);
  expect(ribbons.map(({ from, to, value }) => [from, to, value])).toEqual([[2, 0, 10], [2, 1, 5]]);
  expect(ribbons[1]?.width).toBeCloseTo((ribbons[0]?.width ?? 0) / 2);
});
