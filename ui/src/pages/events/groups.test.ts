import { expect, test } from "vitest";
import { asksForAttention, byCause, byTime, byUrgency, isUnreviewed, type Listed, shownState } from "./groups";

const NOW = Date.parse("2026-09-28T12:00:00+02:00");
const STANDING: Listed["standing"] = { acknowledged_by: null, assigned_to: null, snoozed_until: null, verdict: null, reviewed_by: [] };

function event(id: string, start: string, changes: Partial<Listed> = {}): Listed {
  return { id, group: id, start, severity: "warning", state: "open", standing: STANDING, ...changes } as Listed;
}

const first = event("a", "2026-09-28T11:00:00+02:00", { state: "closed" });
const worse = event("b", "2026-09-28T11:10:00+02:00", { severity: "critical", group: "a" });
const later = event("c", "2026-09-28T11:30:00+02:00", { state: "closed" });

test("of one cause, what matters most stands for all, and what goes on says how it is", () => {
  const groups = byCause([first, worse, later]);
  expect(groups.map((group) => group.map(({ id }) => id))).toEqual([["b", "a"], ["c"]]);
  expect(shownState([first, event("d", "2026-09-28T11:20:00+02:00")])).toBe("open");
});

test("those to look at come first, then the newest; by time the newest alone", () => {
  const groups = byCause([first, worse, later]);
  expect(byUrgency(groups, NOW).map(([main]) => main?.id)).toEqual(["b", "c"]);
  expect(byTime(groups).map(([main]) => main?.id)).toEqual(["c", "b"]);
});

test.each([
  [{}, true],
  [{ acknowledged_by: "ana" }, false],
  [{ snoozed_until: "2026-09-28T13:00:00+02:00" }, false],
  [{ snoozed_until: "2026-09-28T11:00:00+02:00" }, true],
])("with %j it asks for attention: %s", (standing, asks) => {
  expect(asksForAttention(event("x", "2026-09-28T11:00:00+02:00", { standing: { ...STANDING, ...standing } }), NOW)).toBe(asks);
});

test("an event is reviewed by a verdict or a mark", () => {
  expect(isUnreviewed(first)).toBe(true);
  expect(isUnreviewed({ standing: { ...STANDING, verdict: "false" } })).toBe(false);
  expect(isUnreviewed({ standing: { ...STANDING, reviewed_by: ["ben"] } })).toBe(false);
});
