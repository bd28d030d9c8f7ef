import { expect, test } from "vitest";
import { at, degreesOf, outlineOf, textOf, viewOf, withKey } from "./keys";

test("a key is set and taken away, and its order stays", () => {
  const keys = { title: "Market", place: { address: "2 Market square" }, purposes: ["crowd_safety"] };
  expect(at(keys, "place.address")).toBe("2 Market square");
  expect(at(keys, "place.position")).toBeUndefined();
  expect(at(keys, "title.en")).toBeUndefined();
  expect(withKey(keys, "place.position", [44, 20])).toEqual({ ...keys, place: { address: "2 Market square", position: [44, 20] } });
  expect(Object.keys(withKey(keys, "place.position", [44, 20]))).toEqual(["title", "place", "purposes"]);
  expect(withKey(keys, "place.address", undefined)).toEqual({ title: "Market", purposes: ["crowd_safety"] });
  expect(withKey({}, "impact_assessment.reference", "DPIA 1")).toEqual({ impact_assessment: { reference: "DPIA 1" } });
  expect(keys.place).toEqual({ address: "2 Market square" });
});

test("places are read as people write them", () => {
  expect(degreesOf(" 44.8166, 20.4601 ")).toEqual([44.8166, 20.4601]);
  expect(degreesOf("-44 20")).toEqual([-44, 20]);
  for (const wrong of ["", "44.8", "91, 20", "44, 181", "N44 E20", "44,8166, 20,4601"]) expect(degreesOf(wrong)).toBeNull();
  expect(outlineOf("44, 20\n\n44.1, 20\n")).toEqual([[44, 20], [44.1, 20]]);
  expect(outlineOf("44, 20\nhere")).toBeNull();
});

test("a view lies where the camera looks, as far as it reaches", () => {
  const [, left, right] = viewOf([44.8, 20.4], 0, 60, 40);
  for (const corner of [left!, right!]) {
    const north_m = (corner[0] - 44.8) * 111_195;
    const east_m = (corner[1] - 20.4) * 111_195 * Math.cos((44.8 * Math.PI) / 180);
    expect(Math.hypot(north_m, east_m)).toBeCloseTo(40, 0);
    expect(north_m).toBeGreaterThan(30);
  }
  expect(left![1]).toBeLessThan(right![1]);
  expect(viewOf([44.8, 20.4], 90, 60, 40).every((corner) => corner[1] > 20.4)).toBe(true);
});

test("a text in languages shows its first one", () => {
  expect(textOf({ en: "Market", "sr-Latn": "Pijaca" })).toBe("Market");
  expect([textOf("Market"), textOf(undefined), textOf(7)]).toEqual(["Market", "", ""]);
});
