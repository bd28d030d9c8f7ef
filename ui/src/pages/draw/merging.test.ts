import { describe, expect, it } from "vitest";
import { changes, merged, sameDrawing, suggested } from "./merging";
import { drawingOf, freeName, isAbout, pictureOf, renamed, type Drawing } from "./shapes";

const GATE = { points: [[0.1, 0.2], [0.3, 0.4]], forward: "out" };
const PAVEMENT = { points: [[0, 0], [1, 0], [1, 1]] };
const nothing = { lines: {}, zones: {}, movements: {}, masks: [], look_closer: [], ground: null };
const base = { ...nothing, lines: { gate: GATE }, zones: { pavement: PAVEMENT } } as unknown as Drawing;

describe("two people's changes", () => {
  const mine = { ...base, lines: { gate: { ...GATE, forward: "to town" } } } as unknown as Drawing;
  const theirs = { ...base, lines: { gate: { ...GATE, forward: "away" } }, zones: {}, masks: [PAVEMENT.points] } as unknown as Drawing;
  it("are told apart by what each of them began with", () => {
    const all = changes(base, mine, theirs);
    expect(all.map(({ where, both }) => [where, both])).toEqual([["lines.gate", true], ["zones.pavement", false], ["masks", false]]);
    expect(all.map((each) => suggested(base, each))).toEqual(["mine", "theirs", "theirs"]);
    const result = merged(mine, all, Object.fromEntries(all.map((each) => [each.where, suggested(base, each)])));
    expect(result).toEqual({ ...mine, zones: {}, masks: [PAVEMENT.points] });
    expect(mine.zones).toEqual({ pavement: PAVEMENT });
  });
  it("are the same whatever the order of their keys", () => {
    const turned = { ...base, lines: { gate: { forward: "out", points: GATE.points } } } as unknown as Drawing;
    expect(sameDrawing(base, turned)).toBe(true);
    expect(sameDrawing(base, mine)).toBe(false);
  });
});

describe("shapes", () => {
  it("are made from a drawing and made into it again", () => {
    const whole = { ...base, masks: [PAVEMENT.points], movements: { turn: { from: { line: "gate", way: "out" }, to: { line: "x", way: "y" } } } } as unknown as Drawing;
    expect(drawingOf(pictureOf(whole))).toEqual(whole);
    const picture = pictureOf(whole);
    const after = drawingOf(renamed(picture, picture.shapes[0]!.id, "west gate"));
    expect(Object.keys(after.lines ?? {})).toEqual(["west gate"]);
    expect(after.movements).toEqual({ turn: { from: { line: "west gate", way: "out" }, to: { line: "x", way: "y" } } });
  });
  it("get a name that is free, and the faults that are theirs", () => {
    const { shapes } = pictureOf({ ...base, masks: [PAVEMENT.points, PAVEMENT.points] } as unknown as Drawing);
    expect(freeName("gate", shapes)).toBe("gate 1");
    const [gate, pavement, first, second] = shapes;
    expect(isAbout("lines.gate.points[1]", gate!, shapes)).toBe(true);
    expect(isAbout("zones.pavement", pavement!, shapes)).toBe(true);
    expect(isAbout("masks[1]", first!, shapes)).toBe(false);
    expect(isAbout("masks[1][2]", second!, shapes)).toBe(true);
    expect(isAbout("lines.'a.b'.points", { ...gate!, name: "a.b" }, shapes)).toBe(true);
  });
});
