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
  /** It is that in which counts by hand put the true number. */
  readonly byHand: boolean;
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
