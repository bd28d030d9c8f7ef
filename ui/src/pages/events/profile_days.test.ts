import { expect, test } from "vitest";
import { hoursOn } from "./profile_days";

const MARKET = { hours: [{ days: ["mon" as const, "sat" as const], start_s: 28_800, end_s: 50_400 }], dates: ["2026-12-24"] };

test.each([
  ["2026-09-28", "08:00–14:00"],
  ["2026-09-29", null],
  ["2026-12-24", ""],
])("on %s it is on: %j", (day, hours) => {
  expect(hoursOn(MARKET, day)).toBe(hours);
});

test("hours that fill a day are the whole day", () => {
  expect(hoursOn({ hours: [{ days: ["sun"], start_s: 0, end_s: 86_400 }], dates: [] }, "2026-09-27")).toBe("");
});
