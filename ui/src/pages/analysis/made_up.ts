// Whether numbers were made up, as the history of a demo is.

/** @param from the first day, and `to` the last one, as YYYY-MM-DD; a time may follow. @param before the first day that was measured. */
export function madeUp(from: string, to: string, before: string): "yes" | "partly" | "no" {
  if (from.slice(0, 10) >= before) return "no";
  return to.slice(0, 10) < before ? "yes" : "partly";
}
