import { expect, test } from "vitest";
import { countedClasses, trueCrossings, type LineAccuracy } from "./accuracy";

// accuracy_of([]) and accuracy_of of five minutes of 10 by hand and 9 by passerby, from domain/count_accuracy.py.
const PRIOR = { ratio: 1, ratio_sd: 0.35, dispersion: 0.4, quantile: 1.959964 };

test("the interval of a line that nobody has counted at is the one that the service gives", () => {
  const none = trueCrossings(PRIOR, 0);
  expect([none.low, none.value]).toEqual([0, 0]);
  expect(none.high).toBeCloseTo(1.5366, 3);
  const fifty = trueCrossings(PRIOR, 50);
  expect(fifty.low).toBeCloseTo(24.6306, 3);
  expect(fifty.high).toBeCloseTo(101.4997, 3);
});

test("only classes that were counted are spoken of, both ways together", () => {
  const row = { road_user: "bicycle", direction: null, by_hand: 3, by_system: 2, minutes: 5 } as const;
  const rows = [row, { ...row, direction: "forward" }, { ...row, by_hand: 0, by_system: 0 }, { ...row, minutes: 0 }];
  expect(countedClasses({ rows } as unknown as LineAccuracy)).toEqual([row]);
});
