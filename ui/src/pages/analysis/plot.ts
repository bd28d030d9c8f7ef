// What a chart is drawn from: columns with a point more at each end of what was watched, so that gaps are gaps.

type Values = readonly (number | null)[];

export interface Points {
  /** UTC seconds, never falling. */
  readonly times: number[];
  readonly values: (number | null)[][];
  /** The bin of each point. */
  readonly bins: Uint32Array;
}

/** Returns the points of lines over common bins: each value is held to the end of its bin where the next is not known.
 *
 * @param starts when the bins begin, and at last when the last one ends.
 */
export function pointsOf(starts: readonly number[], lines: readonly Values[]): Points {
  const count = starts.length - 1;
  const times: number[] = [];
  const values: (number | null)[][] = lines.map(() => []);
  const bins: number[] = [];
  for (let at = 0; at < count; at += 1) {
    times.push(starts[at] as number);
    bins.push(at);
    let ends = false;
    for (let line = 0; line < lines.length; line += 1) {
      const value = lines[line]?.[at] ?? null;
      (values[line] as (number | null)[]).push(value);
      if (value !== null && (at + 1 === count || (lines[line]?.[at + 1] ?? null) === null)) ends = true;
    }
    if (!ends) continue;
    times.push(starts[at + 1] as number);
    bins.push(at);
    for (let line = 0; line < lines.length; line += 1) (values[line] as (number | null)[]).push(lines[line]?.[at] ?? null);
  }
  return { times, values, bins: Uint32Array.from(bins) };
}

export interface Stretch {
  readonly start_s: number;
  readonly end_s: number;
  /** 0 for not watched, 1 for watched, else in between. */
  readonly coverage: number;
}

const STEPS = 10;

/** Returns stretches of about the same coverage, to be drawn as one piece each. */
export function stretchesOf(starts: readonly number[], coverage: readonly number[], until_s: number): Stretch[] {
  const found: { start_s: number; end_s: number; coverage: number }[] = [];
  for (let at = 0; at < coverage.length; at += 1) {
    const start_s = starts[at] as number;
    if (start_s >= until_s) break;
    const exact = coverage[at] ?? 0;
    // Rounded up to a tenth but below one, so that neither a gap nor a whole bin is blurred.
    const share = exact === 0 || exact >= 0.995 ? Math.round(exact) : Math.min(0.9, Math.ceil(exact * STEPS) / STEPS);
    const last = found.at(-1);
    if (last?.coverage === share) last.end_s = starts[at + 1] as number;
    else found.push({ start_s, end_s: starts[at + 1] as number, coverage: share });
  }
  return found;
}

/** Returns how a time axis is labelled: days from a day's step on, else the time of day. */
export function axisLabels(zone: string, locale: string): (splits: readonly number[], step_s: number) => string[] {
  const day = new Intl.DateTimeFormat(locale, { timeZone: zone, day: "numeric", month: "short" });
  const month = new Intl.DateTimeFormat(locale, { timeZone: zone, month: "short", year: "numeric" });
  const time = new Intl.DateTimeFormat(locale, { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return (splits, step_s) =>
    splits.map((split, at) => {
      const when = split * 1000;
      if (step_s >= 28 * 86_400) return month.format(when);
      if (step_s >= 86_400) return day.format(when);
      const clock = time.format(when);
      return clock === "00:00" || at === 0 ? `${clock}\n${day.format(when)}` : clock;
    });
}
