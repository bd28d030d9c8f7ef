import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { expect, test } from "vitest";
import { checkpointOf, isIncluded, isSigned, leafHash, verified, type Said } from "./proofs";

const hash = (...parts: Uint8Array[]) => new Uint8Array(createHash("sha256").update(Buffer.concat(parts)).digest());
const node = (left: Uint8Array, right: Uint8Array) => hash(Uint8Array.of(1), left, right);
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

/** The tree of RFC 6962, by its definition and not by a path. */
function rootOf(leaves: Uint8Array[]): Uint8Array {
  if (leaves.length === 1) return leaves[0]!;
  const split = 2 ** Math.floor(Math.log2(leaves.length - 1));
  return node(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

function pathOf(index: number, leaves: Uint8Array[]): Uint8Array[] {
  if (leaves.length === 1) return [];
  const split = 2 ** Math.floor(Math.log2(leaves.length - 1));
  const left = leaves.slice(0, split), right = leaves.slice(split);
  return index < split ? [...pathOf(index, left), rootOf(right)] : [...pathOf(index - split, right), rootOf(left)];
}

const ENTRY: Said = { actor: "ada", action: "view.opened", subject: "square", detail: "é", purpose: "maintenance", case: "case 7", time: "2026-09-28T10:00:00.500000001Z" };
const contentOf = (entry: Said) => new Uint8Array(Buffer.concat([Buffer.alloc(16, 7), Buffer.from(JSON.stringify(entry))]));

async function logOf(size: number, at: number, entry = ENTRY) {
  const contents = Array.from({ length: size }, (_, number) => contentOf(number === at ? entry : { ...ENTRY, detail: String(number) }));
  const leaves = await Promise.all(contents.map(leafHash));
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const text = `passerby/audit/test\n${size}\n${base64(rootOf(leaves))}\n`;
  const signature = sign(null, Buffer.from(text), privateKey);
  const note = `${text}\n— passerby/audit/test ${base64(Buffer.concat([Buffer.alloc(4), signature]))}\n`;
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const key = `passerby/audit/test+00000000+${base64(Buffer.concat([Buffer.of(1), raw]))}`;
  const proof = { index: at, content: base64(contents[at]!), leaf_hash: base64(leaves[at]!), path: pathOf(at, leaves).map(base64) };
  return { checkpoint: checkpointOf(note), note, key, proof, leaves };
}

test.each([1, 2, 3, 5, 8, 13, 37])("every entry of a log of %i is proved, and at no other place", async (size) => {
  for (let at = 0; at < size; at++) {
    const { checkpoint, proof, leaves } = await logOf(size, at);
    expect(await verified(ENTRY, proof, checkpoint)).toBe("proved");
    const path = pathOf(at, leaves);
    if (size > 1) expect(await isIncluded(leaves[at]!, (at + 1) % size, size, path, checkpoint.root)).toBe(false);
    expect(await isIncluded(leaves[at]!, at, size, [...path, leaves[0]!], checkpoint.root)).toBe(false);
  }
});

test.each(["actor", "action", "subject", "detail", "purpose", "case"] as const)("a %s that is shown otherwise is found", async (name) => {
  const { checkpoint, proof } = await logOf(5, 3);
  expect(await verified({ ...ENTRY, [name]: "another" }, proof, checkpoint)).toBe("changed");
});

test("a leaf, a path or a time that was altered proves nothing", async () => {
  const { checkpoint, proof } = await logOf(6, 2);
  const altered = contentOf({ ...ENTRY, actor: "eve" });
  expect(await verified({ ...ENTRY, actor: "eve" }, { ...proof, content: base64(altered) }, checkpoint)).toBe("not_in_log");
  expect(await verified(ENTRY, { ...proof, path: proof.path.slice(1) }, checkpoint)).toBe("not_in_log");
  expect(await verified(ENTRY, { ...proof, index: 6 }, checkpoint)).toBe("not_in_log");
  expect(await verified({ ...ENTRY, time: "2026-09-28T10:00:02Z" }, proof, checkpoint)).toBe("changed");
  expect(await verified({ ...ENTRY, time: "2026-09-28T12:00:00+02:00" }, proof, checkpoint)).toBe("proved");
});

test("an erased entry is proved by its hash alone", async () => {
  const { checkpoint, proof } = await logOf(6, 2);
  expect(await verified(ENTRY, { ...proof, content: null }, checkpoint)).toBe("erased");
  expect(await verified(ENTRY, { ...proof, content: null, leaf_hash: base64(new Uint8Array(32)) }, checkpoint)).toBe("not_in_log");
});

test("a checkpoint is signed by its own key and by no other, and over its own text", async () => {
  const { note, key } = await logOf(3, 0);
  expect(await isSigned(checkpointOf(note), key)).toBe(true);
  expect(await isSigned(checkpointOf(note.replace("\n3\n", "\n4\n")), key)).toBe(false);
  expect(await isSigned(checkpointOf(note), (await logOf(3, 0)).key)).toBe(false);
  for (const wrong of ["", "a\nb\nc\n\n", "a\n3\n"]) expect(() => checkpointOf(wrong)).toThrow();
});
