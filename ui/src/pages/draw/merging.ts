// Two people have changed the same drawing: what each of them did, put together, and where both changed the same.
import type { Drawing, Keys } from "./shapes";

const NAMED = ["lines", "zones", "movements"] as const;
const WHOLE = ["masks", "look_closer", "ground"] as const;

export interface Change {
  /** `lines.west gate`, or `masks`. */
  readonly where: string;
  readonly mine: unknown;
  readonly theirs: unknown;
  /** Both have changed it, in different ways. */
  readonly both: boolean;
}

const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_, each: unknown) =>
    each !== null && typeof each === "object" && !Array.isArray(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each,
  );
}

export const sameDrawing = (a: Drawing, b: Drawing): boolean => parts(a, b).every(([, mine, theirs]) => same(mine, theirs));

function parts(a: Drawing, b: Drawing): [where: string, a: unknown, b: unknown][] {
  const named = NAMED.flatMap((key) => {
    const one = (a[key] ?? {}) as Keys;
    const other = (b[key] ?? {}) as Keys;
    return [...new Set([...Object.keys(one), ...Object.keys(other)])].map((name) => [`${key}.${name}`, one[name], other[name]] as [string, unknown, unknown]);
  });
  const empty = (value: unknown) => (Array.isArray(value) && value.length === 0 ? undefined : (value ?? undefined));
  return [...named, ...WHOLE.map((key) => [key, empty(a[key]), empty(b[key])] as [string, unknown, unknown])];
}

/** What differs between mine and theirs, seen from the drawing that both began with. */
export function changes(base: Drawing, mine: Drawing, theirs: Drawing): Change[] {
  const before = new Map(parts(base, base).map(([where, value]) => [where, value]));
  return parts(mine, theirs)
    .filter(([, one, other]) => !same(one, other))
    .map(([where, one, other]) => ({
      where, mine: one, theirs: other,
      both: !same(one, before.get(where)) && !same(other, before.get(where)),
    }));
}

/** Which of both is taken where nobody chooses: the one that has changed it; mine where both have. */
export function suggested(base: Drawing, change: Change): "mine" | "theirs" {
  const before = parts(base, base).find(([where]) => where === change.where)?.[1];
  return same(change.mine, before) ? "theirs" : "mine";
}

/** My drawing, with what is chosen of theirs. */
export function merged(mine: Drawing, all: readonly Change[], chosen: Readonly<Record<string, "mine" | "theirs">>): Drawing {
  const result = structuredClone(mine) as unknown as Record<string, unknown>;
  for (const { where, theirs } of all) {
    if (chosen[where] !== "theirs") continue;
    const key = NAMED.find((each) => where.startsWith(`${each}.`));
    if (key === undefined) {
      result[where] = theirs ?? (where === "ground" ? null : []);
      continue;
    }
    const entries = { ...((result[key] ?? {}) as Keys) };
    const name = where.slice(key.length + 1);
    if (theirs === undefined || theirs === null) delete entries[name];
    else entries[name] = theirs;
    result[key] = entries;
  }
  return result as unknown as Drawing;
}
