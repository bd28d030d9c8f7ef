import { expect, test } from "vitest";
import { countedClasses, type LineAccuracy } from "./accuracy";

test("only classes that were counted are spoken of, both ways together", () => {
  const row = { road_user: "bicycle", direction: null, by_hand: 3, by_system: 2, minutes: 5 } as const;
  const rows = [row, { ...row, direction: "forward" }, { ...row, by_hand: 0, by_system: 0 }, { ...row, minutes: 0 }];
  expect(countedClasses({ rows } as unknown as LineAccuracy)).toEqual([row]);
});
