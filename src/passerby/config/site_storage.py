"""The two files that hold a site's configuration: the site file itself, and the copy that runs."""

import contextlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from passerby.config.document import DocumentError, read_text
from passerby.config.loader import whereabouts
from passerby.domain.errors import OutputError, PasserbyError, SiteFileError
from passerby.engine.service_folder import ServiceFolder, service_folder

APPLIED = "applied.yaml"
"""In the data folder: the last good site file, secrets included; workers read it."""

PRIVATE = 0o600


def applied_file(data: Path) -> Path:
    """Where the site file that runs lies in a data folder."""
    return data / APPLIED


def text_of(path: Path) -> str:
    """A site file's text.

    Raises:
        SiteFileError: it cannot be read, or is not UTF-8.
    """
    try:
        return read_text(path)
    except DocumentError as error:
        raise SiteFileError([error.fault.sentence(str(path))]) from None


def write_site(path: Path, text: str, *, mode: int | None = None) -> None:
    """Puts a site file in its place in one step, letter for letter.

    Args:
        path: the file; a symbolic link stays, and what it points to is replaced.
        text: all of it.
        mode: its permissions, None to keep those that it has; a new one is for its owner alone.

    Raises:
        OutputError: it could not be written; it is then as it was.
    """
    target = Path(os.path.realpath(path))
    partial = target.parent / f".passerby-{secrets.token_hex(8)}.part"
    try:
        before = target.stat() if target.exists() else None
        chosen = mode if mode is not None else (before.st_mode & 0o777 if before is not None else PRIVATE)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        with os.fdopen(descriptor, "wb") as sink:
            sink.write(text.encode("utf-8"))
            sink.flush()
            if before is not None:
                _keep_owner(sink.fileno(), before)
            os.fchmod(sink.fileno(), chosen)
            os.fsync(sink.fileno())
        partial.replace(target)
        _sync(target.parent)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise OutputError(
            f"{path}: the site file could not be written, got: {reason}. It is as it was. The service needs the right "
            "to write to this folder; without it, edit the file by hand and run `passerby apply`"
        ) from None
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()


def _keep_owner(descriptor: int, before: os.stat_result) -> None:
    """The file stays whose it was; only root may give a file away, others keep at least its group if they can."""
    now = os.fstat(descriptor)
    if (now.st_uid, now.st_gid) == (before.st_uid, before.st_gid):
        return
    for owner in (before.st_uid, -1):
        with contextlib.suppress(OSError):
            os.fchown(descriptor, owner, before.st_gid)
            return


def _sync(folder: Path) -> None:
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def folder_of(site: Path | None, data: Path | None, environment: Mapping[str, str] | None = None) -> ServiceFolder:
    """The data folder of a site, without its secrets being needed, and whatever other faults its file has.

    Raises:
        SiteFileError: the site file cannot be read at all.
        PasserbyError: neither a site nor a folder is given.
    """
    if data is not None:
        return service_folder("", None, data, environment)
    if site is None:
        raise PasserbyError("name a site file, or the data folder with --data: without either, nobody knows what runs")
    name, named = whereabouts(site)
    return service_folder(name, None if named is None else site.absolute().parent / named, None, environment)
