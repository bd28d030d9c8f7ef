import { describe, expect, it } from "vitest";
import type { Schemas } from "../../lib/api/client";
import { camerasOf, changingOf, countedOf, crossingsOf, finder, isShown, openEvents, withChanges } from "./cameras";
import { titleOf } from "../../lib/titles";

const COLUMNS = {
  name: ["square", "gate"], state: ["online", "dark"], why: ["", "It is dark."], since: [null, "2026-09-28T08:00:00+02:00"],
  crossings: { pedestrian: [5, null], car: [2, 7], truck: [1, null] }, coverage: [0.5, null], reliable: [true, true],
  events: { notice: [1, 0], warning: [0, 0], critical: [2, 0] },
  title: [{ en: "Market square", "sr-Latn": "Žički trg" }, {}], group: [[1], []], position: [[44.8, 20.5], null],
} as Schemas["OverviewColumns"];
const [square, gate] = camerasOf({ time: "", groups: ["north", "centre"], cameras: COLUMNS }) as [ReturnType<typeof camerasOf>[0], ReturnType<typeof camerasOf>[0]];

describe("rows of the overview", () => {
  it("has one for each place in the columns", () => {
    expect(square).toMatchObject({ name: "square", groups: ["centre"], position: [44.8, 20.5], crossings: { pedestrian: 5, car: 2, truck: 1 } });
    expect(gate).toMatchObject({ state: "dark", why: "It is dark.", position: null, title: {} });
  });
  it("adds classes up to kinds, and knows nothing of what nobody knows", () => {
    expect(crossingsOf([square, gate])).toEqual({ foot: 5, bicycle: null, motor: 10, unclassified: null });
  });
  it("says of how many cameras the sums are", () => {
    expect([countedOf([square, gate]), countedOf([gate]), countedOf([])]).toEqual([1, 0, 0]);
  });
  it("counts events unless they are not to be seen", () => {
    expect([openEvents(square), openEvents(gate)]).toEqual([3, 0]);
    expect(openEvents({ events: { critical: null, warning: null, notice: null } })).toBeNull();
  });
  it("takes changes in and leaves the others as they are", () => {
    const [first, second] = withChanges([square, gate], changingOf({ ...COLUMNS, name: ["gate"], state: ["online"] } as Schemas["CameraColumns"]));
    expect(first).toBe(square);
    expect(second).toMatchObject({ state: "online", title: {}, crossings: { pedestrian: 5 } });
  });
  it("finds without marks and in any order", () => {
    expect(finder("trg zicki")(square)).toBe(true);
    expect(finder(" centre  market ")(square)).toBe(true);
    expect(finder("square")(gate)).toBe(false);
    expect(finder("")(gate)).toBe(true);
  });
  it("filters", () => {
    expect([isShown(square, "trouble"), isShown(gate, "trouble"), isShown(gate, "events"), isShown(square, "events")]).toEqual([false, true, false, true]);
  });
  it("names a camera in the language that is read, else by its name", () => {
    expect([titleOf(square, "en"), titleOf(square, "sr-Cyrl"), titleOf(gate, "en")]).toEqual(["Market square", "Жички трг", "gate"]);
  });
});
