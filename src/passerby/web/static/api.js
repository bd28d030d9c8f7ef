// Asking passerby, and listening to it. All addresses are relative: nothing else is ever asked.

export const SESSION_ENDED = "This session has ended. Open the one-time link that passerby prints when it starts.";

/** An answer that is none; `message` may be shown. */
export class Refusal extends Error {
  constructor(status, message, code = "") {
    super(message);
    this.status = status;
    this.code = code;
  }
}

async function answerTo(path, options) {
  let answer;
  try {
    answer = await fetch(`api/v1/${path}`, options);
  } catch {
    throw new Refusal(0, "passerby does not answer.");
  }
  if (answer.ok) return answer;
  const body = await answer.json().catch(() => null);
  throw new Refusal(answer.status, body?.detail ?? body?.title ?? `passerby answered ${answer.status}.`, body?.code);
}

/** One request; its JSON. Throws Refusal, with status 0 where there was no answer. */
export async function ask(path, options = {}) {
  const answer = await answerTo(path, { headers: { Accept: "application/json" }, ...options });
  return answer.json().catch(() => null);
}

/** One request with a body in JSON; its answer, as of `ask`. */
export function send(path, method, body) {
  const headers = { Accept: "application/json", "Content-Type": "application/json" };
  return ask(path, { method, headers, body: JSON.stringify(body) });
}

/** One request for a picture; an address of it for this page alone, to be revoked. Throws Refusal as `ask` does. */
export async function askPicture(path) {
  const answer = await answerTo(path, {});
  return URL.createObjectURL(await answer.blob());
}

/** A camera's address below api/v1. */
export function cameraPath(name) {
  return `cameras/${encodeURIComponent(name)}`;
}

const LEAST_WAIT_MS = 1000;
const MOST_WAIT_MS = 15000;

/** Waits that double, with a little chance in them so that many pages do not come back at once. */
export class BackOff {
  #wait = LEAST_WAIT_MS;
  #timer = 0;

  /** Calls back after the wait. */
  later(callback) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(callback, this.#wait * (0.8 + 0.4 * Math.random()));
    this.#wait = Math.min(this.#wait * 2, MOST_WAIT_MS);
  }

  /** It worked: the next wait is short again. */
  reset() {
    clearTimeout(this.#timer);
    this.#wait = LEAST_WAIT_MS;
  }
}

/**
 * Listens to the live values for good.
 * @param {{values?: Function, health?: Function, event?: Function, problem?: Function, link: Function}} on those that are
 *   left out are not listened to; `link` gets `live`, `lost` or `closed` (no session)
 */
export function listen(on) {
  const backOff = new BackOff();
  const start = () => {
    const source = new EventSource("api/v1/live");
    source.addEventListener("open", () => {
      backOff.reset();
      on.link("live");
    });
    for (const kind of ["values", "health", "event", "problem"].filter((each) => on[each])) {
      source.addEventListener(kind, (event) => on[kind](JSON.parse(event.data)));
    }
    source.addEventListener("error", async () => {
      source.close();
      on.link("lost");
      try {
        await ask("version");
      } catch (refusal) {
        if (refusal.status === 401 || refusal.status === 403) {
          on.link("closed");
          return;
        }
      }
      backOff.later(start);
    });
  };
  start();
}
