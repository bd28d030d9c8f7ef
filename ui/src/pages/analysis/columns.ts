// The columns of an answer of /api/v1/series: when their bins begin, in UTC and by the site's clock, and what they add up to.
import type { Schemas } from "../../lib/api/client";

export type SeriesPage = Schemas["SeriesPage"];
export type SeriesRow = Schemas["SeriesRow"];
type Values = readonly (number | null)[];

export const DAY_S = 86_400;

/** Returns when the bins begin, and at last when the last one ends, in UTC seconds. */
export function startsOf(page: Pick<SeriesPage, "count" | "first_s" | "step_s" | "starts_s">): number[] {
  if (page.starts_s !== null) return page.starts_s;
  return Array.from({ length: page.count + 1 }, (_, at) => page.first_s + at * (page.step_s ?? 0));
}

/** Returns a UTC time as the site's clock shows it: seconds since 1970 of a clock that was never set. */
export function localOf(offsets: SeriesPage["offsets"], time_s: number): number {
  let offset_s = offsets[0]?.offset_s ?? 0;
  for (const each of offsets) {
    if (each.from_s > time_s) break;
    offset_s = each.offset_s;
  }
  return time_s + offset_s;
}

/** Returns the weekday of a local time, 0 for Monday. */
export function weekdayOf(local_s: number): number {
  return (Math.floor(local_s / DAY_S) + 3) % 7;
}

export interface Total {
  /** The sum of what was watched, or the mean of it; null where nothing was. */
  readonly value: number | null;
  /** The share of the time until now that was watched. */
  readonly coverage: number;
}

/** Adds a row up; of means it is the mean, by the watched time or by how many were measured. */
export function totalOf(row: SeriesRow, starts: readonly number[], now_s: number): Total {
  let sum = 0;
  let weight = 0;
  let highest = -Infinity;
  let watched_s = 0;
  let passed_s = 0;
  row.value.forEach((value, at) => {
    const start_s = starts[at] as number;
    const end_s = starts[at + 1] as number;
    const bin_watched_s = (row.coverage[at] ?? 0) * (end_s - start_s);
    watched_s += bin_watched_s;
    passed_s += Math.max(0, Math.min(end_s, now_s) - start_s);
    if (value === null) return;
    const share = weightOf(row, at, bin_watched_s);
    sum += value * share;
    weight += share;
    highest = Math.max(highest, value);
  });
  const coverage = passed_s > 0 ? Math.min(1, watched_s / passed_s) : 0;
  if (weight === 0) return { value: null, coverage };
  if (row.quantity.endsWith("_max")) return { value: highest, coverage };
  return { value: isMean(row.quantity) ? sum / weight : sum, coverage };
}

/** Returns whether a total is no number of its own but a mean of percentiles: one of several bins, or of estimates. */
export function isEstimate(row: SeriesRow): boolean {
  const known = row.value.filter((value) => value !== null).length;
  return /_p\d+$/.test(row.quantity) && (known > 1 || row.estimated.length > 0);
}

function isMean(quantity: string): boolean {
  return /^(speed|dwell|occupancy|density|saturated)/.test(quantity);
}

function weightOf(row: SeriesRow, at: number, watched_s: number): number {
  if (/^(speed|dwell)/.test(row.quantity)) return Math.max(1, row.count[at] ?? 1);
  return isMean(row.quantity) ? watched_s : 1;
}

/** Returns the least coverage of several rows, bin by bin. */
export function leastCoverage(rows: readonly SeriesRow[]): number[] {
  const [first, ...others] = rows;
  if (first === undefined) return [];
  const least = [...first.coverage];
  for (const row of others) row.coverage.forEach((share, at) => (least[at] = Math.min(least[at] ?? 0, share)));
  return least;
}

/** Returns the values of another span put on the bins of this one, by the site's clock. */
export function shifted(page: SeriesPage, other: SeriesPage, values: Values, days: number): (number | null)[] {
  const known = new Map<number, number | null>();
  const others = startsOf(other);
  for (let at = 0; at < other.count; at += 1) known.set(localOf(other.offsets, others[at] as number), values[at] ?? null);
  const starts = startsOf(page);
  return Array.from({ length: page.count }, (_, at) => known.get(localOf(page.offsets, starts[at] as number) - days * DAY_S) ?? null);
}

const WATCHED = 0.95;
const MIN_DAYS = 3;

/** Returns the usual values: of each bin the median of the same weekday and time over earlier weeks.
 *
 * Only bins count that were watched to 95 %; where there are fewer than three of them, nothing is usual.
 */
export function usual(page: SeriesPage, past: SeriesPage, row: SeriesRow): (number | null)[] {
  const known = new Map<number, number[]>();
  const starts = startsOf(past);
  for (let at = 0; at < past.count; at += 1) {
    const value = row.value[at] ?? null;
    if (value === null || (row.coverage[at] ?? 0) < WATCHED) continue;
    const key = timeOfWeek(localOf(past.offsets, starts[at] as number));
    const values = known.get(key);
    if (values === undefined) known.set(key, [value]);
    else values.push(value);
  }
  const medians = new Map([...known].map(([key, values]) => [key, values.length < MIN_DAYS ? null : median(values)]));
  const own = startsOf(page);
  return Array.from({ length: page.count }, (_, at) => medians.get(timeOfWeek(localOf(page.offsets, own[at] as number))) ?? null);
}

function timeOfWeek(local_s: number): number {
  return weekdayOf(local_s) * DAY_S + (local_s % DAY_S);
}

export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return null;
  return sorted.length % 2 === 1 ? (sorted[Math.floor(middle)] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** Compares like with like: the sums over the bins of which both are known; null where there are none. */
export function difference(values: Values, others: Values): { share: number; bins: number } | null {
  let mine = 0;
  let theirs = 0;
  let bins = 0;
  values.forEach((value, at) => {
    const other = others[at] ?? null;
    if (value === null || other === null) return;
    mine += value;
    theirs += other;
    bins += 1;
  });
  return bins === 0 || theirs === 0 ? null : { share: mine / theirs - 1, bins };
}
