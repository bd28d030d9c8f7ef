// On which days the calendar has profiles on, and at which hours.
import type { Schemas } from "../../lib/api/client";
import { weekday } from "../../lib/days";

export type Profile = Schemas["ProfileRow"];

const WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** Returns the hours of a day in which a profile begins to be on, as `08:00–14:00`; `""` for the whole day, null for not on. */
export function hoursOn(profile: Pick<Profile, "hours" | "dates">, day: string): string | null {
  if (profile.dates.includes(day)) return "";
  const word = WEEK[weekday(day)];
  const found = profile.hours.filter(({ days }) => word !== undefined && days.includes(word));
  if (found.length === 0) return null;
  const whole = found.some(({ start_s, end_s }) => start_s === 0 && end_s >= 86_400);
  return whole ? "" : found.map(({ start_s, end_s }) => `${clock(start_s)}–${clock(end_s)}`).join(", ");
}

function clock(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}
