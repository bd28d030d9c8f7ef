// The site that is looked at: its name, its time zone, and the service's own clock, as a browser's may be set wrong.
import { api, read } from "./api/client";

class Site {
  name = $state("");
  /** The site's time zone; UTC until it is known. */
  zone = $state("UTC");
  known = $state(false);
  /** The first day that was really measured: what is older is made up, as a demo's history is. Null where nothing is. */
  madeUpBefore = $state<string | null>(null);
  #aheadMs = 0;

  /** Asks for it; throws Refusal. */
  async load(): Promise<void> {
    const version = await read(api.GET("/api/v1/version"));
    this.name = version.site?.name ?? "passerby";
    this.zone = version.site?.time_zone ?? "UTC";
    this.madeUpBefore = version.site?.made_up_before ?? null;
    this.#aheadMs = Date.parse(version.time) - Date.now();
    this.known = true;
  }

  /** Milliseconds since 1970 by the service's clock. */
  nowMs(): number {
    return Date.now() + this.#aheadMs;
  }
}

export const site = new Site();
