import { expect, test } from "vitest";
import { madeUp } from "./made_up";

test("days before the first that was measured are made up", () => {
  expect(madeUp("2026-09-21", "2026-09-27", "2026-09-28")).toBe("yes");
  expect(madeUp("2026-09-27T08:00:00+02:00", "2026-09-28T08:00:00+02:00", "2026-09-28")).toBe("partly");
  expect(madeUp("2026-09-28", "2026-09-28", "2026-09-28")).toBe("no");
});
