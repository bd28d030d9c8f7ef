// A rule that is being written: what its kind needs, how it is tried on the past, and in what two versions differ.
import type { Schemas } from "../../../lib/api/client";

export type Keys = Record<string, unknown>;
export type RuleKind = Schemas["RuleKindRow"];

/** What a number may be, by its JSON Schema. */
export interface Limits {
  min: number | undefined;
  max: number | undefined;
  whole: boolean;
  fallback: number | undefined;
}

interface Schema {
  properties?: Record<string, Property>;
  required?: string[];
}
interface Property {
  type?: string;
  anyOf?: Property[];
  items?: Property;
  enum?: string[];
  default?: unknown;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  exclusiveMaximum?: number;
}

function property(kind: RuleKind, key: string): Property | undefined {
  return (kind.keys as Schema).properties?.[key];
}

/** Whether rules of a kind have a key. */
export function has(kind: RuleKind, key: string): boolean {
  return property(kind, key) !== undefined;
}

/** The limits of a key that is a number. */
export function limits(kind: RuleKind, key: string): Limits {
  const found = property(kind, key);
  const number = found?.anyOf?.find(({ type }) => type === "number" || type === "integer") ?? found;
  return {
    min: number?.minimum ?? number?.exclusiveMinimum,
    max: number?.maximum ?? number?.exclusiveMaximum,
    whole: number?.type === "integer",
    fallback: typeof found?.default === "number" ? found.default : undefined,
  };
}

/** The words of a key that is a list of words, such as the classes of `count`. */
export function choices(kind: RuleKind, key: string): readonly string[] {
  const found = property(kind, key);
  const list = found?.anyOf?.find(({ items }) => items !== undefined) ?? found;
  return list?.items?.enum ?? [];
}

/** A new rule of a kind; it is tried out silently first. */
export function newRule(kind: RuleKind, place: string, way: string): Keys {
  const threshold = kind.thresholds[0];
  return {
    kind: kind.kind,
    ...(kind.place === "camera" || !place ? {} : { [kind.place]: place }),
    ...(has(kind, "allowed_way") ? { allowed_way: way } : {}),
    ...(threshold ? { [threshold.key]: limits(kind, threshold.key).fallback ?? sensible(threshold.key) } : {}),
    silent: true,
  };
}

/** Where to begin; a person changes it before it is more than tried. */
function sensible(key: string): number {
  const found: Record<string, number> = { above_share: 0.3, above_per_m2: 2, above_people: 20, above_people_per_min: 10, longer_than_s: 60, longer_than_m: 30, longer_than_vehicles: 5, above_kmh: 40, above_per_hour: 3 };
  return found[key] ?? 1;
}

/** The same rule as one of another kind: what both have stays. */
export function changedKind(keys: Keys, kind: RuleKind, place: string, way: string): Keys {
  const fresh = newRule(kind, place, way);
  const kept = Object.entries(keys).filter(([key]) => key !== "kind" && key !== "silent" && has(kind, key) && !kind.thresholds.some((each) => each.key === key));
  return { ...fresh, ...Object.fromEntries(kept), kind: kind.kind, silent: keys.silent ?? true };
}

/** The threshold that a rule is written with. */
export function thresholdOf(kind: RuleKind, keys: Keys): RuleKind["thresholds"][number] | undefined {
  return kind.thresholds.find(({ key }) => keys[key] !== undefined) ?? kind.thresholds[0];
}

/** Which way over a line a word means, which may be the line's own name for it. */
export function wayOf(word: unknown, line: { forward_name: string; backward_name: string } | undefined): "forward" | "backward" | null {
  if (word === "forward" || word === line?.forward_name) return "forward";
  return word === "backward" || word === line?.backward_name ? "backward" : null;
}

const MINUTE_S = 60;
const minutes = (seconds: unknown) => Math.ceil(Number(seconds ?? 0) / MINUTE_S);

/** What is asked to try a rule on the past; what is kept are whole minutes. */
export function pastTrial(kind: RuleKind, camera: string, keys: Keys, line: { forward_name: string; backward_name: string } | undefined, start: string): Schemas["TrialBody"] {
  const threshold = thresholdOf(kind, keys);
  // A kind without a hold time waits by its threshold.
  const value = threshold === undefined ? 1 : Number(keys[threshold.key]) * threshold.factor;
  return {
    camera,
    kind: kind.kind,
    place: kind.place === "camera" ? "" : String(keys[kind.place] ?? ""),
    threshold: value,
    unit: threshold?.unit ?? null,
    hold_min: has(kind, "hold_s") ? minutes(keys.hold_s ?? limits(kind, "hold_s").fallback) : 1,
    cool_down_min: minutes(keys.cool_down_s ?? limits(kind, "cool_down_s").fallback),
    allowed_way: has(kind, "allowed_way") ? wayOf(keys.allowed_way, line) : null,
    min_count: Number(keys.min_count ?? 30),
    start,
  };
}

/** In which keys two rules differ: [key, before, after]; a whole rule that is new or gone is one difference. */
export function differences(before: Keys | undefined, after: Keys | undefined): [key: string, before: string, after: string][] {
  const keys = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  const shown = (value: unknown) => (value === undefined ? "–" : typeof value === "object" ? JSON.stringify(value) : String(value));
  return [...keys]
    .map((key): [string, string, string] => [key, shown(before?.[key]), shown(after?.[key])])
    .filter(([, one, other]) => one !== other);
}
