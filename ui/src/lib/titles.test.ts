import { expect, test } from "vitest";
import { titleOf } from "./titles";

test("a camera is called by its title in the language that is read", () => {
  const title = { en: "Junction", "sr-Latn": "Raskrsnica kraj travnjaka" };
  expect(titleOf({ name: "a", title }, "en")).toBe("Junction");
  expect(titleOf({ name: "a", title }, "sr-Latn")).toBe("Raskrsnica kraj travnjaka");
  expect(titleOf({ name: "a", title }, "sr-Cyrl")).toBe("Раскрсница крај травњака");
  expect(titleOf({ name: "a", title: { en: "Junction" } }, "sr-Cyrl")).toBe("Junction");
  expect(titleOf({ name: "a", title: {} }, "en")).toBe("a");
});
