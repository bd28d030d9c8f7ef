// What is asked of the analysis page, as it stands in the address: a link shows the same again.

import { addDays, isDay } from "../../lib/days";

export interface Place {
  readonly camera: string;
  readonly series: string;
}

export const LINE_MEASURES = ["flow", "speed_mean"] as const;
export const ZONE_MEASURES = ["occupancy_mean", "occupancy_max", "entries", "exits", "density_mean", "dwell_p50"] as const;
export const MEASURES = [...LINE_MEASURES, ...ZONE_MEASURES] as const;
export type Measure = (typeof MEASURES)[number];

export const ROAD_USERS = ["pedestrian", "bicycle", "car", "motorcycle", "bus", "truck", "heavy_vehicle", "unclassified"] as const;
export type RoadUser = (typeof ROAD_USERS)[number];

export const BINS = ["auto", "minute", "five-minutes", "quarter", "hour", "day", "week", "month"] as const;
export type Bin = (typeof BINS)[number];

export const SPLITS = ["none", "class", "direction"] as const;
export const COMPARISONS = ["none", "week", "usual", "span"] as const;
export const VIEWS = ["chart", "hours", "peaks", "turning", "spread", "report"] as const;

export type View = (typeof VIEWS)[number];

export interface Question {
  readonly places: readonly Place[];
  readonly measure: Measure;
  readonly classes: readonly RoadUser[];
  readonly split: (typeof SPLITS)[number];
  /** A date of the site, or a time with its offset. */
  readonly from: string;
  /** The last date, which is within the span; or a time with its offset, which is not. */
  readonly to: string;
  readonly bin: Bin;
  readonly compare: (typeof COMPARISONS)[number];
  /** The first date of the span that `compare=span` compares with. */
  readonly since: string;
  readonly view: View;
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$/;
const DAY_MS = 86_400_000;

/** Reads the query of an address; what is none of ours is left out, and what is missing has its default. */
export function questionOf(query: URLSearchParams, today: string): Question {
  const to = timeIn(query.get("to")) ?? today;
  const from = timeIn(query.get("from")) ?? addDays(dateOf(to), isDay(to) ? -6 : -7);
  const measure = among(MEASURES, query.get("measure")) ?? "flow";
  return {
    places: query.getAll("place").map(placeOf).filter((place) => place !== null),
    measure,
    classes: query.getAll("class").filter((word) => among(ROAD_USERS, word) !== null) as RoadUser[],
    split: among(SPLITS, query.get("split")) ?? "none",
    from,
    to,
    bin: among(BINS, query.get("bin")) ?? "auto",
    compare: among(COMPARISONS, query.get("compare")) ?? "none",
    since: isDay(query.get("since") ?? "") ? (query.get("since") as string) : addDays(dateOf(from), -28),
    view: among(VIEWS, query.get("view")) ?? "chart",
  };
}

/** Returns the filters of an address that ask a question; defaults are left out, but the span always stands there. */
export function filtersOf(question: Question): Record<string, string | readonly string[] | null> {
  return {
    place: question.places.map((place) => `${place.camera}/${place.series}`),
    measure: question.measure === "flow" ? null : question.measure,
    class: question.classes,
    split: question.split === "none" ? null : question.split,
    from: question.from,
    to: question.to,
    bin: question.bin === "auto" ? null : question.bin,
    compare: question.compare === "none" ? null : question.compare,
    since: question.compare === "span" ? question.since : null,
    view: question.view === "chart" ? null : question.view,
  };
}

/** Returns start and end as the API takes them: the end is not within. */
export function rangeOf(question: Pick<Question, "from" | "to">): { start: string; end: string } {
  return { start: question.from, end: isDay(question.to) ? addDays(question.to, 1) : question.to };
}

/** Returns the range so many days earlier. */
export function earlier(range: { start: string; end: string }, days: number): { start: string; end: string } {
  const back = (time: string) => (isDay(time) ? addDays(time, -days) : new Date(Date.parse(time) - days * DAY_MS).toISOString().replace(".000Z", "Z"));
  return { start: back(range.start), end: back(range.end) };
}

/** Returns how many days lie between two dates. */
export function daysBetween(first: string, last: string): number {
  return Math.round((Date.parse(dateOf(last)) - Date.parse(dateOf(first))) / DAY_MS);
}

/** Returns why a span cannot be asked for; null where it can. */
export function faultOf(question: Pick<Question, "from" | "to">): "reversed" | null {
  const { start, end } = rangeOf(question);
  return Date.parse(end) > Date.parse(start) ? null : "reversed";
}

export function dateOf(time: string): string {
  return time.slice(0, 10);
}

/** Returns whether the numbers of classes and ways add up. */
export function adds(measure: Measure): boolean {
  return measure === "flow" || measure === "entries" || measure === "exits";
}

export function isOfLines(measure: Measure): boolean {
  return (LINE_MEASURES as readonly string[]).includes(measure);
}

export function samePlace(one: Place, other: Place): boolean {
  return one.camera === other.camera && one.series === other.series;
}

function placeOf(text: string): Place | null {
  const slash = text.indexOf("/");
  return slash < 1 || slash === text.length - 1 ? null : { camera: text.slice(0, slash), series: text.slice(slash + 1) };
}

function timeIn(text: string | null): string | null {
  return text !== null && (isDay(text) || (TIME.test(text) && !Number.isNaN(Date.parse(text)))) ? text : null;
}

function among<T extends string>(words: readonly T[], text: string | null): T | null {
  return words.find((word) => word === text) ?? null;
}
