// The replay of an event: opened on purpose only, as each opening is a look that is written down.

import { ask } from "../api.js";
import { el, say } from "../elements.js";
import { purposeForm } from "../purpose.js";
import { moment } from "./words.js";

/** A section that opens the replay of an event; nothing is asked for before its button is pressed. */
export function replayOf(event) {
  const answer = el("p", { class: "answer", role: "status" });
  const shown = el("div", {});
  const play = () => {
    const picture = el("img", { src: `api/v1/events/${event.id}/replay`, alt: "Replay: figures without names on the empty place, ten seconds before and after the event was raised" });
    picture.addEventListener("error", () => {
      picture.remove();
      say(answer, "There is no replay any more, or it cannot be opened.");
    });
    say(answer, "");
    shown.replaceChildren(picture);
  };
  const open = async () => {
    try {
      await ask(`events/${event.id}/purpose`, { method: "PUT" });
      play();
    } catch (refusal) {
      if (refusal.status === 409) shown.replaceChildren(purposeForm(play));
      else say(answer, `Not opened: ${refusal.message}`);
    }
  };
  return el("section", { class: "replay", "aria-labelledby": "replay" },
    el("h3", { id: "replay" }, "Replay"),
    el("p", { class: "quiet" }, `Kept until ${moment(event.replay_until)}. Opening it is a look: it is written down, with this event as its case.`),
    el("button", { type: "button", onclick: open }, "Open the replay"),
    shown, answer);
}
