import { describe, expect, it } from "vitest";
import { detailOf, faultKey, sentenceOf } from "./faults";
import { language } from "./language.svelte";

describe("a refusal in words", () => {
  it("goes by its code, else by its status", () => {
    expect(faultKey(409, "worker-away")).toBe("worker-away");
    expect(faultKey(404, "no-such-camera")).toBe("gone");
    expect(faultKey(403, "toString")).toBe("forbidden");
    expect(faultKey(0, "")).toBe("offline");
    expect(faultKey(500, "")).toBe("failed");
  });

  it("is the API's own in English, and has that below it in Serbian", () => {
    const refusal = { status: 409, code: "worker-away", message: "The process that watches square is not running now." };
    language.current = "en";
    expect([sentenceOf(refusal), detailOf(refusal)]).toEqual([refusal.message, ""]);
    language.current = "sr-Cyrl";
    expect([sentenceOf(refusal), detailOf(refusal)]).toEqual(["Процес камере тренутно не ради.", refusal.message]);
    language.current = "en";
  });
});
