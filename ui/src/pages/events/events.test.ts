import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { Schemas } from "../../lib/api/client";

/** Questions whose answers are let go one by one. */
const asked: ((rows: unknown[]) => void)[] = [];
vi.mock(import("../../lib/api/client"), async (original) => ({
  ...(await original()),
  api: { GET: () => new Promise((done) => asked.push((rows) => done({ data: { rows, after: null }, response: { ok: true } }))) } as never,
}));

let Events: typeof import("./events.svelte").Events;
beforeAll(async () => {
  vi.stubGlobal("location", new URL("http://localhost/events"));
  ({ Events } = await import("./events.svelte"));
});
beforeEach(() => void (asked.length = 0));

const report = (id: string, value: number) => ({ id, group: id, silent: false, value }) as unknown as Schemas["PlaceEventRow"];
const shown = (events: InstanceType<typeof Events>) => [...events.all.values()].map(({ id, value }) => [id, value]);

test("what is reported while the events are asked for stays when an older answer comes", async () => {
  const events = new Events();
  const loaded = events.load();
  events.arrived(report("a", 52));
  events.arrived(report("b", 7));
  asked[0]?.([{ ...report("a", 41), standing: {} }, { ...report("c", 1), standing: {} }]);
  await loaded;
  expect(shown(events)).toEqual([["a", 52], ["c", 1], ["b", 7]]);
});

test("of two answers the one to the later question holds, with all that came after it", async () => {
  const events = new Events();
  const first = events.load();
  const second = events.load();
  events.arrived(report("b", 7));
  asked[0]?.([{ ...report("a", 41), standing: {} }]);
  await first;
  expect(shown(events)).toEqual([["b", 7]]);
  asked[1]?.([]);
  await second;
  expect(shown(events)).toEqual([["b", 7]]);
});
