// Whether the service was upgraded under an open page: the page is then an old one, and parts of it may be gone.
import type { Schemas } from "./api/client";
import { BackOff } from "./back_off";
import { session } from "./session.svelte";

const ASK_EVERY_MS = 15 * 60_000;
const OWN_SCRIPT = /^\/app\/assets\/([^/]+)$/;

/** The script that this page was loaded with; empty for one that is being worked on. */
function ownScript(): string {
  const script = document.querySelector<HTMLScriptElement>("script[type=module][src]");
  return script === null ? "" : (OWN_SCRIPT.exec(new URL(script.src).pathname)?.[1] ?? "");
}

class Upgrade {
  /** The service is another one than that from which this page came. */
  noticed = $state(false);
  #version = "";

  /** Compares with what the service says of itself. */
  compare(version: Schemas["VersionRow"]): void {
    const own = ownScript();
    if (own !== "" && version.page !== null && version.page !== own) this.noticed = true;
    if (this.#version !== "" && version.version !== this.#version) this.noticed = true;
    this.#version ||= version.version;
  }

  /** Asks the service who it is. Returns the answer's status, 0 for none. Not by the client, which waits for a slow answer. */
  async ask(): Promise<number> {
    const answer = await fetch("/api/v1/version").catch(() => null);
    session.answered(answer !== null);
    if (answer?.status === 401) session.end();
    if (answer?.ok) this.compare((await answer.json()) as Schemas["VersionRow"]);
    return answer?.status ?? 0;
  }

  /** Loads a part of the application. One that is not there any more was of an older one. */
  async part<T>(load: () => Promise<T>): Promise<T> {
    try {
      return await load();
    } catch (fault) {
      if ((await this.ask()) === 200) this.noticed = true;
      throw fault;
    }
  }

  /** Asks now and then, and when the page comes into sight again. Returns the function that ends it. */
  watch(): () => void {
    const seen = () => document.hidden || void this.ask();
    const timer = setInterval(seen, ASK_EVERY_MS);
    document.addEventListener("visibilitychange", seen);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }

  /** Asks until the service answers again. Returns the function that ends it. */
  returns(): () => void {
    const backOff = new BackOff();
    const now = () => void this.ask();
    const again = () => backOff.later(() => void this.ask().then((status) => status > 0 || again()));
    again();
    addEventListener("online", now);
    return () => {
      backOff.reset();
      removeEventListener("online", now);
    };
  }
}

export const upgrade = new Upgrade();
