// The register's keys as the site file has them: read and set by their way, and what a camera sees as an outline.
import { MEASURING } from "./purposes";

export type Keys = Readonly<Record<string, unknown>>;
export type Degrees = readonly [latitude: number, longitude: number];

/** How a key is written. */
export type Form = "text" | "line" | "long" | "lines" | "choice" | "choices" | "day" | "degrees" | "outline" | "switch";

export interface Field {
  /** The way to it: `place.position`. */
  readonly key: string;
  readonly form: Form;
  readonly choices?: readonly string[];
  /** It is needed before a camera runs. */
  readonly needed?: boolean;
}

export interface Section {
  readonly name: string;
  readonly fields: readonly Field[];
  /** Only a camera has it, or only the site. */
  readonly only?: "camera" | "site";
  /** Shown closed at first. */
  readonly folded?: boolean;
}

const GROUNDS = ["public_task", "legal_obligation", "legitimate_interests"];
const statement = (name: string): Field[] => [
  { key: `impact_assessment.${name}.text`, form: "long" },
  { key: `impact_assessment.${name}.by`, form: "line" },
  { key: `impact_assessment.${name}.date`, form: "day" },
];

export const SECTIONS: readonly Section[] = [
  {
    name: "place", only: "camera",
    fields: [
      { key: "title", form: "text", needed: true },
      { key: "place.address", form: "text", needed: true },
      { key: "place.position", form: "degrees", needed: true },
      { key: "place.field_of_view", form: "outline", needed: true },
      { key: "installed", form: "day" },
    ],
  },
  { name: "why", fields: [{ key: "purposes", form: "choices", choices: MEASURING, needed: true }, { key: "recipients", form: "lines", needed: true }] },
  { name: "right", fields: [{ key: "legal_basis.ground", form: "choice", choices: GROUNDS, needed: true }, { key: "legal_basis.law", form: "text", needed: true }] },
  {
    name: "contacts",
    fields: [
      { key: "controller.name", form: "line", needed: true }, { key: "controller.address", form: "line", needed: true },
      { key: "controller.contact", form: "line", needed: true }, { key: "privacy_officer.contact", form: "line", needed: true },
      { key: "authority.name", form: "line", needed: true }, { key: "authority.contact", form: "line", needed: true },
    ],
  },
  { name: "assessment", fields: [{ key: "impact_assessment.reference", form: "line", needed: true }, { key: "impact_assessment.opinion", form: "line" }] },
  { name: "statements", folded: true, fields: ["necessity", "risks", "officer_advice", "views"].flatMap(statement) },
  {
    name: "events", only: "camera", folded: true,
    fields: [
      { key: "operational_events.enabled", form: "switch" }, { key: "operational_events.legal_basis.ground", form: "choice", choices: GROUNDS },
      { key: "operational_events.legal_basis.law", form: "text" }, { key: "operational_events.replays", form: "switch" },
    ],
  },
  { name: "pause", folded: true, fields: [{ key: "paused", form: "text" }] },
  {
    name: "public_site", only: "site", folded: true,
    fields: [{ key: "page", form: "line" }, { key: "questions.public_key", form: "line" }],
  },
];

/** Returns what stands at a key; undefined for nothing. */
export function at(keys: unknown, key: string): unknown {
  let found = keys;
  for (const part of key.split(".")) found = typeof found === "object" && found !== null ? (found as Record<string, unknown>)[part] : undefined;
  return found;
}

/** Returns the keys with one of them set; undefined takes it away, and groups that become empty with it. */
export function withKey(keys: Keys, key: string, value: unknown): Keys {
  const [first = "", ...rest] = key.split(".");
  const inner = rest.length === 0 ? value : withKey((keys[first] as Keys | undefined) ?? {}, rest.join("."), value);
  const empty = inner === undefined || (rest.length > 0 && Object.keys(inner as object).length === 0);
  const others = Object.fromEntries(Object.entries(keys).filter(([name]) => name !== first));
  if (empty) return others;
  return first in keys ? Object.fromEntries(Object.entries(keys).map(([name, each]) => [name, name === first ? inner : each])) : { ...others, [first]: inner };
}

/** Returns the text of a wording: as it is, or in the first language that it was written in. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "object" && value !== null) return String(Object.values(value)[0] ?? "");
  return "";
}

/** Reads `44.81662, 20.46012`; null where it is no place. */
export function degreesOf(text: string): Degrees | null {
  const found = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(text);
  if (found === null) return null;
  const [latitude, longitude] = [Number(found[1]), Number(found[2])];
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? [latitude, longitude] : null;
}

/** Reads corners, one a line; null where one of them is none. */
export function outlineOf(text: string): Degrees[] | null {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const found = lines.map(degreesOf);
  return found.every((each) => each !== null) ? (found as Degrees[]) : null;
}

const METRES_A_DEGREE = 111_195;

/**
 * Returns the ground that a camera sees, as four corners: from near its foot to as far as it reaches.
 * `direction` is where it looks, in degrees from north to east; `angle` how wide.
 */
export function viewOf(position: Degrees, direction: number, angle: number, reach_m: number): Degrees[] {
  const corner = (turned: number, far_m: number): Degrees => {
    const towards = ((direction + turned) * Math.PI) / 180;
    const north = (far_m * Math.cos(towards)) / METRES_A_DEGREE;
    const east = (far_m * Math.sin(towards)) / (METRES_A_DEGREE * Math.cos((position[0] * Math.PI) / 180));
    const rounded = (value: number) => Math.round(value * 1e6) / 1e6;
    return [rounded(position[0] + north), rounded(position[1] + east)];
  };
  const near_m = Math.min(3, reach_m / 5);
  return [corner(-angle / 2, near_m), corner(-angle / 2, reach_m), corner(angle / 2, reach_m), corner(angle / 2, near_m)];
}
