// Values of events and rules in their units, and times as this page shows them.
import { NOT_KNOWN, number, percent } from "../../lib/numbers";
import { site } from "../../lib/site.svelte";
import { language } from "../../lib/language.svelte";
import { localeOf, words } from "../../lib/words";
import { WORDS } from "./words";

const t = words(WORDS);

interface Valued {
  kind: string;
  unit: string | null;
  at_least?: boolean;
}

/** A value in its unit; `at least` where the zone is too full to count. */
export function valued(of: Valued, value: number | null | undefined): string {
  if (value === null || value === undefined) return NOT_KNOWN;
  const text = inUnit(of, value);
  return of.at_least ? t("at_least", { value: text }) : text;
}

/** A threshold in its unit; it is no lower bound where the values are. */
export function limit(of: Valued & { threshold: number | null }): string {
  return valued({ ...of, at_least: false }, of.threshold);
}

function inUnit({ kind, unit }: Valued, value: number): string {
  if (unit === "m-2") return `${short(value)} / m²`;
  if (unit === "/min") return t("a_minute", { value: short(value) });
  if (unit === "/h") return t("an_hour", { value: short(value) });
  if (unit === "m") return `${short(value)} m`;
  if (unit === "s") return duration(value);
  if (unit === "m/s") return `${number(value * 3.6)} km/h`;
  return kind === "counter_flow" || kind === "saturated" ? share(value) : short(value);
}

/** A number with one digit after the point, where it has any. */
export function short(value: number | null | undefined): string {
  if (value === null || value === undefined) return NOT_KNOWN;
  return number(value, Number.isInteger(value) ? 0 : 1);
}

/** Seconds, or minutes where they are many. */
export function duration(seconds: number): string {
  return seconds < 90 ? `${number(seconds)} s` : seconds < 5400 ? `${number(seconds / 60, 1)} min` : `${number(seconds / 3600, 1)} h`;
}

/** A share in per cent, never rounded up to all nor down to nothing. */
export function share(value: number | null | undefined): string {
  if (value === null || value === undefined) return NOT_KNOWN;
  if (value > 0 && value < 0.01) return `< ${percent(0.01)}`;
  return percent(Math.floor(value * 100 + 1e-6) / 100);
}

/** Day and time of day in the site's zone. */
export function when(time: string | number): string {
  return format(time, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** The time of day, with seconds. */
export function clock(time: string): string {
  return format(time, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

function format(time: string | number, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(localeOf(language.current), { timeZone: site.zone, hourCycle: "h23", ...options }).format(new Date(time));
}

/** A reason as a sentence of its own. */
export function sentence(reason: string): string {
  return reason && `${reason[0]?.toLocaleUpperCase()}${reason.slice(1)}${/[.!?…]$/.test(reason) ? "" : "."}`;
}
