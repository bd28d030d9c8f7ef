// The proof that an entry is in the audit log, verified here and not by the service: RFC 6962 hashes, RFC 9162 paths, and
// the signature of a C2SP checkpoint.

export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  /** What is signed. */
  readonly text: string;
  readonly signatures: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

export interface Proof {
  readonly index: number;
  readonly content: string | null;
  readonly leaf_hash: string;
  readonly path: readonly string[];
}

/** What an entry says, as the leaf holds it. */
export interface Said {
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: string;
  readonly purpose: string;
  readonly case: string;
  readonly time: string;
}

export type Finding = "proved" | "erased" | "changed" | "not_in_log";

const SALT_BYTES = 16;
const TEXTS = ["actor", "action", "subject", "detail", "purpose", "case"] as const;

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

/** Reads a signed note. Throws where it is none. */
export function checkpointOf(note: string): Checkpoint {
  const end = note.indexOf("\n\n");
  const text = note.slice(0, end + 1);
  const [origin, size, root] = text.split("\n");
  if (end < 0 || !origin || !/^\d{1,16}$/.test(size ?? "") || !root) throw new Error("no checkpoint");
  const signatures = note
    .slice(end + 2)
    .split("\n")
    .map((line) => /^— (\S+) (\S+)$/u.exec(line))
    .filter((found) => found !== null)
    .map((found) => ({ name: found[1] ?? "", bytes: bytesOf(found[2] ?? "") }));
  return { origin, size: Number(size), root: bytesOf(root), text, signatures };
}

/** Returns whether the checkpoint is signed by a key that is written `name+id+key`; null where the browser cannot say. */
export async function isSigned(checkpoint: Checkpoint, key: string): Promise<boolean | null> {
  const packed = bytesOf(key.trim().split("+").slice(2).join("+"));
  if (packed[0] !== 1 || packed.length !== 33) return false;
  const content = new TextEncoder().encode(checkpoint.text);
  let own: CryptoKey;
  try {
    own = await crypto.subtle.importKey("raw", packed.slice(1), "Ed25519", false, ["verify"]);
  } catch {
    return null; // An older browser, without Ed25519.
  }
  for (const { name, bytes } of checkpoint.signatures) {
    if (name !== checkpoint.origin || bytes.length !== 68) continue;
    if (await crypto.subtle.verify("Ed25519", own, bytes.slice(4), content)) return true;
  }
  return false;
}

/** Returns the hash of a leaf. */
export async function leafHash(content: Uint8Array): Promise<Uint8Array> {
  return sha256(Uint8Array.of(0), content);
}

/** Returns whether a leaf is at its place in the tree of a root (RFC 9162, 2.1.3.2). */
export async function isIncluded(leaf: Uint8Array, index: number, size: number, path: readonly Uint8Array[], root: Uint8Array): Promise<boolean> {
  if (!(index >= 0 && index < size)) return false;
  let [place, last, found] = [index, size - 1, leaf];
  for (const other of path) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      found = await sha256(Uint8Array.of(1), other, found);
      while (place % 2 === 0 && place !== 0) [place, last] = [place / 2, Math.floor(last / 2)];
    } else {
      found = await sha256(Uint8Array.of(1), found, other);
    }
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  return last === 0 && same(found, root);
}

/** Verifies an entry as it is shown against its proof and a checkpoint. */
export async function verified(shown: Said, proof: Proof, checkpoint: Checkpoint): Promise<Finding> {
  const path = proof.path.map(bytesOf);
  if (proof.content === null) {
    return (await isIncluded(bytesOf(proof.leaf_hash), proof.index, checkpoint.size, path, checkpoint.root)) ? "erased" : "not_in_log";
  }
  const content = bytesOf(proof.content);
  if (!(await isIncluded(await leafHash(content), proof.index, checkpoint.size, path, checkpoint.root))) return "not_in_log";
  return says(content, shown) ? "proved" : "changed";
}

/** Returns whether a leaf says what is shown. */
export function says(content: Uint8Array, shown: Said): boolean {
  const leaf = JSON.parse(new TextDecoder().decode(content.slice(SALT_BYTES))) as Said;
  const apart_ms = Math.abs(Date.parse(`${leaf.time.slice(0, 23)}Z`) - Date.parse(shown.time));
  return TEXTS.every((each) => leaf[each] === shown[each]) && apart_ms < 1000;
}

async function sha256(...parts: Uint8Array[]): Promise<Uint8Array> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
