import { expect, test } from "vitest";
import { binLabels, withOffset } from "./labels";

const MONDAY_S = 1_790_546_400; // 2026-09-28 00:00 in Berlin

test.each([
  ["quarter", 900, "Mon, 28 Sept 2026, 00:00–00:15"],
  ["day", 86_400, "Mon, 28 Sept 2026"],
  ["week", 7 * 86_400, "Mon, 28 Sept 2026 – Sun, 4 Oct 2026"],
  ["month", 30 * 86_400, "September 2026"],
])("a bin of a %s", (bin, length_s, words) => {
  expect(binLabels("Europe/Berlin", "en", bin)(MONDAY_S, MONDAY_S + length_s)).toBe(words);
});

test("a time has the offset of the site's clock", () => {
  expect(withOffset(MONDAY_S, MONDAY_S + 7200)).toBe("2026-09-28T00:00:00+02:00");
  expect(withOffset(MONDAY_S, MONDAY_S - 12_600)).toBe("2026-09-27T18:30:00-03:30");
});
