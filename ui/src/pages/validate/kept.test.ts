import { beforeEach, expect, test, vi } from "vitest";
import { Refusal } from "../../lib/api/client";
import type { Tally } from "./tally";

/** Tallies that are sent, whose answers are let go one by one. */
const sent: { id: string; taken: () => void; failed: (fault: Refusal) => void }[] = [];
vi.mock(import("../../lib/api/client"), async (original) => ({
  ...(await original()),
  api: {
    POST: (_: string, { body }: { body: { id: string } }) =>
      new Promise((done, fail) => sent.push({ id: body.id, taken: () => done({ data: {}, response: { ok: true } }), failed: fail })),
  } as never,
}));

const { Kept } = await import("./kept.svelte");
const tally = (id: string): Tally => ({
  id, camera: "square", line: "gate", place: "kerb", road_users: ["bicycle"], start: 0, end: 60_000, taps: [], pauses: [], clock_error_s: 0.1, seen: null,
});
const settle = () => new Promise((done) => setTimeout(done));

beforeEach(() => void (sent.length = 0));

test("one that is dropped while another is on its way is not sent", async () => {
  const kept = new Kept(() => undefined);
  kept.unsent = ["a", "b", "c"].map((id) => ({ tally: tally(id), why: "" }));
  const all = kept.send();
  kept.drop("b");
  sent[0]?.taken();
  await settle();
  sent[1]?.taken();
  await all;
  expect([sent.map(({ id }) => id), kept.unsent]).toEqual([["a", "c"], []]);
});

test("one that is refused stays with the reason, and without an answer all wait", async () => {
  const kept = new Kept(() => undefined);
  kept.unsent = ["a", "b", "c"].map((id) => ({ tally: tally(id), why: "" }));
  const all = kept.send();
  sent[0]?.failed(new Refusal(422, "no such line"));
  await settle();
  sent[1]?.failed(new Refusal(0, "no answer"));
  await all;
  expect(kept.unsent.map(({ tally: { id }, why }) => [id, why])).toEqual([["a", "no such line"], ["b", ""], ["c", ""]]);
  expect([sent.length, kept.sending]).toEqual([2, false]);
});
