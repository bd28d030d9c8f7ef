"""The two files that hold a site's configuration: the site file itself, and the copy that runs."""

from collections.abc import Mapping
from pathlib import Path

from passerby.config.document import DocumentError, read_text
from passerby.config.loader import whereabouts
from passerby.domain.errors import OutputError, PasserbyError, SiteFileError
from passerby.engine.service_folder import ServiceFolder, service_folder
from passerby.files import PRIVATE, replacing

APPLIED = "applied.yaml"
"""In the data folder: the last good site file, secrets included; workers read it."""


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
            "to write to this folder; without it, edit the file by hand and run `passerby apply`"
        ) from None


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
