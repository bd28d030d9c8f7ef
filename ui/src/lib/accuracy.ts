// How right a line's counts are: the errors that counts by hand gave, and the interval of any other number of that line.
import type { Schemas } from "./api/client";

export type LineAccuracy = Schemas["LineAccuracyRow"];
export type ClassAccuracy = Schemas["AccuracyRow"];

export interface Interval {
  low: number;
  value: number;
  high: number;
}

/** Returns the rows of both ways together, only of classes that somebody counted by hand. */
export function countedClasses(line: LineAccuracy): readonly ClassAccuracy[] {
  return line.rows.filter((row) => row.direction === null && row.minutes > 0 && (row.by_hand > 0 || row.by_system > 0));
}

/**
 * Returns how many really crossed where so many were counted: `Accuracy.true_crossings` of domain/count_accuracy.py, with the
 * numbers that the API gives; a test holds both against the same values.
 */
export function trueCrossings(row: Pick<ClassAccuracy, "ratio" | "ratio_sd" | "dispersion" | "quantile">, counted: number): Interval {
  const ratio = Math.max(row.ratio, 0.05);
  const value = counted / ratio;
  const noise = (row.dispersion * Math.max(value, 0.5)) / ratio ** 2;
  const spread = row.quantile * Math.hypot(row.ratio_sd / ratio, Math.sqrt(noise) / Math.max(value, 0.5));
  const unseen = (row.quantile ** 2 * row.dispersion) / ratio ** 2;
  return { low: value * Math.exp(-spread), value, high: Math.max(value * Math.exp(spread), value + unseen) };
}
