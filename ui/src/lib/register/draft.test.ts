import { expect, test } from "vitest";
import { Refusal } from "../api/client";
import { Draft } from "./draft.svelte";

type Stored = Parameters<Draft["take"]>[0];

function begun(): { draft: Draft; answer: (stored: Stored) => void; saved: Promise<unknown> } {
  const draft = new Draft();
  draft.take({ keys: { sign: "old" }, tag: "1" });
  draft.keys = { sign: "new" };
  let answer!: (stored: Stored) => void;
  const saved = draft.save(() => new Promise((done) => (answer = done)), () => Promise.reject(new Error("nothing is newer")));
  return { draft, answer, saved };
}

test("what was saved is no change any more", async () => {
  const { draft, answer, saved } = begun();
  answer({ keys: { sign: "new" }, tag: "2" });
  expect(await saved).toEqual({ sign: "old" });
  expect([draft.keys, draft.changed, draft.busy]).toEqual([{ sign: "new" }, false, false]);
});

test("what is written while a save is on its way stays, as a change", async () => {
  const { draft, answer, saved } = begun();
  draft.keys = { sign: "newer" };
  answer({ keys: { sign: "new" }, tag: "2" });
  await saved;
  expect([draft.keys, draft.changed]).toEqual([{ sign: "newer" }, true]);
});

test("another person's change is named, and one's own stays", async () => {
  const draft = new Draft();
  draft.take({ keys: { sign: "old", page: "a" }, tag: "1" });
  draft.keys = { sign: "new", page: "a" };
  const theirs = { keys: { sign: "old", page: "b" }, tag: "2" };
  await draft.save(() => Promise.reject(new Refusal(412, "changed")), () => Promise.resolve(theirs));
  expect([draft.keys, draft.conflict, draft.changed]).toEqual([{ sign: "new", page: "a" }, ["page"], true]);
});
