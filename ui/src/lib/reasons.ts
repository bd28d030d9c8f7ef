// Why a camera is in its state, in Serbian: the service's own reason, which stands beside it, is English.
import { language } from "./language.svelte";
import type { CameraState } from "./states";
import { words, type Catalogue } from "./words";

const REASONS = {
  online: ["", "Slike stižu i menjaju se."],
  connecting: ["", "Povezivanje sa kamerom je u toku."],
  offline: ["", "Sa kamere ne stižu slike."],
  frozen: ["", "Slike stižu, ali se ne menjaju."],
  dark: ["", "Slika je previše tamna."],
  covered: ["", "Nešto zaklanja kameru."],
  defocused: ["", "Slika nije oštra."],
  moved: ["", "Kamera više ne gleda isto mesto."],
  sees_badly: ["", "Mnogo toga što se kreće nije prepoznato."],
  not_registered: ["", "Zapis u javnom registru nije potpun."],
  paused: ["", "Kamera je pauzirana u registru."],
} as const satisfies Catalogue & Readonly<Record<CameraState, unknown>>;

const t = words(REASONS);

/** The reason of a state in the language that is read; empty in English, in which the service says more. */
export function reasonOf(state: CameraState): string {
  return language.current === "en" ? "" : t(state);
}
