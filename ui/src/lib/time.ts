// Times as people read them, in the site's time zone.
import { language } from "./language.svelte";
import { localeOf } from "./words";

/** The time of day in a zone: 14:05. */
export function timeOfDay(when: string | number | Date, zone: string): string {
  return format(when, zone, { hour: "2-digit", minute: "2-digit" });
}

/** A day in a zone: Mon 28 Sep 2026. */
export function day(when: string | number | Date, zone: string): string {
  return format(when, zone, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
}

/** A moment in a zone: 28 Sep 2026, 14:05. */
export function moment(when: string | number | Date, zone: string): string {
  return format(when, zone, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
}

function format(when: string | number | Date, zone: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(localeOf(language.current), { timeZone: zone, hourCycle: "h23", ...options }).format(new Date(when));
}
