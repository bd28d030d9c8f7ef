// Why one may look: the closed list, in the words of the public register.
import type { Schemas } from "./api/client";
import type { Catalogue } from "./words";

export type Purpose = Schemas["Purpose"];

export const PURPOSE_WORDS = {
  traffic_planning: ["traffic planning", "planiranje saobraćaja"],
  event_safety: ["safety of an event", "bezbednost na skupu"],
  road_safety: ["road safety", "bezbednost saobraćaja"],
  maintenance: ["maintenance", "održavanje"],
  privacy_check: ["privacy check", "provera privatnosti"],
  legal_request: ["request by law", "zahtev po zakonu"],
} as const satisfies Catalogue & Readonly<Record<Purpose, unknown>>;

export const PURPOSES = Object.keys(PURPOSE_WORDS) as readonly Purpose[];

/** Whether a word of the audit log is one of them; entries that are no look have none. */
export function isPurpose(word: string): word is Purpose {
  return word in PURPOSE_WORDS;
}
