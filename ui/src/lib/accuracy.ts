// How right a line's counts are: the errors that counts by hand gave. Intervals of numbers come with these from the API.
import type { Schemas } from "./api/client";

export type LineAccuracy = Schemas["LineAccuracyRow"];
export type ClassAccuracy = Schemas["AccuracyRow"];

/** Returns the rows of both ways together, only of classes that somebody counted by hand. */
export function countedClasses(line: LineAccuracy): readonly ClassAccuracy[] {
  return line.rows.filter((row) => row.direction === null && row.minutes > 0 && (row.by_hand > 0 || row.by_system > 0));
}
