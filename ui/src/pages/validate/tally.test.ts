import { expect, test } from "vitest";
import { clockOf } from "./clock";
import { Gaps, pictureOf } from "./pictures";
import { bodyOf, countOf, ended, goesOn, isPaused, MINUTE_MS, newId, paused, resumed, secondsToFirst, tapped, undone, wholeMinutes, type Tally } from "./tally";

const AT = 100 * MINUTE_MS;
const NEW: Tally = {
  id: "0".repeat(32), camera: "square", line: "west gate", place: "kerb", road_users: ["bicycle"], start: AT - 20_000,
  end: null, taps: [], pauses: [], clock_error_s: 0.1, seen: null,
};
const tap = (at: number) => ({ at, road_user: "bicycle", direction: "forward" }) as const;

test("taps are counted, and the last one is taken back", () => {
  const two = tapped(tapped(NEW, tap(AT)), tap(AT + 5));
  expect([countOf(two, "bicycle", "forward"), countOf(two, "bicycle", "backward")]).toEqual([2, 0]);
  expect(undone(two).taps).toEqual([tap(AT)]);
  expect(undone(NEW)).toBe(NEW);
});

test("only whole minutes count, and none that a pause touches", () => {
  expect(secondsToFirst(NEW, AT - 4_500)).toBe(5);
  expect(wholeMinutes(NEW, AT + 59_000)).toBe(0);
  expect(wholeMinutes(NEW, AT + 3 * MINUTE_MS)).toBe(3);
  const broken = resumed(paused(NEW, AT + 61_000), AT + 62_000);
  expect(isPaused(broken)).toBe(false);
  expect(wholeMinutes(broken, AT + 3 * MINUTE_MS)).toBe(2);
  expect(wholeMinutes(paused(NEW, AT + 61_000), AT + 3 * MINUTE_MS)).toBe(1);
});

test("a tally that is brought back was paused while no one counted", () => {
  const back = goesOn(NEW, AT + 61_000, AT + 70_000);
  expect([back.pauses, isPaused(back), wholeMinutes(back, AT + 3 * MINUTE_MS)]).toEqual([[{ from: AT + 61_000, to: AT + 70_000 }], false, 2]);
  const stopped = paused(NEW, AT + 60_000);
  expect(goesOn(stopped, AT + 61_000, AT + 70_000)).toBe(stopped);
});

test("what is sent lies within the stretch, whatever the clock did meanwhile", () => {
  const tally = ended(paused(tapped(NEW, tap(NEW.start - 10)), AT + 1_000), AT + MINUTE_MS);
  const body = bodyOf(tally);
  expect(body.crossings[0]?.time).toBe(body.start);
  expect(body.pauses).toEqual([{ start: new Date(AT + 1_000).toISOString(), end: body.end }]);
  expect(newId()).toMatch(/^[0-9a-f]{32}$/);
});

test("the clock is the one whose answer came quickest", () => {
  const samples = [
    { asked: 0, answered: 1000, service: 90_000 },
    { asked: 2000, answered: 2100, service: 62_040 },
  ];
  expect(clockOf(samples)).toEqual({ offset_ms: 59_990, error_s: 0.05 });
  expect(clockOf([])).toBe(null);
});

test("a gap of more than half a second voids a stretch, also the last one", () => {
  const gaps = new Gaps();
  for (const at of [0, 100, 600]) gaps.drawn(at);
  expect([gaps.pictures, gaps.longest_gap_s, gaps.void]).toEqual([3, 0.5, false]);
  gaps.until(1_101);
  expect(gaps.void).toBe(true);
});

test("a picture's message is taken apart", () => {
  const head = new TextEncoder().encode('{"method":"tally"}');
  const message = new Uint8Array(4 + head.length + 2);
  new DataView(message.buffer).setUint32(0, head.length);
  message.set(head, 4);
  const picture = pictureOf(message.buffer);
  expect([picture.head.method, picture.jpeg.size]).toEqual(["tally", 2]);
});
