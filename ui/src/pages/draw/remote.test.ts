import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Shape } from "./shapes";

/** Requests whose answers are let go one by one. */
const asked: { what: string; answer: (data: unknown) => void }[] = [];
const held = (what: string) => () =>
  new Promise((done) => asked.push({ what, answer: (data) => done({ data, response: { ok: true } }) }));
vi.mock(import("../../lib/api/client"), async (original) => ({
  ...(await original()),
  api: { POST: held("POST"), GET: held("GET"), DELETE: held("DELETE") } as never,
}));

const { Trial } = await import("./remote.svelte");
const GATE = { id: 1, kind: "line", name: "gate", points: [[0.1, 0.5], [0.9, 0.5]], keys: {} } as unknown as Shape;
const RUNS = { running: true, lines: ["gate"], zones: [], time: null, counts: [], occupancy: [] };
const whats = () => asked.map(({ what }) => what);

beforeEach(() => {
  asked.length = 0;
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

test("a line that is drawn is counted, and asked for while it runs", async () => {
  const trial = new Trial();
  trial.of("square", [GATE], [1], false);
  await vi.advanceTimersByTimeAsync(1500);
  asked[0]?.answer(RUNS);
  await vi.advanceTimersByTimeAsync(1000);
  expect([whats(), trial.state]).toEqual([["POST", "GET"], RUNS]);
});

test.each([
  ["begun", 0],
  ["asked for", 1],
])("a trial that is stopped while it is %s is over, and nothing more is asked for", async (_, before) => {
  const trial = new Trial();
  trial.of("square", [GATE], [1], false);
  await vi.advanceTimersByTimeAsync(1500);
  if (before > 0) asked[0]?.answer(RUNS);
  await vi.advanceTimersByTimeAsync(1000);
  trial.stop("square");
  asked[before]?.answer(RUNS);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([whats().at(-1), whats().filter((what) => what === "GET").length, trial.state]).toEqual(["DELETE", before, null]);
});

test("what is drawn anew while the first is on its way is not ended with it", async () => {
  const trial = new Trial();
  trial.of("square", [GATE], [1], false);
  await vi.advanceTimersByTimeAsync(1500);
  trial.stop("square");
  trial.of("square", [GATE], [1], false);
  await vi.advanceTimersByTimeAsync(1500);
  asked[0]?.answer({ ...RUNS, lines: [] });
  asked[1]?.answer(RUNS);
  await vi.advanceTimersByTimeAsync(0);
  expect([whats(), trial.state]).toEqual([["POST", "POST"], RUNS]);
});
