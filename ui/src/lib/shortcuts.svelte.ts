// Keys that a page knows, the list of them, and the switch that turns them all off (WCAG 2.1.4).

import { untrack } from "svelte";

export interface Shortcut {
  /** What is pressed: a letter as `KeyboardEvent.key` has it, or two after each other with a space between: `g e`. */
  keys: string;
  /** What it does, for the list. */
  words: string;
  act: () => void;
}

const KEY = "passerby.shortcuts";
const SECOND_MS = 1500;
const WRITTEN = "input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable], [role=grid], [role=application]";

function stored(): boolean {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true; // A browser may forbid storage.
  }
}

class Shortcuts {
  on = $state(stored());
  /** The list is open. */
  listed = $state(false);
  #given = $state.raw<readonly (() => readonly Shortcut[])[]>([]);
  #first = "";
  #at = 0;

  /** All that are known now; those of the page that came last are first. */
  get known(): readonly Shortcut[] {
    return [...this.#given].reverse().flatMap((each) => each());
  }

  /** Adds those of a page or a part: `$effect(() => shortcuts.register(() => [...]))`. Returns the function that takes them away. */
  register(given: () => readonly Shortcut[]): () => void {
    this.#given = [...untrack(() => this.#given), given];
    return () => {
      this.#given = untrack(() => this.#given).filter((each) => each !== given);
    };
  }

  switch(on: boolean): void {
    this.on = on;
    try {
      localStorage.setItem(KEY, on ? "on" : "off");
    } catch {
      // It holds until the page is closed.
    }
  }

  /** To be called with every key; does what is known for it. */
  pressed(event: KeyboardEvent): void {
    // The browser reports a closed dialog only later: keys that are pressed until then are not the list's any more.
    if (this.listed && event.key === "Escape") {
      this.listed = false;
      return;
    }
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isWritten(event.target)) return;
    if (event.key === "?") {
      event.preventDefault();
      this.listed = !this.listed;
      return;
    }
    if (!this.on || this.listed || event.key.length > 1) return;
    const found = this.found(event.key, event.timeStamp);
    if (found === null) return;
    event.preventDefault();
    found.act();
  }

  /** Returns what a key does, alone or after the one before it. */
  found(key: string, at: number): Shortcut | null {
    const both = this.#first !== "" && at - this.#at < SECOND_MS ? `${this.#first} ${key}` : "";
    const known = this.known;
    const found = (both !== "" && known.find(({ keys }) => keys === both)) || known.find(({ keys }) => keys === key) || null;
    this.#first = found === null && known.some(({ keys }) => keys.startsWith(`${key} `)) ? key : "";
    this.#at = at;
    return found;
  }
}

/** What is pressed there is text, or moves within something that has keys of its own. */
function isWritten(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(WRITTEN) !== null;
}


export const shortcuts = new Shortcuts();
