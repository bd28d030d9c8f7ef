// A tally: who crossed when, which way; pure, so that it can be tested and written down after each tap.
import type { Schemas } from "../../lib/api/client";

export type RoadUser = Schemas["CrossingBody"]["road_user"];
export type Way = Schemas["CrossingBody"]["direction"];
export type Place = "kerb" | "mosaic";

/** One tap; times are the service's own, in milliseconds since 1970. */
export interface Tap {
  at: number;
  road_user: RoadUser;
  direction: Way;
}

/** A time in which nobody could count: the phone was locked, or another page in front. */
export interface Pause {
  from: number;
  to: number | null;
}

export interface Seen {
  view: string;
  pictures: number;
  longest_gap_s: number;
}

/** All of a tally; plain data, so that it survives the end of the page. */
export interface Tally {
  id: string;
  camera: string;
  line: string;
  place: Place;
  road_users: readonly RoadUser[];
  start: number;
  end: number | null;
  taps: readonly Tap[];
  pauses: readonly Pause[];
  clock_error_s: number;
  /** What is added to the device's clock; the page may be loaded anew where the service's cannot be asked. */
  clock_offset_ms?: number;
  /** What the site calls the ways, for the same reason. */
  ways?: Readonly<Record<Way, string>>;
  seen: Seen | null;
}

export const MINUTE_MS = 60_000;
/** Longer stretches are refused. */
export const LONGEST_MS = 4 * 60 * MINUTE_MS;

/** Returns a number that no other tally has. */
export function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function tapped(tally: Tally, tap: Tap): Tally {
  return { ...tally, taps: [...tally.taps, tap] };
}

/** Takes the last tap back; the very same tally where there is none. */
export function undone(tally: Tally): Tally {
  return tally.taps.length === 0 ? tally : { ...tally, taps: tally.taps.slice(0, -1) };
}

export function paused(tally: Tally, at: number): Tally {
  return isPaused(tally) ? tally : { ...tally, pauses: [...tally.pauses, { from: at, to: null }] };
}

export function resumed(tally: Tally, at: number): Tally {
  return { ...tally, pauses: tally.pauses.map((pause) => (pause.to === null ? { ...pause, to: Math.max(at, pause.from) } : pause)) };
}

/** A tally that goes on after a time in which no one counted; one that was paused stays so. */
export function goesOn(tally: Tally, from: number, to: number): Tally {
  return isPaused(tally) ? tally : resumed(paused(tally, from), to);
}

export function isPaused(tally: Tally): boolean {
  return tally.pauses.at(-1)?.to === null;
}

/** Ends it; a pause that is still on ends with it. */
export function ended(tally: Tally, at: number): Tally {
  const end = Math.min(Math.max(at, tally.start + 1, ...tally.taps.map((tap) => tap.at)), tally.start + LONGEST_MS);
  return { ...resumed(tally, end), end };
}

export function countOf(tally: Tally, road_user: RoadUser, direction: Way): number {
  return tally.taps.filter((tap) => tap.road_user === road_user && tap.direction === direction).length;
}

/** How many minutes of the clock were counted from beginning to end; only these are compared. */
export function wholeMinutes(tally: Tally, now: number): number {
  const end = tally.end ?? now;
  let whole = 0;
  for (let minute = Math.ceil(tally.start / MINUTE_MS); (minute + 1) * MINUTE_MS <= end; minute++) {
    const [from, to] = [minute * MINUTE_MS, (minute + 1) * MINUTE_MS];
    if (!tally.pauses.some((pause) => pause.from < to && (pause.to ?? end) > from)) whole += 1;
  }
  return whole;
}

/** Seconds until the first whole minute begins; 0 once it has. */
export function secondsToFirst(tally: Tally, now: number): number {
  return Math.max(0, Math.ceil((Math.ceil(tally.start / MINUTE_MS) * MINUTE_MS - now) / 1000));
}

/** What is sent. */
export function bodyOf(tally: Tally): Schemas["ValidationBody"] {
  const time = (ms: number) => new Date(ms).toISOString();
  const end = tally.end ?? tally.start;
  const within = (ms: number) => Math.min(Math.max(ms, tally.start), end);
  return {
    id: tally.id,
    camera: tally.camera,
    line: tally.line,
    counted_from: tally.place,
    start: time(tally.start),
    end: time(end),
    road_users: [...tally.road_users],
    crossings: tally.taps.map((tap) => ({ time: time(within(tap.at)), road_user: tap.road_user, direction: tap.direction })),
    pauses: tally.pauses.map((pause) => ({ start: time(within(pause.from)), end: time(within(pause.to ?? end)) })),
    clock_error_s: Math.min(5, Math.round(tally.clock_error_s * 1000) / 1000),
    seen: tally.seen,
  };
}
