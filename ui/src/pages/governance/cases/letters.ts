// Letters of the public, decrypted here with the privacy officer's key, and answers encrypted for the reference alone.
//
// Neither the key nor its passphrase leaves this browser. X25519, HKDF-SHA256 and AES-256-GCM, as `register/cases.py` has them;
// the key's file is PKCS #8 with a passphrase (RFC 8018: PBES2, PBKDF2 with HMAC-SHA-256, AES-256-CBC).

export interface Letter {
  readonly text: string;
  readonly camera: string;
  readonly reference: string;
}

/** The officer's key, as long as the page is open. */
export interface OfficerKey {
  readonly own: CryptoKey;
  readonly public: Uint8Array<ArrayBuffer>;
}

export type KeyTrouble = "no_key" | "wrong_passphrase" | "old_browser";

export class KeyError extends Error {
  constructor(readonly why: KeyTrouble) {
    super(why);
  }
}

const BOX = new TextEncoder().encode("passerby case 1");
const ANSWER = new TextEncoder().encode("passerby answer 1");
const OBJECTS = { pbes2: "2a864886f70d01050d", pbkdf2: "2a864886f70d01050c", sha256: "2a864886f70d0209", aes256: "60864801650304012a" };
const MOST_ROUNDS = 10_000_000;

/** Opens a private key's file. Throws KeyError. */
export async function openedKey(pem: string, passphrase: string): Promise<OfficerKey> {
  const found = /-----BEGIN ENCRYPTED PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(pem);
  if (found === null) throw new KeyError("no_key");
  const { salt, rounds, iv, content } = parameters(bytesOf((found[1] ?? "").replace(/\s/g, "")));
  const typed = await crypto.subtle.importKey("raw", new TextEncoder().encode(passphrase), "PBKDF2", false, ["deriveKey"]);
  const key = await crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds }, typed, { name: "AES-CBC", length: 256 }, false, ["decrypt"]);
  let plain: ArrayBuffer;
  try {
    plain = await crypto.subtle.decrypt({ name: "AES-CBC", iv }, key, content);
  } catch {
    throw new KeyError("wrong_passphrase");
  }
  try {
    const whole = await crypto.subtle.importKey("pkcs8", plain, { name: "X25519" }, true, ["deriveBits"]);
    const { x } = await crypto.subtle.exportKey("jwk", whole);
    const own = await crypto.subtle.importKey("pkcs8", plain, { name: "X25519" }, false, ["deriveBits"]);
    return { own, public: bytesOf((x ?? "").replaceAll("-", "+").replaceAll("_", "/")) };
  } catch (fault) {
    throw new KeyError(fault instanceof DOMException && fault.name === "NotSupportedError" ? "old_browser" : "no_key");
  }
}

/** Reads a letter; null where it was encrypted for another key, or changed. */
export async function openedLetter(base64: string, key: OfficerKey): Promise<Letter | null> {
  const box = bytesOf(base64);
  const [sender, nonce, content] = [box.slice(0, 32), box.slice(32, 44), box.slice(44)];
  try {
    const from = await crypto.subtle.importKey("raw", sender, { name: "X25519" }, false, []);
    const shared = await crypto.subtle.deriveBits({ name: "X25519", public: from }, key.own, 256);
    const salt = new Uint8Array([...sender, ...key.public]);
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce, additionalData: BOX }, await derived(shared, salt, BOX, "decrypt"), content);
    return JSON.parse(new TextDecoder().decode(plain)) as Letter;
  } catch {
    return null;
  }
}

/** Encrypts an answer for who has the reference. */
export async function encryptedAnswer(text: string, reference: string): Promise<string> {
  const plain = reference.toUpperCase().replace(/[^\p{L}\p{N}]/gu, "");
  const key = await derived(new TextEncoder().encode(plain), new Uint8Array(), ANSWER, "encrypt");
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const content = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: ANSWER }, key, new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...nonce, ...new Uint8Array(content)));
}

async function derived(secret: BufferSource, salt: BufferSource, info: BufferSource, use: "encrypt" | "decrypt"): Promise<CryptoKey> {
  const from = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "HKDF", hash: "SHA-256", salt, info }, from, { name: "AES-GCM", length: 256 }, false, [use]);
}

interface Part {
  readonly tag: number;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** What the key's file is encrypted with. */
function parameters(der: Uint8Array<ArrayBuffer>) {
  try {
    const [algorithm, content] = parts(only(parts(der)).content);
    const [scheme, settings] = parts(algorithm!.content);
    const [derivation, cipher] = parts(settings!.content);
    const [function_, given] = parts(derivation!.content);
    const [salt, rounds, ...rest] = parts(given!.content);
    const [cipherName, iv] = parts(cipher!.content);
    const random = rest.find((part) => part.tag === 0x30);
    const names = [scheme, function_, cipherName, random && parts(random.content)[0]].map((part) => hex(part!.content));
    const wanted = [OBJECTS.pbes2, OBJECTS.pbkdf2, OBJECTS.aes256, OBJECTS.sha256];
    const times = rounds!.content.reduce((sum, byte) => sum * 256 + byte, 0);
    if (String(names) !== String(wanted) || times > MOST_ROUNDS) throw new KeyError("no_key");
    return { salt: salt!.content, rounds: times, iv: iv!.content, content: content!.content };
  } catch {
    throw new KeyError("no_key");
  }
}

/** The parts of a DER value, one level deep. */
function parts(der: Uint8Array<ArrayBuffer>): Part[] {
  const found: Part[] = [];
  for (let at = 0; at < der.length; ) {
    const tag = der[at]!;
    let [length, start] = [der[at + 1]!, at + 2];
    if (length > 0x80) {
      const more = length & 0x7f;
      length = der.slice(start, start + more).reduce((sum, byte) => sum * 256 + byte, 0);
      start += more;
    }
    found.push({ tag, content: der.slice(start, start + length) });
    at = start + length;
  }
  return found;
}

function only(found: Part[]): Part {
  if (found.length !== 1) throw new KeyError("no_key");
  return found[0]!;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
