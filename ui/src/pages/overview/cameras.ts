// The cameras of the overview as rows, out of the columns that the API sends; what matches a filter, and sums.
import type { Schemas } from "../../lib/api/client";
import { KINDS, sum, type Kind, type RoadUser } from "../../lib/road_users";
import { inTrouble, type CameraState } from "../../lib/states";

export const SEVERITIES = ["critical", "warning", "notice"] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface Changing {
  name: string;
  state: CameraState | null;
  why: string;
  since: string | null;
  crossings: Readonly<Partial<Record<RoadUser, number | null>>>;
  coverage: number | null;
  reliable: boolean;
  events: Readonly<Record<Severity, number | null>>;
}

export interface Camera extends Changing {
  title: Readonly<Record<string, string>>;
  groups: readonly string[];
  position: readonly [latitude: number, longitude: number] | null;
}

export type Show = "all" | "trouble" | "events";

/** Returns the rows of columns that change by themselves. */
export function changingOf(columns: Schemas["CameraColumns"]): Changing[] {
  return columns.name.map((name, at) => ({
    name,
    state: columns.state[at] ?? null,
    why: columns.why[at] ?? "",
    since: columns.since[at] ?? null,
    crossings: Object.fromEntries(Object.entries(columns.crossings).map(([user, values]) => [user, values?.[at] ?? null])),
    coverage: columns.coverage[at] ?? null,
    reliable: columns.reliable[at] ?? true,
    events: Object.fromEntries(SEVERITIES.map((severity) => [severity, columns.events[severity]?.[at] ?? null])) as Record<Severity, number | null>,
  }));
}

/** Returns all cameras of an overview. */
export function camerasOf(overview: Schemas["OverviewAnswer"]): Camera[] {
  const { cameras, groups } = overview;
  return changingOf(cameras).map((row, at) => {
    const [latitude, longitude] = cameras.position[at] ?? [];
    return {
      ...row,
      title: { ...cameras.title[at] },
      groups: (cameras.group[at] ?? []).map((place) => groups[place] ?? ""),
      position: latitude === undefined || longitude === undefined ? null : [latitude, longitude],
    };
  });
}

/** Returns the cameras with what has changed of some; the others stay the same objects. */
export function withChanges(cameras: readonly Camera[], changes: readonly Changing[]): Camera[] {
  const byName = new Map(changes.map((each) => [each.name, each]));
  return cameras.map((camera) => {
    const change = byName.get(camera.name);
    return change === undefined ? camera : { ...camera, ...change };
  });
}

/** How many events go on at a camera; null where they are not to be seen. */
export function openEvents(camera: Pick<Changing, "events">): number | null {
  return sum(SEVERITIES.map((severity) => camera.events[severity]));
}

export function isShown(camera: Camera, show: Show): boolean {
  if (show === "trouble") return inTrouble(camera.state);
  return show === "all" || (openEvents(camera) ?? 0) > 0;
}

/** Returns the function that says whether all words of a search stand in a camera's name, titles or groups. */
export function finder(search: string): (camera: Camera) => boolean {
  const wanted = folded(search).split(/\s+/).filter((word) => word !== "");
  return (camera) => {
    const within = textOf(camera);
    return wanted.every((word) => within.includes(word));
  };
}

// By the titles' own object, which stays the same while numbers change: thousands are searched with every key.
const texts = new WeakMap<object, string>();

function textOf(camera: Camera): string {
  let found = texts.get(camera.title);
  if (found === undefined) {
    found = folded([camera.name, ...Object.values(camera.title), ...camera.groups].join(" "));
    texts.set(camera.title, found);
  }
  return found;
}

/** Small letters without marks, in the Latin script: "Žički" is found by "zicki". */
function folded(text: string): string {
  return text.toLocaleLowerCase("en").replaceAll("đ", "d").normalize("NFD").replace(/\p{M}/gu, "");
}

/** How many of some cameras the sums are of: after a start thousands come in one after the other, for a minute. */
export function countedOf(cameras: readonly Changing[]): number {
  return cameras.filter(({ coverage }) => coverage !== null).length;
}

/** Crossings of some cameras by kind; null where nothing is known. */
export function crossingsOf(cameras: readonly Changing[]): Record<Kind, number | null> {
  const sums: Record<Kind, number | null> = { foot: null, bicycle: null, motor: null, unclassified: null };
  for (const { crossings } of cameras) {
    for (const kind of Object.keys(KINDS) as Kind[]) {
      for (const user of KINDS[kind]) {
        const value = crossings[user];
        if (value !== null && value !== undefined) sums[kind] = (sums[kind] ?? 0) + value;
      }
    }
  }
  return sums;
}
