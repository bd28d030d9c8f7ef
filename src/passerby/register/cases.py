"""Objections and questions of the public: encrypted for the privacy officer alone, answered by way of a reference."""

import base64
import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from passerby.domain.cases import Case, CaseKind
from passerby.domain.errors import PasserbyError
from passerby.ports import RegisterStore
from passerby.units import DAY_S, NS_PER_S

MAX_LETTERS: Final = 5000
MIN_PASSPHRASE_LETTERS: Final = 12
_RAW: Final = (Encoding.Raw, PublicFormat.Raw)
_REFERENCE_BYTES: Final = 10
_NONCE_BYTES: Final = 12
_KEY_BYTES: Final = 32
_BOX: Final = b"passerby case 1"
_ANSWER: Final = b"passerby answer 1"


class CaseKeyError(PasserbyError):
    """A privacy officer's key that cannot be read, or a case that was encrypted for another one."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a person wrote: text, camera (empty for none in particular), and the reference that they were given."""

    text: str
    camera: str
    reference: str


def new_key_pair(passphrase: str) -> tuple[str, bytes]:
    """Returns the public key for the site file (base64), and the private one as PEM, protected by a passphrase.

    Raises:
        CaseKeyError: the passphrase is too short.
    """
    if len(passphrase) < MIN_PASSPHRASE_LETTERS:
        raise CaseKeyError(f"the passphrase needs at least {MIN_PASSPHRASE_LETTERS} letters, got {len(passphrase)}")
    private = X25519PrivateKey.generate()
    protected = BestAvailableEncryption(passphrase.encode("utf-8"))
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protected)
    return base64.b64encode(private.public_key().public_bytes(*_RAW)).decode("ascii"), pem


def private_key(pem: bytes, passphrase: str) -> X25519PrivateKey:
    """Returns the privacy officer's key.

    Raises:
        CaseKeyError: it is none, or the passphrase is not its own.
    """
    try:
        found = load_pem_private_key(pem, passphrase.encode("utf-8"))
    except (ValueError, TypeError):
        found = None
    if not isinstance(found, X25519PrivateKey):
        raise CaseKeyError("the key cannot be read: is this its file, and its passphrase?")
    return found


def encrypted(letter: Letter, public_key: str) -> bytes:
    """Returns a letter that only the holder of the private key can read (X25519, HKDF-SHA256, AES-256-GCM)."""
    receiver = X25519PublicKey.from_public_bytes(base64.b64decode(public_key))
    once = X25519PrivateKey.generate()
    sender = once.public_key().public_bytes(*_RAW)
    nonce = os.urandom(_NONCE_BYTES)
    content = json.dumps({"text": letter.text, "camera": letter.camera, "reference": letter.reference}).encode()
    key = _key(once.exchange(receiver), sender + receiver.public_bytes(*_RAW), _BOX)
    return sender + nonce + AESGCM(key).encrypt(nonce, content, _BOX)


def decrypted(box: bytes, private: X25519PrivateKey) -> Letter:
    """Returns the letter in a box.

    Raises:
        CaseKeyError: it was encrypted for another key, or changed.
    """
    sender, nonce, content = (
        box[:_KEY_BYTES],
        box[_KEY_BYTES : _KEY_BYTES + _NONCE_BYTES],
        box[_KEY_BYTES + _NONCE_BYTES :],
    )
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(sender))
        key = _key(shared, sender + private.public_key().public_bytes(*_RAW), _BOX)
        found = json.loads(AESGCM(key).decrypt(nonce, content, _BOX))
    except (InvalidTag, ValueError):
        raise CaseKeyError("this case cannot be read: it was encrypted for another key, or changed") from None
    return Letter(found["text"], found["camera"], found["reference"])


def encrypted_answer(text: str, reference: str) -> bytes:
    """Returns an answer that only who has the reference can read; the database has only the reference's hash."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(_answer_key(reference)).encrypt(nonce, text.encode("utf-8"), _ANSWER)


def decrypted_answer(answer: bytes, reference: str) -> str:
    """Returns an answer; empty where it was changed."""
    try:
        content = AESGCM(_answer_key(reference)).decrypt(answer[:_NONCE_BYTES], answer[_NONCE_BYTES:], _ANSWER)
    except (InvalidTag, ValueError):
        return ""
    return content.decode("utf-8", "replace")


def reference_hash(reference: str) -> str:
    """Returns the hash under which a case is stored; spaces, dashes and small letters make no difference."""
    return hashlib.sha256(b"passerby reference " + _plain(reference).encode("utf-8", "replace")).hexdigest()


def new_reference() -> str:
    """Returns a reference of 80 random bits, in groups that can be copied by hand."""
    letters = base64.b32encode(secrets.token_bytes(_REFERENCE_BYTES)).decode("ascii")
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


async def open_case(
    store: RegisterStore, kind: CaseKind, text: str, camera: str, public_key: str, answer_days: int, now_ns: int
) -> tuple[Case, str]:
    """Stores a case; returns it with the reference, which is nowhere else but in the encrypted letter.

    Raises:
        StoreError: it could not be stored.
    """
    reference = new_reference()
    box = encrypted(Letter(text, camera, reference), public_key)
    due_ns = now_ns + answer_days * DAY_S * NS_PER_S
    return await store.add_case(Case(0, reference_hash(reference), kind, now_ns, due_ns, box)), reference


def _plain(reference: str) -> str:
    return "".join(letter for letter in reference.upper() if letter.isalnum())


def _answer_key(reference: str) -> bytes:
    return _key(_plain(reference).encode("utf-8", "replace"), b"", _ANSWER)


def _key(secret: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=salt or None, info=purpose).derive(secret)
