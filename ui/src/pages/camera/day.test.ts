import { describe, expect, it } from "vitest";
import type { Schemas } from "../../lib/api/client";
import { hoursOf } from "./day";

const page = (more: object): Schemas["SeriesPage"] =>
  ({ count: 3, first_s: 0, step_s: 3600, starts_s: null, offsets: [{ from_s: 0, offset_s: 7200 }], rows: [], ...more }) as unknown as Schemas["SeriesPage"];

describe("a day by the hour", () => {
  it("adds ways up by the site's clock, and leaves gaps", () => {
    const rows = [{ value: [1, null, 4], coverage: [1, 0, 0.5] }, { value: [2, null, null], coverage: [0.8, 0, 0.6] }];
    const { value, coverage } = hoursOf(page({ rows }));
    expect(value.slice(1, 6)).toEqual([null, 3, null, 4, null]);
    expect(coverage.slice(2, 5)).toEqual([0.8, 0, 0.5]);
  });
  it("adds up the hour that an autumn clock shows twice", () => {
    const offsets = [{ from_s: -1e9, offset_s: 7200 }, { from_s: 3600, offset_s: 3600 }];
    expect(hoursOf(page({ offsets, rows: [{ value: [1, 5, 2], coverage: [1, 1, 1] }] })).value.slice(2, 4)).toEqual([6, 2]);
  });
  it("is all gaps where nothing was answered", () => expect(hoursOf(null).value.every((each) => each === null)).toBe(true));
});
