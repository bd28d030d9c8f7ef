// How bins and spans are written, in the site's zone.
import { localeOf } from "../../lib/words";
import type { Language } from "../../lib/language.svelte";

/** Returns the function that writes a bin: a day, a week, a month, or a time of day with its date. */
export function binLabels(zone: string, read: Language, bin: string): (start_s: number, end_s: number) => string {
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(localeOf(read), { timeZone: zone, hourCycle: "h23", ...options });
  const day = format({ weekday: "short", day: "numeric", month: "short", year: "numeric" });
  if (bin === "month") {
    const month = format({ month: "long", year: "numeric" });
    return (start_s) => month.format(start_s * 1000);
  }
  if (bin === "week") return (start_s, end_s) => `${day.format(start_s * 1000)} – ${day.format((end_s - 1) * 1000)}`;
  if (bin === "day") return (start_s) => day.format(start_s * 1000);
  const time = format({ hour: "2-digit", minute: "2-digit" });
  return (start_s, end_s) => `${day.format(start_s * 1000)}, ${time.format(start_s * 1000)}–${time.format(end_s * 1000)}`;
}

/** Returns a UTC time with the offset of the site's clock, as the API and addresses take it. */
export function withOffset(time_s: number, local_s: number): string {
  const offset_min = Math.round((local_s - time_s) / 60);
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const sign = offset_min < 0 ? "-" : "+";
  const clock = new Date(local_s * 1000).toISOString().slice(0, 19);
  return `${clock}${sign}${two(Math.abs(offset_min) / 60)}:${two(Math.abs(offset_min) % 60)}`;
}
