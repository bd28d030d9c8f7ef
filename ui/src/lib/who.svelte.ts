// Who reads this page, and what they may do: asked once, and again after a log-in.
import { api, read, type Schemas } from "./api/client";
import { Loading } from "./loading.svelte";

class Who {
  readonly account = new Loading<Schemas["OwnAccount"]>(() => true);
  #asked = false;

  /** Asks, unless that has been done. */
  ask(): void {
    if (!this.#asked) this.again();
  }

  again(): void {
    this.#asked = true;
    void this.account.load(() => read(api.GET("/api/v1/account")));
  }

  /** Whether one of these is permitted on whatever cameras; false until it is known. */
  may(...permissions: string[]): boolean {
    return permissions.some((each) => this.account.value?.permissions.includes(each) ?? false);
  }

  get known(): boolean {
    return this.account.value !== null;
  }
}

export const who = new Who();
