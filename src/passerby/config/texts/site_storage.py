"""The two files that hold a site's configuration: the site file itself, and the copy that runs."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from passerby import __version__
from passerby.config.document import DocumentError, read_text
from passerby.config.loader import whereabouts
from passerby.domain.errors import OutputError, PasserbyError, SiteFileError
from passerby.engine.service_folder import ServiceFolder, service_folder
from passerby.files import PRIVATE, replacing

APPLIED = "applied.yaml"
"""In the data folder: the last good site file, secrets included; workers read it."""

PUBLISHED = "published.json"
"""In the data folder: of which text the register says that it runs."""


def applied_file(data: Path) -> Path:
    """Returns the path of the site file that runs, in a data folder."""
    return data / APPLIED


def text_of(path: Path) -> str:
    """Returns a site file's text.

    Raises:
        SiteFileError: it cannot be read, or is not UTF-8.
    """
    try:
        return read_text(path)
    except DocumentError as error:
        raise SiteFileError([error.fault.sentence(str(path))]) from None


def write_site(path: Path, text: str, *, mode: int | None = None) -> None:
    """Writes a site file in one step, letter for letter.

    Args:
        path: the file; a symbolic link stays, and what it points to is replaced.
        text: all of it.
        mode: its permissions, None to keep those that it has; a new one is for its owner alone.

    Raises:
        OutputError: it could not be written; it is then as it was.
    """
    try:
        if mode is None and not path.exists():
            mode = PRIVATE
        with replacing(path, mode=mode, keep_owner=True) as stream:
            stream.write(text.encode("utf-8"))
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise OutputError(
            f"{path}: the site file could not be written, got: {reason}. It is as it was. The service needs the right "
            "to write to this folder; without it, edit the file by hand and run `passerby apply SITE.yaml`"
        ) from None


def write_applied(data: Path, text: str, configuration: int) -> None:
    """Writes the copy that runs, once the register says what is in it.

    Args:
        data: the data folder.
        text: the site file that was published.
        configuration: number of its version in the history.

    Raises:
        OutputError: it could not be written.
    """
    published = {"sha256": _sha256(text), "configuration": configuration, "passerby": __version__}
    write_site(data / PUBLISHED, json.dumps(published) + "\n", mode=PRIVATE)
    write_site(applied_file(data), text, mode=PRIVATE)


def published_copy(data: Path) -> tuple[str, int]:
    """Returns the copy that runs, and the number of its version: exactly what the register says.

    A copy that was written by another passerby is none, as the register says what the software measures, too.

    Raises:
        SiteFileError: there is no copy, or the register does not say what is in it.
    """
    text = text_of(applied_file(data))
    try:
        published = json.loads((data / PUBLISHED).read_bytes())
        same = published["sha256"] == _sha256(text) and published["passerby"] == __version__
        number = int(published["configuration"])
    except (OSError, ValueError, KeyError, TypeError):
        same, number = False, 0
    if not same:
        raise SiteFileError(
            [
                f"{applied_file(data)}: this is not what the register says, so no camera starts from it. It was "
                "changed, or written by another passerby; the hub writes it anew once the register is published"
            ]
        )
    return text, number


def withdraw_copy(data: Path) -> None:
    """Makes the cameras wait until the register is published anew, as the database is another one now."""
    (data / PUBLISHED).unlink(missing_ok=True)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def folder_of(site: Path | None, data: Path | None, environment: Mapping[str, str] | None = None) -> ServiceFolder:
    """Returns the data folder of a site, without its secrets being needed, and whatever other faults its file has.

    Raises:
        SiteFileError: the site file cannot be read at all.
        PasserbyError: neither a site nor a folder is given.
    """
    if data is not None:
        return service_folder("", None, data, environment)
    if site is None:
        raise PasserbyError("name a site file, or the data folder with --data: one of the two is needed")
    name, named = whereabouts(site)
    return service_folder(name, None if named is None else site.absolute().parent / named, None, environment)
