import { expect, test } from "vitest";
import { addDays, addMonths, dayOf, isDay, weekday, weeksOf } from "./days";

test("a moment's day is the zone's own", () => {
  expect(dayOf("2026-09-27T22:30:00Z", "Europe/Belgrade")).toBe("2026-09-28");
  expect(dayOf("2026-09-27T22:30:00Z", "America/New_York")).toBe("2026-09-27");
});

test("days go on over months and changes of the clock", () => {
  expect(addDays("2026-10-24", 2)).toBe("2026-10-26");
  expect(addDays("2026-03-01", -1)).toBe("2026-02-28");
  expect(addMonths("2026-01-31", 1)).toBe("2026-02-28");
  expect(addMonths("2026-01-31", -2)).toBe("2025-11-30");
});

test("weeks begin on Monday and hold the whole month", () => {
  const weeks = weeksOf("2026-09-28");
  expect(weeks[0]?.[0]).toBe("2026-08-31");
  expect(weeks.flat().filter((day) => day.startsWith("2026-09"))).toHaveLength(30);
  expect(weeks.every((week) => weekday(week[0] ?? "") === 0)).toBe(true);
  expect(weeksOf("2027-02-10")).toHaveLength(4);
});

test.each([["2026-02-30", false], ["2026-2-3", false], ["x", false], ["2026-02-28", true]])("%s is a day: %s", (word, is) => {
  expect(isDay(word)).toBe(is);
});
