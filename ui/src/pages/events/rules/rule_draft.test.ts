import { expect, test } from "vitest";
import { changedKind, choices, differences, has, limits, newRule, pastTrial, type RuleKind, wayOf } from "./rule_draft";

const nullable = (type: string, more: object) => ({ anyOf: [{ type, ...more }, { type: "null" }], default: null });
const COMMON = { severity: { enum: ["notice", "warning", "critical"], default: "warning" }, cool_down_s: { type: "number", minimum: 0, default: 60 }, silent: { type: "boolean", default: false } };
const CROWDED = {
  kind: "overcrowding", words: "", place: "zone", place_needed: true, trial: "past",
  thresholds: [{ key: "above_people", words: "people", unit: "1", factor: 1, needs_ground: false }, { key: "above_per_m2", words: "", unit: "m-2", factor: 1, needs_ground: true }],
  keys: { properties: { ...COMMON, zone: {}, hold_s: { type: "number", default: 10 }, above_people: nullable("integer", { minimum: 1, maximum: 100_000 }), above_per_m2: nullable("number", { exclusiveMinimum: 0, maximum: 10 }) } },
} as unknown as RuleKind;
const SPEEDS = {
  kind: "speeds", words: "", place: "line", place_needed: true, trial: "past",
  thresholds: [{ key: "above_kmh", words: "km/h", unit: "m/s", factor: 1 / 3.6, needs_ground: true }],
  keys: { properties: { ...COMMON, line: {}, hold_s: { type: "number", default: 10 }, above_kmh: { type: "number", exclusiveMinimum: 0, maximum: 300 }, min_count: { type: "integer", default: 30 }, count: nullable("array", { items: { enum: ["car", "bus"] } }) } },
} as unknown as RuleKind;
const GATE = { forward_name: "out", backward_name: "in" };

test("limits and choices come from the schema", () => {
  expect(limits(CROWDED, "above_people")).toEqual({ min: 1, max: 100_000, whole: true, fallback: undefined });
  expect(limits(CROWDED, "hold_s").fallback).toBe(10);
  expect(choices(SPEEDS, "count")).toEqual(["car", "bus"]);
  expect(has(CROWDED, "min_count")).toBe(false);
});

test("a new rule is silent, and one of another kind keeps what both have", () => {
  expect(newRule(CROWDED, "benches", "forward")).toEqual({ kind: "overcrowding", zone: "benches", above_people: 20, silent: true });
  const changed = changedKind({ kind: "overcrowding", zone: "benches", above_people: 5, severity: "critical", silent: false }, SPEEDS, "gate", "forward");
  expect(changed).toEqual({ kind: "speeds", line: "gate", above_kmh: 40, severity: "critical", silent: false });
});

test("a trial is asked for in whole minutes and the rule's own unit", () => {
  const body = pastTrial(SPEEDS, "square", { kind: "speeds", line: "gate", above_kmh: 36, hold_s: 61 }, GATE, "2026-09-21");
  expect(body).toMatchObject({ place: "gate", unit: "m/s", hold_min: 2, cool_down_min: 1, min_count: 30, start: "2026-09-21" });
  expect(body.threshold).toBeCloseTo(10);
});

test.each([["forward", "forward"], ["out", "forward"], ["in", "backward"], ["x", null]])("the way %s is %s", (word, way) => {
  expect(wayOf(word, GATE)).toBe(way);
});

test("differences name what was and what is", () => {
  expect(differences({ zone: "a", hours: [1] }, { zone: "b", hours: [1], silent: true })).toEqual([["zone", "a", "b"], ["silent", "–", "true"]]);
});
