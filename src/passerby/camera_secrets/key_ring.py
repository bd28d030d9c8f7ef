"""The keys that cameras' passwords are encrypted with: a file of the data folder, or a credential of systemd's."""

import base64
import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from passerby.camera_secrets.errors import CameraSecretError
from passerby.domain.errors import PasserbyError
from passerby.files import PRIVATE, replacing
from passerby.key_files import credential_file, key_content

CREDENTIAL: Final = "passerby-secrets-key"
"""Name of the credential, as `LoadCredential=` of systemd gives it to the service."""

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
"""As NIST SP 800-38D, 8.2.2, has it for nonces drawn at random; a new one for each value."""

_MAX_KEYS = 20


@dataclass(frozen=True, slots=True)
class SecretsKey:
    """One AES-256 key.

    Attributes:
        content: 32 bytes.
    """

    content: bytes = field(repr=False)

    @classmethod
    def new(cls) -> Self:
        """Returns a new one."""
        return cls(secrets.token_bytes(KEY_BYTES))

    @property
    def key_id(self) -> str:
        """Which key it is: 16 hexadecimal digits, from which it cannot be found."""
        return hashlib.sha256(b"passerby secrets key\x00" + self.content).hexdigest()[:16]

    def encrypted(self, text: str, bound_to: bytes) -> bytes:
        """Returns nonce and ciphertext (AES-256-GCM), which open with this key and the same `bound_to` only."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self.content).encrypt(nonce, text.encode("utf-8"), bound_to)

    def decrypted(self, content: bytes, bound_to: bytes) -> str | None:
        """Returns the text; None where it was encrypted otherwise, is bound to something else, or was changed."""
        try:
            return AESGCM(self.content).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], bound_to).decode("utf-8")
        except (InvalidTag, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys that there are: the first one encrypts, the others only open what was encrypted before.

    Attributes:
        keys: at least one.
        place: the file that they were read from.
        ours: the file is passerby's own, which it may write.
    """

    keys: tuple[SecretsKey, ...]
    place: Path
    ours: bool

    @property
    def newest(self) -> SecretsKey:
        """The key that new values are encrypted with."""
        return self.keys[0]

    def key(self, key_id: str) -> SecretsKey | None:
        """Returns the key of that number; None where it is not here."""
        return next((key for key in self.keys if key.key_id == key_id), None)


def key_ring(file: Path, environment: Mapping[str, str], *, make: bool = False) -> KeyRing:
    """Returns the keys of systemd's credential where there is one, or else those of the file.

    Each line holds a key: 32 bytes as base64 or hexadecimal digits, as `openssl rand -base64 32` prints them.

    Args:
        file: in the data folder.
        environment: where systemd names the folder of its credentials.
        make: make a file that is missing, with a new key.

    Raises:
        CameraSecretError: the keys cannot be read, others can read their file, or it holds something else.
    """
    given = credential_file(CREDENTIAL, environment)
    if given is not None:
        return _read(given, private=False)
    if make and not file.exists():
        return write_key_ring(KeyRing((SecretsKey.new(),), file, ours=True))
    return _read(file, private=True)


def write_key_ring(ring: KeyRing) -> KeyRing:
    """Writes the keys to their file in one step, and returns them; only its owner can read it.

    Raises:
        CameraSecretError: it cannot be written; it is then as it was.
    """
    lines = b"".join(base64.b64encode(key.content) + b"\n" for key in ring.keys)
    try:
        with replacing(ring.place, mode=PRIVATE, follow=False) as stream:
            stream.write(lines)
        own_as_folder(ring.place)
    except OSError as error:
        raise CameraSecretError(
            f"{ring.place}: the key of the cameras' passwords cannot be written: {error.strerror}. Is the disk full?"
        ) from None
    return ring


def own_as_folder(file: Path) -> None:
    """Gives a file that root has made to the owner of its folder: the service has to read it.

    Raises:
        OSError: it cannot be given.
    """
    if os.geteuid() == 0:
        folder = file.parent.stat()
        os.chown(file, folder.st_uid, folder.st_gid)


def _read(file: Path, *, private: bool) -> KeyRing:
    if not file.exists():
        raise CameraSecretError(
            f"{file}: the key of the cameras' passwords is not there. Put it back, from where it is kept apart from "
            "the backups, or set the passwords anew: PUT /api/v1/cameras/<camera>/password"
        )
    try:
        content = key_content(
            file,
            "the cameras' passwords",
            private=private,
            advice=": `passerby secrets rotate SITE.yaml` makes a new one",
        )
    except PasserbyError as error:
        raise CameraSecretError(str(error)) from None
    keys = [_key(line) for line in content.split()]
    if not 1 <= len(keys) <= _MAX_KEYS or None in keys:
        # The content is not shown: it may be a key all the same.
        raise CameraSecretError(
            f"{file}: a key of {KEY_BYTES} bytes is needed in each line, as `openssl rand -base64 {KEY_BYTES}` prints "
            "it, got something else. Put the right file back"
        )
    return KeyRing(tuple(key for key in keys if key is not None), file, ours=private)


def _key(line: bytes) -> SecretsKey | None:
    """Returns the key that a line holds; None where it holds none."""
    try:
        content = (
            bytes.fromhex(line.decode("ascii")) if len(line) == 2 * KEY_BYTES else base64.b64decode(line, validate=True)
        )
    except ValueError:
        return None
    return SecretsKey(content) if len(content) == KEY_BYTES else None
