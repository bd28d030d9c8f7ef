// One line's day by the hour, with yesterday and the day a week before: out of the columns of `GET /api/v1/series`.
import type { Schemas } from "../../lib/api/client";

export const HOURS = 24;
const HOUR_S = 3600;

export interface Hours {
  value: readonly (number | null)[];
  coverage: readonly number[];
}

/** Returns the values of a day, hour of the clock by hour; both ways and what is asked for added up. Gaps are null. */
export function hoursOf(page: Schemas["SeriesPage"] | null): Hours {
  const value: (number | null)[] = Array(HOURS).fill(null);
  const coverage: number[] = Array(HOURS).fill(0);
  if (page === null) return { value, coverage };
  for (let bin = 0; bin < page.count; bin += 1) {
    const hour = hourOf(page, bin);
    const cells = page.rows.map((row) => row.value[bin] ?? null).filter((each): each is number => each !== null);
    // An hour that the clock shows twice, in autumn, is added up.
    if (cells.length > 0) value[hour] = cells.reduce((one, other) => one + other, value[hour] ?? 0);
    const shares = page.rows.map((row) => row.coverage[bin] ?? 0);
    coverage[hour] = Math.max(coverage[hour] ?? 0, shares.length === 0 ? 0 : Math.min(...shares));
  }
  return { value, coverage };
}

function hourOf(page: Schemas["SeriesPage"], bin: number): number {
  const start = page.starts_s?.[bin] ?? page.first_s + bin * (page.step_s ?? HOUR_S);
  const offset = page.offsets.filter(({ from_s }) => from_s <= start).at(-1)?.offset_s ?? page.offsets[0]?.offset_s ?? 0;
  return Math.floor((start + offset) / HOUR_S) % HOURS;
}
