// The address of the page: which page it names, and the filters in its query. Links are plain `<a href>`.
import { parse } from "regexparam";
import { SvelteURLSearchParams } from "svelte/reactivity";
import type { Component } from "svelte";

// Pages have the properties that their address holds, or none.
type Loaded = { default: Component<any> };
/** Pages by address; `:name` is handed to the page as a property. */
export type Pages = Readonly<Record<string, () => Promise<Loaded>>>;

/** Returns the page of a path, and what its address holds; null where there is none. */
export function pageOf(pages: Pages, path: string): { load: () => Promise<Loaded>; held: Record<string, string> } | null {
  for (const [pattern, load] of Object.entries(pages)) {
    const { keys, pattern: form } = parse(pattern);
    const found = form.exec(path);
    if (found === null) continue;
    try {
      return { load, held: Object.fromEntries(keys.map((key, at) => [key, decodeURIComponent(found[at + 1] ?? "")])) };
    } catch {
      return null; // A broken percent sign in a typed address.
    }
  }
  return null;
}

class Address {
  path = $state(location.pathname);
  /** The query; a change by hand (`back`, a link) shows itself here. Write it with `filter`. */
  readonly query = new SvelteURLSearchParams(location.search);
  #leaving: (() => boolean) | null = null;

  /** Goes to a page of this application, or leaves it. */
  go(href: string, { replace = false } = {}): void {
    const url = new URL(href, location.href);
    if (this.#leaving !== null && !this.#leaving()) return;
    history[replace ? "replaceState" : "pushState"](null, "", url);
    this.#read();
    if (!replace) scrollTo(0, 0);
  }

  /** Puts filters into the query: null or "" takes one out. The way back leads before them only with `push`. */
  filter(changes: Readonly<Record<string, string | readonly string[] | null>>, { push = false } = {}): void {
    const url = new URL(location.href);
    for (const [name, value] of Object.entries(changes)) {
      url.searchParams.delete(name);
      for (const each of value === null ? [] : Array.isArray(value) ? (value as readonly string[]) : [value as string]) {
        if (each !== "") url.searchParams.append(name, each);
      }
    }
    history[push ? "pushState" : "replaceState"](null, "", url);
    this.#read();
  }

  /** Asks before this page is left by a link; false stays. Returns the function that ends it. */
  whenLeaving(may: () => boolean): () => void {
    this.#leaving = may;
    return () => {
      if (this.#leaving === may) this.#leaving = null;
    };
  }

  /** Follows links inside the application without loading it anew. `known` says which paths are its own. */
  listen(known: (path: string) => boolean): () => void {
    const clicked = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest("a") : null;
      const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
      if (link === null || !plain || event.defaultPrevented || link.target !== "" || link.hasAttribute("download")) return;
      if (link.origin !== location.origin || !known(link.pathname)) return;
      if (link.pathname === location.pathname && link.search === location.search && link.hash !== "") return;
      event.preventDefault();
      this.go(link.href);
    };
    const popped = () => this.#read();
    addEventListener("click", clicked);
    addEventListener("popstate", popped);
    return () => {
      removeEventListener("click", clicked);
      removeEventListener("popstate", popped);
    };
  }

  #read(): void {
    this.path = location.pathname;
    const now = new URLSearchParams(location.search);
    for (const name of new Set(this.query.keys())) if (!now.has(name)) this.query.delete(name);
    for (const name of new Set(now.keys())) {
      const values = now.getAll(name);
      if (String(this.query.getAll(name)) === String(values)) continue;
      this.query.delete(name);
      for (const value of values) this.query.append(name, value);
    }
  }
}

export const address = new Address();
