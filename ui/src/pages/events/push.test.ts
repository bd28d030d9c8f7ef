import { expect, test } from "vitest";
import { bytesOf } from "./push";

test.each([
  ["", []],
  ["AA", [0]],
  ["-_8", [251, 255]],
  ["AQID", [1, 2, 3]],
])("%j are the bytes %j", (text, bytes) => {
  expect([...bytesOf(text)]).toEqual(bytes);
});
