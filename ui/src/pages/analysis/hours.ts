// Hours of days: the heat map by weekday or date, and the peak hour of each day with its factor.
import { DAY_S, localOf, startsOf, weekdayOf, type SeriesPage, type SeriesRow } from "./columns";

const WATCHED = 0.95;
const QUARTERS = 4;
const QUARTER_S = 900;

export interface Cell {
  /** The mean of the hours that were watched to 95 %; null where there was none. */
  readonly value: number | null;
  /** How many hours these were, and how many there were in all. */
  readonly watched: number;
  readonly hours: number;
}

export interface HeatRow {
  /** 0 for Monday, where the rows are weekdays; else the day as local seconds since 1970. */
  readonly day: number;
  readonly cells: readonly Cell[];
}

/** Returns a row of 24 hours for each weekday, or for each date; `page` has bins of an hour. */
export function heatOf(page: SeriesPage, row: SeriesRow, by: "weekday" | "date"): HeatRow[] {
  const days = new Map<number, { sum: number; watched: number; hours: number }[]>();
  const starts = startsOf(page);
  for (let at = 0; at < page.count; at += 1) {
    if ((starts[at + 1] as number) > page.now_s) break;
    const local_s = localOf(page.offsets, starts[at] as number);
    const day = by === "weekday" ? weekdayOf(local_s) : Math.floor(local_s / DAY_S) * DAY_S;
    let cells = days.get(day);
    if (cells === undefined) days.set(day, (cells = Array.from({ length: 24 }, () => ({ sum: 0, watched: 0, hours: 0 }))));
    const cell = cells[Math.floor((local_s % DAY_S) / 3600)] as { sum: number; watched: number; hours: number };
    cell.hours += 1;
    const value = row.value[at] ?? null;
    if (value === null || (row.coverage[at] ?? 0) < WATCHED) continue;
    cell.watched += 1;
    cell.sum += value;
  }
  return [...days]
    .sort(([one], [other]) => one - other)
    .map(([day, cells]) => ({
      day,
      cells: cells.map(({ sum, watched, hours }) => ({ value: watched > 0 ? sum / watched : null, watched, hours })),
    }));
}

export interface Peak {
  /** The day as local seconds since 1970. */
  readonly day: number;
  /** UTC seconds at which the busiest hour begins; null where no hour of the day is known. */
  readonly start_s: number | null;
  readonly value: number | null;
  /** The hour by four times its busiest quarter; null unless all four quarters were watched to 95 %. */
  readonly factor: number | null;
  /** The share of the hour, and of the day, that was watched. */
  readonly coverage: number;
  readonly dayCoverage: number;
}

/** Returns the peak hour of each day: the four quarters in a row with the highest sum; `page` has bins of a quarter. */
export function peaksOf(page: SeriesPage, row: SeriesRow): Peak[] {
  const starts = startsOf(page);
  const days = new Map<number, number[]>();
  for (let at = 0; at < page.count; at += 1) {
    if ((starts[at] as number) >= page.now_s) break;
    const day = Math.floor(localOf(page.offsets, starts[at] as number) / DAY_S) * DAY_S;
    const places = days.get(day);
    if (places === undefined) days.set(day, [at]);
    else places.push(at);
  }
  return [...days].map(([day, places]) => peakOf(day, places, row, starts));
}

function peakOf(day: number, places: readonly number[], row: SeriesRow, starts: readonly number[]): Peak {
  const mean = (some: readonly number[]) => some.reduce((sum, at) => sum + (row.coverage[at] ?? 0), 0) / Math.max(1, some.length);
  let best: { places: readonly number[]; value: number } | null = null;
  for (let first = 0; first + QUARTERS <= places.length; first += 1) {
    const hour = places.slice(first, first + QUARTERS);
    const values = hour.map((at) => row.value[at] ?? null);
    const lasts_s = (starts[(hour[QUARTERS - 1] as number) + 1] as number) - (starts[hour[0] as number] as number);
    if (lasts_s !== QUARTERS * QUARTER_S || values.some((value) => value === null)) continue;
    const value = (values as number[]).reduce((sum, each) => sum + each, 0);
    if (best === null || value > best.value) best = { places: hour, value };
  }
  const dayCoverage = mean(places);
  if (best === null) return { day, start_s: null, value: null, factor: null, coverage: 0, dayCoverage };
  const highest = Math.max(...best.places.map((at) => row.value[at] ?? 0));
  const watched = best.places.every((at) => (row.coverage[at] ?? 0) >= WATCHED);
  const factor = watched && highest > 0 ? best.value / (QUARTERS * highest) : null;
  return { day, start_s: starts[best.places[0] as number] as number, value: best.value, factor, coverage: mean(best.places), dayCoverage };
}
