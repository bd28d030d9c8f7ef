// A line as it is drawn and named: its colour, its words, and how its numbers are written.
import type { SeriesRow } from "./columns";

export interface Drawn {
  readonly key: string;
  readonly label: string;
  /** The name of a colour of style.css. */
  readonly colour: string;
  readonly row: SeriesRow;
  readonly values: readonly (number | null)[];
  readonly other: readonly (number | null)[] | null;
  /** The upper and the lower end of the values' interval. */
  readonly interval: readonly [readonly (number | null)[], readonly (number | null)[]] | null;
  /** What is drawn around the line; null for nothing. */
  readonly band: Band | null;
}

/** The interval of a measured number, of a true one by counts by hand, or of one that nobody has counted by hand. */
export type Band = "error" | "hand" | "believed";

const MAX_BELIEVED = { lines: 2, bins: 2000 };

/** Returns what band a row has: wide ones that are only believed are drawn where they hide no other line and cost little. */
export function bandOf(row: Pick<SeriesRow, "basis">, lines: number, bins: number): Band | null {
  if (row.basis === null) return "error";
  if (row.basis !== "prior") return "hand";
  return lines <= MAX_BELIEVED.lines && bins <= MAX_BELIEVED.bins ? "believed" : null;
}

export const MAX_DRAWN = 8;
const COLOURS = ["--pedestrian", "--car", "--bicycle", "--motorcycle", "--bus", "--truck", "--good", "--bad"];

/** Returns the colour of a line: that of its class where each class has a line of its own. */
export function colourOf(row: SeriesRow, at: number, byClass: boolean): string {
  return byClass && row.road_user !== null ? `--${row.road_user}` : (COLOURS[at % COLOURS.length] as string);
}

const KMH_PER_MPS = 3.6;

/** Returns what a value is multiplied by to be shown: speeds are stored in metres a second and read in km/h. */
export function factorOf(quantity: string): number {
  return quantity.startsWith("speed") ? KMH_PER_MPS : 1;
}

/** Returns how many digits after the point a value is shown with. */
export function digitsOf(quantity: string): number {
  if (quantity.startsWith("density")) return 3;
  return /^(speed|occupancy_mean|dwell)/.test(quantity) ? 1 : 0;
}

export function scaled(values: readonly (number | null)[], factor: number): readonly (number | null)[] {
  return factor === 1 ? values : values.map((value) => (value === null ? null : value * factor));
}
