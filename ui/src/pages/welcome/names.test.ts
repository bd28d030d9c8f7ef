import { expect, test } from "vitest";
import { nameOf } from "./names";

test.each([
  ["Square (north) 2", "square-north-2"], ["Trg Đorđa Čonkića", "trg-djordja-conkica"], ["10.0.3.7", "camera-10-0-3-7"], ["", "camera"], ["###", "camera"],
  ["x".repeat(80), "x".repeat(40)],
])("%j is called %j", (text, name) => {
  expect(nameOf(text)).toBe(name);
  expect(nameOf(text)).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/);
});
