// Why one looks: asked before a live view, kept in the audit log, and counted publicly by purpose.

import { send } from "./api.js";
import { el, say } from "./elements.js";

const PURPOSES = {
  traffic_planning: "Traffic planning",
  event_safety: "Safety at an event",
  road_safety: "Road safety",
  maintenance: "Maintenance of the camera",
  privacy_check: "Check of the privacy measures",
  legal_request: "A legal request",
};

/** A form that states the purpose, then calls back. */
export function purposeForm(stated) {
  const purpose = el("select", { name: "purpose", required: true },
    el("option", { value: "" }, "Choose one…"),
    ...Object.entries(PURPOSES).map(([value, words]) => el("option", { value }, words)));
  const reason = el("input", { name: "case", required: true, minlength: 3, maxlength: 200, autocomplete: "off", placeholder: "such as: report 2026-117" });
  const answer = el("p", { role: "status" });
  const button = el("button", { type: "submit", class: "strong" }, "Look for half an hour");
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    say(answer, "");
    try {
      await send("purpose", "PUT", { purpose: purpose.value, case: reason.value });
      stated();
    } catch (refusal) {
      say(answer, refusal.message);
    }
    button.disabled = false;
  };
  return el("form", { class: "purpose", onsubmit: submit, "aria-label": "Why you look" },
    el("p", {}, "Why do you look? It is written into the audit log before the first picture, and counted publicly."),
    el("label", {}, "Purpose", purpose),
    el("label", {}, "Case", reason),
    button, answer);
}
