"""The file of encrypted passwords: one value a camera, each bound to the camera and to the way in to it."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from passerby.camera_secrets.errors import CameraSecretError
from passerby.camera_secrets.key_ring import KeyRing, own_as_folder
from passerby.domain.sources import CameraSource
from passerby.files import PRIVATE, replacing

_FORMAT: Final = 1
_MAX_BYTES = 8 * 1024 * 1024


def ties_of(source: CameraSource) -> str:
    """Returns what a password is bound to beside its camera: whom it is sent to, as whom, and how.

    The path in the address is not part of it: another stream of the same camera takes the same password.
    """
    authority = "" if source.authority is None else source.authority.name
    way = (source.kind.value, source.host, source.port, source.transport.value, source.basic_without_tls)
    return json.dumps([*way, authority, source.user])


def bound_bytes(camera: str, ties: str, key_id: str) -> bytes:
    """Returns what is authenticated with a password (GCM's additional data): it opens for nothing else."""
    return json.dumps(["passerby camera password", _FORMAT, camera, ties, key_id]).encode("ascii")


@dataclass(frozen=True, slots=True)
class EncryptedPassword:
    """One camera's password.

    Attributes:
        camera: the camera's name.
        ties: what it is bound to.
        key_id: the key that it was encrypted with.
        set_ns: UTC nanoseconds at which it was set.
        content: nonce and ciphertext.
    """

    camera: str
    ties: str
    key_id: str
    set_ns: int
    content: bytes = field(repr=False)

    @classmethod
    def of(cls, camera: str, ties: str, password: str, ring: KeyRing, set_ns: int) -> Self:
        """Returns a password encrypted with the newest key."""
        key = ring.newest
        content = key.encrypted(password, bound_bytes(camera, ties, key.key_id))
        return cls(camera, ties, key.key_id, set_ns, content)

    def password(self, camera: str, ties: str, ring: KeyRing) -> str:
        """Returns the password, for the camera and the ties that are asked for, whatever its own row says.

        Raises:
            CameraSecretError: its key is not here, or it is not what was encrypted for them.
        """
        key = ring.key(self.key_id)
        if key is None:
            raise CameraSecretError(
                f"{ring.place}: the password of {camera} was encrypted with another key ({self.key_id}) than is here "
                f"({', '.join(each.key_id for each in ring.keys)}). Put that key back as a further line, or set the "
                f"password anew: PUT /api/v1/cameras/{camera}/password"
            )
        text = key.decrypted(self.content, bound_bytes(camera, ties, self.key_id))
        if text is None:
            raise CameraSecretError(
                f"the stored password of {camera} was damaged, or belongs to another camera or host. Restore it from a "
                f"backup, or set it anew: PUT /api/v1/cameras/{camera}/password"
            )
        return text


@dataclass(frozen=True, slots=True)
class EncryptedPasswords:
    """All of a site.

    Attributes:
        rows: camera -> its password.
    """

    rows: Mapping[str, EncryptedPassword]

    def of(self, camera: str, source: CameraSource) -> EncryptedPassword | None:
        """Returns the password of a camera as it is reached now; None where there is none, or for another host."""
        row = self.rows.get(camera)
        return row if row is not None and row.ties == ties_of(source) else None

    def stray(self, sources: Mapping[str, CameraSource]) -> tuple[EncryptedPassword, ...]:
        """Returns those that fit none of the sources, by the cameras' names: a camera is gone, or has another host.

        Args:
            sources: camera -> its source, of those that use a stored password.
        """
        return tuple(
            row for name, row in sorted(self.rows.items()) if name not in sources or row.ties != ties_of(sources[name])
        )

    def with_row(self, row: EncryptedPassword) -> "EncryptedPasswords":
        """Returns all, with one set."""
        return EncryptedPasswords({**self.rows, row.camera: row})

    def without(self, camera: str) -> "EncryptedPasswords":
        """Returns all but that of a camera."""
        return EncryptedPasswords({name: row for name, row in self.rows.items() if name != camera})


NO_PASSWORDS: Final = EncryptedPasswords({})


def read_passwords(file: Path) -> EncryptedPasswords:
    """Returns what a file holds; nothing where it is not there.

    Raises:
        CameraSecretError: it cannot be read, or is damaged.
    """
    found = read_content(file)
    return NO_PASSWORDS if found is None else found[1]


def read_content(file: Path) -> tuple[Mapping[str, Any], EncryptedPasswords] | None:
    """Returns what a file holds, and the passwords in it; None where it is not there.

    Raises:
        CameraSecretError: it cannot be read, or is damaged.
    """
    try:
        with file.open("rb") as stream:
            content = stream.read(_MAX_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CameraSecretError(
            f"{file}: the cameras' passwords cannot be read: {error.strerror}. Run this as the account that passerby "
            "runs as"
        ) from None
    try:
        found = json.loads(content)
        if found["format"] != _FORMAT:
            raise ValueError
        return found, EncryptedPasswords({str(name): _row(str(name), row) for name, row in found["cameras"].items()})
    except (ArithmeticError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise CameraSecretError(
            f"{file}: these are no encrypted passwords that this passerby wrote. Restore the file from a backup, or "
            "remove it and set the passwords anew"
        ) from None


def write_passwords(file: Path, passwords: EncryptedPasswords) -> None:
    """Writes all of them in one step; only the file's owner can read it.

    Raises:
        CameraSecretError: it cannot be written; it is then as it was.
    """
    write_content(file, passwords, {})


def write_content(file: Path, passwords: EncryptedPasswords, more: Mapping[str, Any]) -> None:
    """Writes passwords, and what else the file is to hold, in one step; only the file's owner can read it.

    Raises:
        CameraSecretError: it cannot be written; it is then as it was.
    """
    rows = {
        name: {
            "tied_to": row.ties,
            "key": row.key_id,
            "set_ns": row.set_ns,
            "value": base64.b64encode(row.content).decode(),
        }
        for name, row in sorted(passwords.rows.items())
    }
    try:
        with replacing(file, mode=PRIVATE, follow=False) as stream:
            stream.write(json.dumps({"format": _FORMAT, **more, "cameras": rows}).encode("ascii"))
        own_as_folder(file)
    except OSError as error:
        raise CameraSecretError(
            f"{file}: the cameras' passwords cannot be written: {error.strerror}. Is the disk full?"
        ) from None


def _row(camera: str, row: Mapping[str, Any]) -> EncryptedPassword:
    content = base64.b64decode(row["value"], validate=True)
    return EncryptedPassword(camera, str(row["tied_to"]), str(row["key"]), int(row["set_ns"]), content)
