// The interval in which the true numbers of a line lie, by what counts by hand say of it.
import type { Schemas } from "../../lib/api/client";
import { trueCrossings } from "../../lib/accuracy";
import type { SeriesRow } from "./columns";

type Ends = readonly [readonly (number | null)[], readonly (number | null)[]];

/** Returns the upper and the lower end for each bin; null where no count by hand says anything of just these numbers.
 *
 * Classes err differently, and a sum does not say how many of each are in it: only numbers of one class have an interval.
 *
 * @param classes those that the numbers are of, where `row` adds them up; none for all.
 */
export function handInterval(row: SeriesRow, classes: readonly string[], accuracy: readonly Schemas["LineAccuracyRow"][]): Ends | null {
  if (row.quantity !== "flow") return null;
  const known = accuracy.find((one) => one.camera === row.camera && one.line === row.series);
  if (known === undefined || !known.validated) return null;
  const counted = [...new Set(known.rows.map((one) => one.road_user as string))];
  const of = row.road_user !== null ? [row.road_user as string] : classes.length > 0 ? classes : counted;
  if (of.length !== 1) return null;
  const error = known.rows.find((one) => one.measured && one.error !== null && one.road_user === of[0] && one.direction === row.direction);
  if (error === undefined) return null;
  const ends = row.value.map((value) => (value === null ? null : trueCrossings(error, value)));
  return [ends.map((end) => end?.high ?? null), ends.map((end) => end?.low ?? null)];
}
