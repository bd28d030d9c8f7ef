import { expect, test } from "vitest";
import { bandOf } from "./drawn";

test("a band that is only believed is left out where it would hide other lines, one that was measured never is", () => {
  expect(bandOf({ basis: "prior" }, 2, 168)).toBe("believed");
  expect(bandOf({ basis: "prior" }, 3, 168)).toBeNull();
  expect(bandOf({ basis: "prior" }, 1, 35_040)).toBeNull();
  expect(bandOf({ basis: "validated 112" }, 8, 35_040)).toBe("hand");
  expect(bandOf({ basis: null }, 8, 35_040)).toBe("error");
});
