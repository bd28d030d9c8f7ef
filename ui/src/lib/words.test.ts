import { expect, test } from "vitest";
import { messageIn } from "./words";

const CAMERAS = ["{n, plural, one {# camera} other {# cameras}}", "{n, plural, one {# kamera} few {# kamere} other {# kamera}}"] as const;

test.each([
  ["en", 1, "1 camera"],
  ["en", 5, "5 cameras"],
  ["sr-Latn", 21, "21 kamera"],
  ["sr-Latn", 3, "3 kamere"],
  ["sr-Cyrl", 3, "3 камере"],
  ["sr-Cyrl", 8000, "8.000 камера"],
] as const)("in %s %d is written %s", (read, n, expected) => {
  expect(messageIn(read, CAMERAS).format({ n })).toBe(expected);
});

test("names that are filled in keep their letters", () => {
  expect(messageIn("sr-Cyrl", ["Line {name}", "Linija {name}"]).format({ name: "Main gate" })).toBe("Линија Main gate");
});
