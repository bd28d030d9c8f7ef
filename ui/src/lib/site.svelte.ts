// The site that is looked at: its name, its time zone, and the service's own clock, as a browser's may be set wrong.
import { api, read, type Schemas } from "./api/client";
import { Loading } from "./loading.svelte";
import { upgrade } from "./upgrade.svelte";

class Site {
  readonly #answer = new Loading<Schemas["VersionRow"]>(() => true);
  #asking: Promise<void> | null = null;
  #aheadMs = 0;

  /** Asks for it, unless that is going on; what went wrong is in `fault`. */
  load(): Promise<void> {
    this.#asking ??= this.#load().finally(() => (this.#asking = null));
    return this.#asking;
  }

  async #load(): Promise<void> {
    await this.#answer.load(async () => {
      const version = await read(api.GET("/api/v1/version"));
      upgrade.compare(version);
      this.#aheadMs = version.time_ms - Date.now();
      return version;
    });
  }

  get known(): boolean {
    return this.#answer.value !== null;
  }

  get busy() {
    return this.#answer.busy;
  }

  get fault() {
    return this.#answer.fault;
  }

  get name(): string {
    return this.#answer.value?.site.name ?? "";
  }

  /** The site's time zone; UTC until it is known. */
  get zone(): string {
    return this.#answer.value?.site.time_zone ?? "UTC";
  }

  /** Which passerby this is. */
  get version(): string {
    return this.#answer.value?.version ?? "";
  }

  /** The first day that was really measured: what is older is made up, as a demo's history is. Null where nothing is. */
  get madeUpBefore(): string | null {
    return this.#answer.value?.site.made_up_before ?? null;
  }

  /** The site has a map of its own to draw under its cameras. */
  get hasMap(): boolean {
    return this.#answer.value?.site.map ?? false;
  }

  /** Milliseconds since 1970 by the service's clock. */
  nowMs(): number {
    return Date.now() + this.#aheadMs;
  }
}

export const site = new Site();
