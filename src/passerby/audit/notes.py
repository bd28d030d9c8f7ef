"""Signed notes (C2SP signed-note), and cosignatures of witnesses (C2SP tlog-cosignature), with Ed25519.

A note is a text with signature lines below. The algorithm is a byte of the key, so that others (ML-DSA-44 for
cosignatures) can be added beside these two; signatures by keys that are not asked about are passed over.
"""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

MAX_NOTE_BYTES: Final = 64 * 1024
MAX_SIGNATURES: Final = 100

_KEY_BYTES = 32
_ID_BYTES = 4
_TIME_BYTES = 8
_SIGNATURE_BYTES = 64
_DASH = "\u2014"
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")
_NAME = re.compile(r"[^\s+]+")


class NoteError(ValueError):
    """A text that is no signed note, or a note that is not signed as it claims."""


class Algorithm(IntEnum):
    """What a key signs, and how: the byte by which C2SP names it."""

    SIGNATURE = 1
    """Ed25519 over the note's text."""
    COSIGNATURE = 4
    """Ed25519 over a time and the note's text: a witness."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key under a name, as it is passed on.

    Attributes:
        name: no spaces, no plus sign.
        algorithm: what it signs.
        public: 32 bytes of Ed25519.
    """

    name: str
    algorithm: Algorithm
    public: bytes

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or len(self.public) != _KEY_BYTES:
            raise NoteError(f"key {self.name!a}: a name without spaces and plus signs is needed, and 32 bytes")

    @property
    def key_id(self) -> bytes:
        """SHA-256(name || 0x0A || algorithm || public key), its first four bytes."""
        return sha256(self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        """The key as it is passed on: name+id+key."""
        return f"{self.name}+{self.key_id.hex()}+{_in_base64(bytes([self.algorithm]) + self.public)}"

    def verify(self, text: str, signature: bytes) -> int | None:
        """Verifies a signature over a note's text; returns the time in seconds that a cosignature names.

        Raises:
            NoteError: it is not by this key, or over another text.
        """
        time_s: int | None = None
        if self.algorithm is Algorithm.COSIGNATURE:
            time_s = int.from_bytes(signature[:_TIME_BYTES], "big")
            text, signature = cosigned_text(text, time_s), signature[_TIME_BYTES:]
        try:
            if len(signature) != _SIGNATURE_BYTES:
                raise InvalidSignature
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            raise NoteError(f"the signature of {self.name} is not by its key, or over another text") from None
        return time_s


def parsed_key(text: str) -> VerifierKey:
    """Returns the public key of its text, `name+id+key`.

    Raises:
        NoteError: it is none, its algorithm is not known, or its id is that of another.
    """
    parts = text.strip().split("+", 2)
    try:
        name, key_id, packed = parts
        content = _from_base64(packed)
        key = VerifierKey(name, Algorithm(content[0]), content[1:])
        if key.key_id.hex() != key_id:
            raise ValueError
    except (ValueError, IndexError):
        raise NoteError(f"{text.strip()[:200]!a}: not a public key. It has the form name+12345678+base64") from None
    return key


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key under a name.

    Attributes:
        name: no spaces, no plus sign.
        private: the key; no text of this object shows it.
        algorithm: what it signs.
    """

    name: str
    private: Ed25519PrivateKey = field(repr=False)
    algorithm: Algorithm = Algorithm.SIGNATURE

    @property
    def verifier(self) -> VerifierKey:
        """The public key."""
        return VerifierKey(self.name, self.algorithm, self.private.public_key().public_bytes_raw())

    def line(self, text: str, time_s: int = 0) -> str:
        """Returns the signature line over a note's text.

        Args:
            text: the note's text with its last newline.
            time_s: UTC seconds; a cosignature holds them.
        """
        prefix = b""
        if self.algorithm is Algorithm.COSIGNATURE:
            prefix, text = time_s.to_bytes(_TIME_BYTES, "big"), cosigned_text(text, time_s)
        packed = self.verifier.key_id + prefix + self.private.sign(text.encode())
        return f"{_DASH} {self.name} {_in_base64(packed)}\n"


def cosigned_text(text: str, time_s: int) -> str:
    """Returns what a witness signs over a note's text."""
    return f"cosignature/v1\ntime {time_s}\n{text}"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line.

    Attributes:
        name: of the key.
        key_id: 4 bytes.
        content: what follows the id.
    """

    name: str
    key_id: bytes
    content: bytes


@dataclass(frozen=True, slots=True)
class SignedBy:
    """A key that has signed a note.

    Attributes:
        key: the key.
        time_s: UTC seconds of a cosignature, None of a signature.
    """

    key: VerifierKey
    time_s: int | None


@dataclass(frozen=True, slots=True)
class Note:
    """A text with its signatures, none of them verified yet.

    Attributes:
        text: with its last newline.
        signatures: in their order.
    """

    text: str
    signatures: tuple[Signature, ...]

    def signed_by(self, keys: Iterable[VerifierKey]) -> tuple[SignedBy, ...]:
        """Returns those of the keys that have signed.

        Raises:
            NoteError: a signature that names one of the keys is not by it.
        """
        known = {(key.name, key.key_id): key for key in keys}
        found: dict[VerifierKey, SignedBy] = {}
        for signature in self.signatures:
            key = known.get((signature.name, signature.key_id))
            if key is not None:
                found.setdefault(key, SignedBy(key, key.verify(self.text, signature.content)))
        return tuple(found.values())


def signed_note(text: str, *keys: SigningKey, time_s: int = 0) -> str:
    """Returns a note: the text, an empty line, and a signature line of each key.

    Raises:
        NoteError: the text cannot be a note's.
    """
    if not text.endswith("\n") or _CONTROL.search(text):
        raise NoteError("a note's text ends with a newline, and holds no other control character")
    return text + "\n" + "".join(key.line(text, time_s) for key in keys)


def parsed_note(content: str | bytes) -> Note:
    """Returns the note of its text.

    Raises:
        NoteError: it is none.
    """
    packed = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
    if len(packed) > MAX_NOTE_BYTES:
        raise NoteError(f"a signed note has at most {MAX_NOTE_BYTES} bytes, got {len(packed)}")
    try:
        whole = packed.decode("utf-8")
    except UnicodeDecodeError:
        raise NoteError("a signed note is UTF-8") from None
    text, empty, lines = whole.rpartition("\n\n")
    rows = lines.removesuffix("\n").split("\n")
    if not empty or not lines.endswith("\n") or _CONTROL.search(whole) or len(rows) > MAX_SIGNATURES:
        raise NoteError("not a signed note: a text, an empty line, and a line for each signature")
    return Note(text + "\n", tuple(_signature(row) for row in rows))


def _signature(row: str) -> Signature:
    dash, name, packed = (*row.split(" "), "", "", "")[:3]
    try:
        content = _from_base64(packed)
    except ValueError:
        content = b""
    if dash != _DASH or row.count(" ") != 2 or not _NAME.fullmatch(name) or len(content) <= _ID_BYTES:
        raise NoteError(f"{row[:200]!a}: not the line of a signature")
    return Signature(name, content[:_ID_BYTES], content[_ID_BYTES:])


def _in_base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _from_base64(text: str) -> bytes:
    """The bytes of a base64 text in its one form.

    Raises:
        ValueError: it is none.
    """
    try:
        content = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise ValueError("not base64") from None
    if _in_base64(content) != text:
        raise ValueError("not base64 in its one form")
    return content
