// What every file that is taken along says of itself: the zone, the link, and whether its numbers are made up.
import { noonUtc } from "../../lib/days";
import { site } from "../../lib/site.svelte";
import { day } from "../../lib/time";
import { words } from "../../lib/words";
import { madeUp } from "./made_up";
import type { Question } from "./question";
import { WORDS } from "./words";

const t = words(WORDS);

/** Returns the notes below a picture of the numbers of a question. */
export function notesOf(question: Question): string[] {
  const before = site.madeUpBefore;
  const made_up = before === null || madeUp(question.from, question.to, before) === "no" ? [] : [t("made_up_note", { day: day(noonUtc(before), "UTC") })];
  return [...made_up, `${day(noonUtc(question.from.slice(0, 10)), "UTC")} – ${day(noonUtc(question.to.slice(0, 10)), "UTC")}. ${t("in_zone", { zone: site.zone })}.`, `passerby, ${location.href}`];
}

/** Returns the head of the column of a table that says what is made up; none where nothing is. */
export function madeUpHead(): string[] {
  return site.madeUpBefore === null ? [] : [t("made_up")];
}

/** Returns its cell, for numbers of some days. */
export function madeUpCell(from: string, to = from): string[] {
  return site.madeUpBefore === null ? [] : [t(`made_up_${madeUp(from, to, site.madeUpBefore)}`)];
}
