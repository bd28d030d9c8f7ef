// A camera's states in words. A mark stands beside each word, so that none is shown by its colour alone.
import type { Schemas } from "./api/client";
import type { Catalogue } from "./words";

export type CameraState = Schemas["CameraState"];
export type Tone = "good" | "idle" | "warn" | "bad";

const TONES: Readonly<Record<CameraState, Tone>> = {
  online: "good", connecting: "idle", offline: "bad", frozen: "bad", dark: "warn", covered: "warn", defocused: "warn",
  moved: "warn", sees_badly: "warn", not_registered: "bad", paused: "idle",
};
const MARKS: Readonly<Record<Tone, string>> = { good: "●", idle: "○", warn: "◆", bad: "■" };

/** The tone of a state; of a camera that has not reported yet, too. */
export function toneOf(state: CameraState | null): Tone {
  return state === null ? "idle" : TONES[state];
}

export function markOf(tone: Tone): string {
  return MARKS[tone];
}

/** Not as it should be, and not by somebody's wish. */
export function inTrouble(state: CameraState | null): boolean {
  return state !== null && state !== "online" && state !== "paused" && state !== "connecting";
}

export const STATE_WORDS = {
  online: ["Online", "Radi"],
  connecting: ["Connecting", "Povezuje se"],
  offline: ["Offline", "Ne radi"],
  frozen: ["Frozen picture", "Slika stoji"],
  dark: ["Too dark", "Pretamno"],
  covered: ["Covered", "Zaklonjena"],
  defocused: ["Out of focus", "Nije izoštrena"],
  moved: ["Moved", "Pomerena"],
  sees_badly: ["Sees badly", "Loše vidi"],
  not_registered: ["Not registered", "Nije u registru"],
  paused: ["Paused", "Pauzirana"],
  unknown: ["No report yet", "Još nema izveštaja"],
  stale: ["Not known now", "Trenutno nepoznato"],
} as const satisfies Catalogue;
