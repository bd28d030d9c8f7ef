// The rules of one camera while one of them is written: loaded, checked as you go, saved, never over another person's change.
import { api, read, Refusal, type Schemas } from "../../../lib/api/client";
import { differences, type Keys, type RuleKind } from "./rule_draft";

export type RulesOf = Schemas["CameraRules"];
export type Fault = Schemas["RuleFault"];
type Camera = Schemas["CameraRow"];

const CHECK_MS = 400;

export class RuleEditor {
  kinds = $state.raw<readonly RuleKind[]>([]);
  camera = $state.raw<Camera | null>(null);
  /** The rules as they were when the change was begun; its tag is what a change is made from. */
  base = $state.raw<RulesOf | null>(null);
  name = $state("");
  keys = $state.raw<Keys>({});
  faults = $state.raw<readonly Fault[]>([]);
  /** This person may not change rules. */
  forbidden = $state(false);
  /** What another person has changed meanwhile: the rule, the key, before and after. */
  theirs = $state.raw<readonly (readonly [rule: string, key: string, before: string, after: string])[]>([]);
  busy = $state(false);
  /** The name that the rule had; empty for a new one. */
  original = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #check = 0;
  #over = false;

  get kind(): RuleKind | undefined {
    return this.kinds.find(({ kind }) => kind === this.keys.kind);
  }

  /** All rules of the camera, with the one that is written. */
  get rules(): Record<string, Keys> {
    const others = Object.entries(this.base?.rules ?? {}) as [string, Keys][];
    const written = this.original !== "" && others.some(([name]) => name === this.original);
    const mine: [string, Keys] = [this.name.trim(), this.keys];
    return Object.fromEntries(written ? others.map((each) => (each[0] === this.original ? mine : each)) : [...others, mine]);
  }

  get taken(): boolean {
    const name = this.name.trim();
    return name !== this.original && name in (this.base?.rules ?? {});
  }

  get changes(): [string, string, string][] {
    const before = this.base?.rules[this.original] as Keys | undefined;
    const renamed: [string, string, string][] = this.original !== "" && this.name.trim() !== this.original ? [["name", this.original, this.name.trim()]] : [];
    return [...renamed, ...differences(before, this.keys)];
  }

  /** Loads what is needed to write a rule of a camera; throws Refusal. */
  async load(camera: string, original: string): Promise<void> {
    const path = { params: { path: { camera } } };
    const [kinds, found, rules] = await Promise.all([
      read(api.GET("/api/v1/rule-kinds")),
      read(api.GET("/api/v1/cameras/{camera}", path)),
      read(api.GET("/api/v1/cameras/{camera}/rules", path)),
    ]);
    this.kinds = kinds.rows;
    this.camera = found;
    this.base = rules;
    this.original = original in rules.rules ? original : "";
    this.name = this.original;
    this.keys = (rules.rules[this.original] as Keys | undefined) ?? {};
    this.theirs = [];
    this.faults = [];
  }

  /** Sets some keys; undefined takes one away. */
  set(changes: Keys): void {
    this.keys = Object.fromEntries(Object.entries({ ...this.keys, ...changes }).filter(([, value]) => value !== undefined));
    this.checkSoon();
  }

  /** Asks what is wrong with it, once no key has changed for a moment. */
  checkSoon(): void {
    clearTimeout(this.#timer);
    if (this.#over) return;
    this.#timer = setTimeout(() => void this.check(), CHECK_MS);
  }

  /** Checks it no more, as it is not written any more. */
  stop(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }

  async check(): Promise<void> {
    if (this.#over || this.camera === null || this.name.trim() === "" || this.kind === undefined) return;
    const mine = ++this.#check;
    try {
      const answer = await read(api.POST("/api/v1/cameras/{camera}/rules/validate", { params: { path: { camera: this.camera.name } }, body: { rules: this.rules } }));
      if (mine === this.#check) this.faults = answer.faults;
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      if (refusal.status === 403) this.forbidden = true;
    }
  }

  /** The faults of one key of the rule; of "" those that are about no key that is shown. */
  faultsOf(key: string): readonly string[] {
    const own = this.faults.filter(({ rule }) => rule === this.name.trim());
    const found = key === "" ? [...own.filter((fault) => fault.key === ""), ...this.faults.filter(({ rule }) => rule !== this.name.trim())] : own.filter((fault) => fault.key === key || fault.key.startsWith(`${key}[`));
    return found.map(({ what }) => what);
  }

  /** Saves it; returns the rules before and after, or null where another person was quicker. Throws Refusal. */
  async save(): Promise<{ before: RulesOf; after: RulesOf } | null> {
    return this.#put(this.rules);
  }

  async remove(): Promise<{ before: RulesOf; after: RulesOf } | null> {
    const { [this.original]: _, ...others } = (this.base?.rules ?? {}) as Record<string, Keys>;
    return this.#put(others);
  }

  async #put(rules: Record<string, Keys>): Promise<{ before: RulesOf; after: RulesOf } | null> {
    const before = this.base;
    if (before === null || this.busy) return null;
    this.busy = true;
    try {
      return { before, after: await putRules(before.camera, rules, before.tag) };
    } catch (refusal) {
      if (!(refusal instanceof Refusal) || refusal.status !== 412) throw refusal;
      await this.#takeIn(before);
      return null;
    } finally {
      this.busy = false;
    }
  }

  /** Takes another person's change in; the rule that is written stays as it is written. */
  async #takeIn(before: RulesOf): Promise<void> {
    const now = await read(api.GET("/api/v1/cameras/{camera}/rules", { params: { path: { camera: before.camera } } }));
    const names = [...new Set([...Object.keys(before.rules), ...Object.keys(now.rules)])];
    this.theirs = names.flatMap((name) => differences(before.rules[name] as Keys | undefined, now.rules[name] as Keys | undefined).map((each) => [name, ...each] as const));
    this.base = now;
    if (!(this.original in now.rules)) this.original = "";
    this.checkSoon();
  }
}

/** Puts rules in place of a camera's; `tag` is of those that they were made from. */
export function putRules(camera: string, rules: Record<string, Keys>, tag: string): Promise<RulesOf> {
  return read(api.PUT("/api/v1/cameras/{camera}/rules", { params: { path: { camera }, header: { "If-Match": `"${tag}"` } }, body: { rules } }));
}
