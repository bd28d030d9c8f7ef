import { expect, test } from "vitest";
import type { Schemas } from "../../lib/api/client";
import { trueCrossings } from "../../lib/accuracy";
import type { SeriesRow } from "./columns";
import { handInterval } from "./hand";

const ERROR = { road_user: "bicycle", direction: null, measured: true, error: 0.1, ratio: 1.1, ratio_sd: 0.05, dispersion: 1, quantile: 1.96 } as Schemas["AccuracyRow"];
const LINE = { camera: "square", line: "gate", validated: true, rows: [ERROR, { ...ERROR, road_user: "car", measured: false }] } as Schemas["LineAccuracyRow"];
const row = (changes: Partial<SeriesRow> = {}) =>
  ({ camera: "square", series: "gate", quantity: "flow", road_user: "bicycle", direction: null, value: [10, null, 0], ...changes }) as SeriesRow;

test("each number of a class that was counted by hand has its interval, and a gap has none", () => {
  const [high, low] = handInterval(row(), [], [LINE]) ?? [[], []];
  const ten = trueCrossings(ERROR, 10);
  expect([low[0], high[0]]).toEqual([ten.low, ten.high]);
  expect([low[1], high[1]]).toEqual([null, null]);
  expect(low[2]).toBe(0);
  expect(high[2]).toBeGreaterThan(0);
});

test("a sum has one only where it is of one class", () => {
  const sum = row({ road_user: null });
  expect(handInterval(sum, [], [LINE])).toBeNull();
  expect(handInterval(sum, ["bicycle", "car"], [LINE])).toBeNull();
  expect(handInterval(sum, ["bicycle"], [LINE])).not.toBeNull();
});

test("what was not measured by hand has none", () => {
  expect(handInterval(row({ road_user: "car" }), [], [LINE])).toBeNull();
  expect(handInterval(row({ direction: "forward" }), [], [LINE])).toBeNull();
  expect(handInterval(row({ series: "bridge" }), [], [LINE])).toBeNull();
  expect(handInterval(row({ quantity: "speed_mean" }), [], [LINE])).toBeNull();
  expect(handInterval(row(), [], [{ ...LINE, validated: false }])).toBeNull();
});
