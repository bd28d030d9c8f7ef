import { describe, expect, it } from "vitest";
import { chosenIn, languageOf } from "./language.svelte";

describe("the language that was chosen", () => {
  it("stands in a cookie, and nothing else does for it", () => {
    expect(chosenIn("a=b; passerby_language=sr-Cyrl; c=d")).toBe("sr-Cyrl");
    expect(chosenIn("xpasserby_language=en")).toBeNull();
    expect(chosenIn("passerby_language=toString")).toBeNull();
    expect(chosenIn("")).toBeNull();
  });

  it("is else the browser's", () => {
    expect(languageOf(["de", "sr-Latn-RS"])).toBe("sr-Latn");
    expect(languageOf([])).toBe("en");
  });
});
