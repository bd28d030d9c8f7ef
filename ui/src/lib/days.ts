// Days of a calendar as `2026-09-28`, without hours; and which day it is somewhere.

const DAY_MS = 86_400_000;

/** Returns the day of a moment in a zone. */
export function dayOf(when: string | number | Date, zone: string): string {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(new Date(when));
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? "";
  return `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}`;
}

/** Returns the day that comes so many days later, or earlier. */
export function addDays(day: string, days: number): string {
  return iso(asUtc(day) + days * DAY_MS);
}

/** Returns the same day of another month, or its last one where it is shorter. */
export function addMonths(day: string, months: number): string {
  const date = new Date(asUtc(day));
  const wanted = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(wanted, last));
  return iso(date.getTime());
}

/** Returns the weeks of a day's month, from Monday to Sunday, with the days of its neighbours that fill them. */
export function weeksOf(day: string): string[][] {
  const first = `${day.slice(0, 7)}-01`;
  const start = addDays(first, -weekday(first));
  const weeks: string[][] = [];
  for (let monday = start; weeks.length === 0 || monday.slice(0, 7) === day.slice(0, 7); monday = addDays(monday, 7)) {
    weeks.push([0, 1, 2, 3, 4, 5, 6].map((number) => addDays(monday, number)));
  }
  return weeks;
}

/** Returns 0 for Monday to 6 for Sunday. */
export function weekday(day: string): number {
  return (new Date(asUtc(day)).getUTCDay() + 6) % 7;
}

/** Returns a day as a moment that formats to it in UTC. */
export function noonUtc(day: string): Date {
  return new Date(asUtc(day) + DAY_MS / 2);
}

/** Returns whether a word is a day. */
export function isDay(word: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(word) && !Number.isNaN(asUtc(word)) && iso(asUtc(word)) === word;
}

function asUtc(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

function iso(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
