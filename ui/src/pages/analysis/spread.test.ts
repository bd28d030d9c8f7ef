import { expect, test } from "vitest";
import { barsOf } from "./spread";

test("a wide bin with as many values is lower", () => {
  expect(barsOf([0, 1, 3], [4, 4])).toEqual([{ from: 0, to: 1, share: 1 }, { from: 1, to: 3, share: 0.5 }]);
});

test("without values there are no bars", () => {
  expect(barsOf([0, 1], [0])).toEqual([]);
  expect(barsOf([], [])).toEqual([]);
});
