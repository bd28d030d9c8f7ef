import { expect, test } from "vitest";
import { around, linesIn, metresAt, pxOf, roundUp, toDegrees, toMetres, zoomed, zoomOf } from "./plan_view";

const BELGRADE = [44.8125, 20.4612] as const;
const PANE = { width: 400, height: 300 };

test("a place of the map is found again where it was put", () => {
  for (const place of [[44.813, 20.462], [44.8125, 20.4612], [44.811, 20.4599]] as const) {
    const [latitude, longitude] = toDegrees(toMetres(place, BELGRADE), BELGRADE);
    expect(latitude).toBeCloseTo(place[0], 6);
    expect(longitude).toBeCloseTo(place[1], 6);
  }
});

test("a second of latitude has 31 m, north is up and east is to the right", () => {
  const [x, y] = toMetres([44.8125 + 1 / 3600, 20.4612], BELGRADE);
  expect(x).toBeCloseTo(0, 6);
  expect(y).toBeCloseTo(30.92, 1);
  expect(toMetres([44.8125, 20.4613], BELGRADE)[0]).toBeCloseTo(7.9, 1);
});

test("over the date line the way is short", () => {
  expect(toMetres([0, -179.9999], [0, 179.9999])[0]).toBeCloseTo(22.3, 1);
});

test("MapLibre's zoom goes with the metres of a pixel", () => {
  expect(zoomOf((2 * Math.PI * 6_378_137) / 512, [0, 0])).toBeCloseTo(0);
  expect(zoomOf(0.1, BELGRADE) - zoomOf(0.2, BELGRADE)).toBeCloseTo(1);
});

test("all points are in sight, and a single one has room around", () => {
  const view = around([[0, 0], [100, 40]], PANE);
  for (const point of [[0, 0], [100, 40]] as const) {
    const [left, top] = pxOf(point, view, PANE);
    expect(left > 20 && left < 380 && top > 20 && top < 280).toBe(true);
  }
  expect(around([[5, 5]], PANE)).toEqual({ x: 5, y: 5, perPx: 0.1 });
});

test("what is pointed at stays where it is while one looks closer", () => {
  const view = { x: 3, y: -2, perPx: 0.2 };
  const before = metresAt([90, 210], view, PANE);
  const after = metresAt([90, 210], zoomed(view, 2, [90, 210], PANE), PANE);
  expect(after[0]).toBeCloseTo(before[0]);
  expect(after[1]).toBeCloseTo(before[1]);
});

test("lengths are round, and lines lie on them", () => {
  expect([0.7, 1, 1.2, 3, 6, 40].map(roundUp)).toEqual([1, 1, 2, 5, 10, 50]);
  expect(linesIn(-7, 11, 5)).toEqual([-5, 0, 5, 10]);
});
