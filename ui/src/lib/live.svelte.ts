// Listening to the live values (server-sent events) for as long as a page is open.
import type { Schemas } from "./api/client";
import { BackOff } from "./back_off";
import { session } from "./session.svelte";
import { upgrade } from "./upgrade.svelte";

export type Link = "connecting" | "live" | "lost";

interface Kinds {
  values: Schemas["Values"];
  health: Schemas["HealthReport"];
  event: Schemas["PlaceEventRow"];
  closed_events: Schemas["ClosedEvents"];
  profiles: Schemas["SwitchedProfiles"];
  problem: Schemas["Problem"];
  cameras: Schemas["ChangedCameras"];
  site: { time: string };
}

export type On = { [K in keyof Kinds]?: (news: Kinds[K]) => void };

/** One stream of news. `link` is not `live` while what is shown may be old. */
export class Listener {
  link = $state<Link>("connecting");
  #source: EventSource | null = null;
  readonly #backOff = new BackOff();
  #on: On = {};
  #query = "";

  /** Listens, to some cameras or to all; `overview` for `cameras` and `site` in place of all else. Call `stop` when the page is left. */
  start(on: On, cameras: readonly string[] = [], detail: "full" | "overview" = "full"): void {
    this.#on = on;
    const chosen = cameras.map((name) => ["camera", name]);
    this.#query = String(new URLSearchParams(detail === "full" ? chosen : [...chosen, ["detail", detail]]));
    this.#open();
  }

  stop(): void {
    this.#backOff.reset();
    this.#source?.close();
    this.#source = null;
  }

  #open(): void {
    const source = new EventSource(`/api/v1/live${this.#query ? `?${this.#query}` : ""}`);
    this.#source = source;
    source.addEventListener("open", () => {
      this.#backOff.reset();
      this.link = "live";
      session.answered(true);
    });
    for (const [kind, call] of Object.entries(this.#on) as [string, (news: unknown) => void][]) {
      source.addEventListener(kind, (event) => call(JSON.parse((event as MessageEvent<string>).data)));
    }
    source.addEventListener("error", () => void this.#lost(source));
  }

  async #lost(source: EventSource): Promise<void> {
    if (source !== this.#source) return;
    source.close();
    this.link = "lost";
    // The stream does not say why it ended; a small request does.
    await upgrade.ask();
    this.#backOff.later(() => source === this.#source && this.#open());
  }
}
