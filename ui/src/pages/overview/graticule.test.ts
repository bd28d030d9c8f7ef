import { describe, expect, it } from "vitest";
import { graticule, stepOf } from "./graticule";

describe("the net of a map", () => {
  it("has some eight lines at every size", () => {
    for (const span of [0.004, 0.3, 7, 90]) expect(span / stepOf(span)).toBeLessThanOrEqual(8);
    expect(stepOf(360)).toBe(30);
  });
  it("covers what is seen and lies on round degrees", () => {
    const lines = graticule({ west: 20.4, south: 44.7, east: 20.6, north: 44.9 }).features.map(({ geometry }) => geometry.coordinates);
    const meridians = lines.filter(([a, b]) => a?.[0] === b?.[0]).map(([a]) => Number((a?.[0] ?? NaN).toFixed(4)));
    expect(Math.min(...meridians)).toBeLessThanOrEqual(20.4);
    expect(Math.max(...meridians)).toBeGreaterThanOrEqual(20.6);
    expect(meridians).toContain(20.5);
  });
  it("stays on the earth", () => {
    const all = graticule({ west: -200, south: -90, east: 200, north: 90 }).features.flatMap(({ geometry }) => geometry.coordinates);
    expect(Math.max(...all.map(([x]) => Math.abs(x ?? 0)))).toBeLessThanOrEqual(180);
    expect(Math.max(...all.map(([, y]) => Math.abs(y ?? 0)))).toBeLessThanOrEqual(85);
  });
});
