import { describe, expect, it } from "vitest";
import type { Schemas } from "../../lib/api/client";
import { pictureOf, type Box } from "../../lib/view.svelte";
import { forwardDegrees, middleOf, spread, standingIn, Today } from "./today";

const row = (road_user: string | null, value: number | null, more: object = {}) =>
  ({ series: "west", quantity: "flow", direction: "forward", road_user, value, coverage: 0.9, reliable: true, unit: "1", ...more }) as Schemas["TodayRow"];

describe("today", () => {
  it("leaves out classes of which there were none, and adds nothing for what was not watched", () => {
    const today = new Today([row("pedestrian", 5), row("car", null), row("bicycle", 0), row("truck", 2)]);
    expect(today.tally("west", "flow", "forward")).toEqual({ total: 7, users: [["pedestrian", 5], ["truck", 2]] });
    expect(today.tally("west", "flow", "backward")).toEqual({ total: null, users: [] });
  });
  it("knows a zero from nothing known", () => {
    expect(new Today([row("pedestrian", 0)]).tally("west", "flow", "forward").total).toBe(0);
    expect(new Today([row("pedestrian", null)]).tally("west", "flow", "forward").total).toBeNull();
  });
  it("takes the value of all together", () => {
    const zone = (user: string | null, value: number) => row(user, value, { series: "benches", quantity: "occupancy_mean", direction: null });
    expect(new Today([zone("pedestrian", 2), zone(null, 3)]).value("benches", "occupancy_mean")).toBe(3);
    expect(new Today([zone("pedestrian", 2), zone("car", 3)]).value("benches", "occupancy_mean")).toBeNull();
  });
  it("reports coverage and doubt", () => {
    const today = new Today([row("car", 1, { coverage: 0.2 }), row("bus", 1), row("truck", 1, { reliable: false })]);
    expect([today.coverage("west"), today.coverage("east"), today.usualCoverage, today.doubtful]).toEqual([0.2, null, 0.9, true]);
    expect(new Today().usualCoverage).toBeNull();
  });
});

describe("places", () => {
  const zone = { points: [[0.3, 0.3], [0.7, 0.3], [0.7, 0.6], [0.3, 0.6]], road_users: ["pedestrian"] };
  it.each([
    [[0.5, 0.1, 0.6, 0.4, "pedestrian"], 1],
    [[0.5, 0.1, 0.6, 0.4, "car"], 0],
    [[0.5, 0.4, 0.6, 0.9, "pedestrian"], 0],
  ] as [Box, number][])("counts whose feet are in a zone", (box, count) => expect(standingIn(zone, [box])).toBe(count));
  it("leads forward from the left hand to the right", () => {
    expect(forwardDegrees([[0, 0.5], [1, 0.5]], 1.5)).toBeCloseTo(90); // walking right, the right hand is the lower half
    expect(Math.abs(forwardDegrees([[0.5, 0], [0.5, 1]], 1.5))).toBeCloseTo(180);
  });
  it("finds the middle", () => expect(middleOf(zone.points)).toEqual([0.5, 0.44999999999999996]));
  it("keeps labels inside the picture and apart", () => {
    const labels = [{ x: 190, y: 95, width: 60, height: 20 }, { x: 180, y: 96, width: 60, height: 20 }, { x: -30, y: 5, width: 60, height: 20 }];
    const [one, two, three] = spread(labels, 200, 120) as [typeof labels[0], typeof labels[0], typeof labels[0]];
    for (const { x, y, width, height } of labels) expect(x >= 0 && y >= 0 && x + width <= 200 && y + height <= 120).toBe(true);
    expect(Math.abs(one.y - two.y)).toBeGreaterThanOrEqual(20);
    expect(three.x).toBe(2);
  });
});

it("takes a message of the view apart", () => {
  const json = new TextEncoder().encode(JSON.stringify({ why: "Grüße" }));
  const message = new Uint8Array(4 + json.length + 3);
  new DataView(message.buffer).setUint32(0, json.length);
  message.set(json, 4);
  const { about, jpeg } = pictureOf(message.buffer);
  expect([about.why, jpeg.size, jpeg.type]).toEqual(["Grüße", 3, "image/jpeg"]);
});
