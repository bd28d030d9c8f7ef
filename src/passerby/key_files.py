"""Files that hold keys: private ones of the data folder, and credentials of systemd's."""

import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from passerby.domain.errors import OutputError, PasserbyError
from passerby.files import PRIVATE, replacing

CREDENTIALS_FOLDER: Final = "CREDENTIALS_DIRECTORY"
"""Set by systemd for a unit with LoadCredential: a folder with one file a secret, for this service alone."""

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_MAX_BYTES = 10_000


def credential_file(name: str, environment: Mapping[str, str]) -> Path | None:
    """Returns the file of a credential of systemd's; None where the service is given none of that name."""
    folder = environment.get(CREDENTIALS_FOLDER)
    if not folder:
        return None
    file = Path(folder) / name
    try:
        return file if file.exists() else None
    except OSError:  # reading it says why it cannot be read; another key must not take its place
        return file


def key_content(file: Path, what: str, *, private: bool, advice: str = "") -> bytes:
    """Returns what is in a file that holds a key, at most 10 kB of it.

    Args:
        file: the file.
        what: whose key it is, for errors.
        private: refuse a file that other accounts may read; who may read a credential is systemd's business.
        advice: what else to do where others could read it.

    Raises:
        PasserbyError: it cannot be read, or others may read it. The error does not show what is in it.
    """
    try:
        with file.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            content = stream.read(_MAX_BYTES)
    except OSError as error:
        raise PasserbyError(
            f"{file}: the key of {what} cannot be read: {error.strerror}. Run this as the account that passerby runs as"
        ) from None
    if private and mode & _OTHERS:
        raise PasserbyError(
            f"{file}: other accounts may read the key of {what} (mode {stat.S_IMODE(mode):03o}). "
            f"`chmod 600 {file}`, and think about who may have copied it{advice}"
        )
    return content


def write_key(file: Path, content: bytes) -> None:
    """Writes a key to a file that only its owner can read, in one step.

    Raises:
        OutputError: it cannot be written.
    """
    try:
        with replacing(file, mode=PRIVATE, follow=False) as stream:
            stream.write(content)
    except OSError as error:
        raise OutputError(f"{file}: the key cannot be written: {error.strerror}. Is the disk full?") from None


def kept_key(path: Path, key_bytes: int = 32) -> bytes:
    """Returns the key in a private file; makes it where there is none, and where it is damaged.

    Raises:
        OSError: it can neither be read nor made.
    """
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        key = b""
    if len(key) >= key_bytes:
        return key
    key = secrets.token_bytes(key_bytes)
    with replacing(path, mode=PRIVATE, follow=False) as stream:
        stream.write(key)
    return key
