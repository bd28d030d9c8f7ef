// The events of a time: asked for, kept up by live reports, and filtered by what the address says.
import { api, read, type Schemas } from "../../lib/api/client";
import { addDays, isDay } from "../../lib/days";
import { Filter, ListFilter } from "../../lib/filters.svelte";
import { Loading } from "../../lib/loading.svelte";
import { site } from "../../lib/site.svelte";
import { asksForAttention, byCause, isUnreviewed, type Listed } from "./groups";

export type Rules = Schemas["RuleRows"];
export type Rule = Rules["rows"][number];
export type Decision = Schemas["DecisionBody"];
export type Detail = Schemas["EventDetail"];

const DAY_MS = 86_400_000;
const MAX_PAGES = 5;

export const filters = {
  tab: new Filter("tab", "events", ["events", "rules", "profiles", "notices"]),
  days: new Filter("days", "1", ["1", "7", "30"]),
  day: new Filter<string>("day", ""),
  which: new Filter("which", "all", ["all", "open", "unjudged", "silent"]),
  view: new Filter("view", "lanes", ["lanes", "list"]),
  event: new Filter<string>("event", ""),
  /** The camera whose rule is written, and the rule; without it a new one. */
  edit: new Filter<string>("edit", ""),
  rule: new Filter<string>("rule", ""),
  cameras: new ListFilter("camera"),
  kinds: new ListFilter("kind"),
};

/** From when to when events are asked for, as the API takes it; a day alone is the site's own. */
export function span(): { start: string; end?: string } {
  const day = filters.day.value;
  if (isDay(day)) return { start: day, end: addDays(day, 1) };
  return { start: new Date(site.nowMs() - Number(filters.days.value) * DAY_MS).toISOString() };
}

/** All events of a time, in pages; `cut` where there are more than are read. */
export async function eventsOf(query: { start: string; end?: string; silent?: boolean }): Promise<{ rows: Listed[]; cut: boolean }> {
  const rows: Listed[] = [];
  let after: string | null = null;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer: Schemas["EventPage"] = await read(api.GET("/api/v1/events", { params: { query: { ...query, ...(after === null ? {} : { after }) } } }));
    rows.push(...answer.rows);
    after = answer.after;
    if (after === null) break;
  }
  return { rows, cut: after !== null };
}

export class Events {
  readonly loading = new Loading<{ rows: Listed[]; cut: boolean }>();
  readonly rules = new Loading<Rules>();
  #known = $state.raw<ReadonlyMap<string, Listed>>(new Map());
  /** What has come since the events were asked for last: their answer may be older. */
  #since = new Map<string, Listed>();

  /** Those that the filters let through. */
  readonly shown = $derived.by(() => {
    const now = site.nowMs();
    const { cameras, kinds, which } = filters;
    return [...this.#known.values()].filter(
      (event) =>
        (cameras.values.length === 0 || cameras.has(event.camera)) &&
        (kinds.values.length === 0 || kinds.has(event.kind)) &&
        (which.value !== "open" || asksForAttention(event, now)) &&
        (which.value !== "unjudged" || isUnreviewed(event)),
    );
  });
  readonly groups = $derived(byCause(this.shown));

  get all(): ReadonlyMap<string, Listed> {
    return this.#known;
  }

  async load(): Promise<void> {
    const silent = filters.which.value === "silent";
    const since = (this.#since = new Map<string, Listed>());
    await this.loading.load(() => eventsOf({ ...span(), ...(silent ? { silent } : {}) }));
    if (since !== this.#since || this.loading.value === null || this.loading.fault !== null) return;
    this.#known = new Map([...this.loading.value.rows.map((event) => [event.id, event] as const), ...since]);
  }

  async loadRules(): Promise<void> {
    await this.rules.load(() => read(api.GET("/api/v1/rules")));
  }

  /** A live report has no standing; what was decided before holds on. Returns whether the event is a new one. */
  arrived(event: Schemas["PlaceEventRow"]): boolean {
    if (event.silent !== (filters.which.value === "silent")) return false;
    const known = this.#known.get(event.id);
    const none: Listed["standing"] = { acknowledged_by: null, assigned_to: null, snoozed_until: null, verdict: null, reviewed_by: [] };
    this.put({ standing: none, replay_until: null, ...known, ...event });
    return known === undefined;
  }

  put(event: Listed): void {
    this.#known = new Map(this.#known).set(event.id, event);
    this.#since.set(event.id, event);
  }

  /** The rule of an event, with how often it was right. */
  ruleOf(event: Pick<Listed, "camera" | "rule" | "kind">): Rule | null {
    return this.rules.value?.rows.find((rule) => rule.camera === event.camera && rule.rule === event.rule && rule.kind === event.kind) ?? null;
  }
}

/** Decides about one event, or about all of its cause; returns the event as it stands then. */
export async function decide(event: Pick<Listed, "id" | "group">, body: Decision, whole: boolean): Promise<Detail> {
  if (whole) {
    await read(api.POST("/api/v1/event-groups/{group_id}/decisions", { params: { path: { group_id: event.group } }, body }));
    return detail(event.id);
  }
  return read(api.POST("/api/v1/events/{event_id}/decisions", { params: { path: { event_id: event.id } }, body }));
}

export function detail(id: string): Promise<Detail> {
  return read(api.GET("/api/v1/events/{event_id}", { params: { path: { event_id: id } } }));
}
