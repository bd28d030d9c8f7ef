// What a chart is drawn from: columns with a point more at each end of what was watched, so that gaps are gaps.

type Values = readonly (number | null)[];

export interface Points {
  /** UTC seconds, never falling. */
  readonly times: readonly number[];
  readonly values: readonly Values[];
}

/** Returns the points of lines over common bins: each value is held to the end of its bin where the next is not known.
 *
 * @param starts when the bins begin, and at last when the last one ends.
 */
export function pointsOf(starts: readonly number[], lines: readonly Values[]): Points {
  const count = starts.length - 1;
  const ends = new Set<number>();
  for (const line of lines) {
    for (let at = 0; at < count; at += 1) {
      if (line[at] !== null && line[at] !== undefined && (at + 1 === count || line[at + 1] === null)) ends.add(at);
    }
  }
  const held = [...ends].sort((one, other) => one - other);
  // Whole stretches are copied, for a year has 35,000 points and few gaps.
  const pieces = <T>(column: readonly T[], heldOf: (at: number) => T): T[] => {
    const parts: (readonly T[])[] = [];
    let from = 0;
    for (const at of held) {
      parts.push(column.slice(from, at + 1), [heldOf(at)]);
      from = at + 1;
    }
    parts.push(column.slice(from, count));
    return ([] as T[]).concat(...parts);
  };
  return {
    times: pieces(starts, (at) => starts[at + 1] as number),
    values: lines.map((line) => pieces(line, (at) => line[at] ?? null)),
  };
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

const formats = new Map<string, (splits: readonly number[], step_s: number) => string[]>();

/** Returns how a time axis is labelled: days from a day's step on, else the time of day. Made once a zone and language. */
export function axisLabels(zone: string, locale: string): (splits: readonly number[], step_s: number) => string[] {
  const key = `${zone} ${locale}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const day = new Intl.DateTimeFormat(locale, { timeZone: zone, day: "numeric", month: "short" });
  const month = new Intl.DateTimeFormat(locale, { timeZone: zone, month: "short", year: "numeric" });
  const time = new Intl.DateTimeFormat(locale, { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const labels = (splits: readonly number[], step_s: number) =>
    splits.map((split, at) => {
      const when = split * 1000;
      if (step_s >= 28 * 86_400) return month.format(when);
      if (step_s >= 86_400) return day.format(when);
      const clock = time.format(when);
      return clock === "00:00" || at === 0 ? `${clock}\n${day.format(when)}` : clock;
    });
  formats.set(key, labels);
  return labels;
}

/** Returns a date whose own clock shows the site's: uPlot asks it for hours and days. */
export function siteDate(local_s: number): Date {
  const date = new Date(local_s * 1000);
  return new Date(date.getTime() + date.getTimezoneOffset() * 60_000);
}
