// Filters and views that stand in the address, so that a link leads to the same view.
import { address } from "./address.svelte";

/** One word of the query; the fallback stands for it where the query has none, and is left out of it. */
export class Filter<T extends string = string> {
  /** `known`: every other word counts as none, as a typed address may hold anything. */
  constructor(
    readonly name: string,
    readonly fallback: T,
    readonly known: readonly T[] | null = null,
  ) {}

  get value(): T {
    const found = address.query.get(this.name) as T | null;
    return found !== null && found !== "" && (this.known === null || this.known.includes(found)) ? found : this.fallback;
  }

  set value(value: T) {
    this.set(value);
  }

  /** Sets it; with `push` the way back leads to what it was. */
  set(value: T, options: { push?: boolean } = {}): void {
    address.filter({ [this.name]: value === this.fallback ? null : value }, options);
  }
}

/** Some words of the query: `?camera=north&camera=south`. */
export class ListFilter {
  constructor(readonly name: string) {}

  get values(): readonly string[] {
    return address.query.getAll(this.name).filter((each) => each !== "");
  }

  set values(values: readonly string[]) {
    address.filter({ [this.name]: [...new Set(values)] });
  }

  has(value: string): boolean {
    return this.values.includes(value);
  }

  /** Adds a word, or takes it out. */
  toggle(value: string): void {
    this.values = this.has(value) ? this.values.filter((each) => each !== value) : [...this.values, value];
  }
}
