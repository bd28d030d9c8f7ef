"""A folder of exported files: what others have there stays as it is, and nothing leads out of it."""

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from passerby.domain.errors import OutputError
from passerby.files import replacing

MANIFEST: Final = ".passerby-register"
"""Lists what an export wrote, so that the next one overwrites and removes that and nothing else."""

_MAX_MANIFEST_BYTES = 4 * 1024 * 1024


def write_files(folder: Path, files: Mapping[str, Callable[[], bytes]]) -> None:
    """Writes files into a folder, and removes what an earlier call wrote there and is no more.

    Args:
        folder: made where it is not there.
        files: path within the folder -> makes the content.

    Raises:
        OutputError: a file of another lies in a place that is needed, or a symbolic link leads elsewhere, and nothing
            was written; or a file cannot be written, and those before it are.
    """
    earlier = _earlier(folder)
    for path in [*files, MANIFEST]:
        _check(folder, path, ours=path in earlier or path == MANIFEST)
    _make(folder)
    # What is about to be written is listed first: an export that breaks off can be done again.
    _write(folder / MANIFEST, _listed(earlier | set(files)))
    for path, content in files.items():
        _make((folder / path).parent)
        _write(folder / path, content())
    for path in earlier - set(files):
        _remove(folder, path)
    _write(folder / MANIFEST, _listed(files))


def _check(folder: Path, path: str, *, ours: bool) -> None:
    parts = PurePosixPath(path).parts
    if not parts or ".." in parts or PurePosixPath(path).is_absolute():
        raise OutputError(f"{path!r}: leads out of {folder}. Nothing was written")
    for place in (folder.joinpath(*parts[: depth + 1]) for depth in range(len(parts))):
        if place.is_symlink():
            raise OutputError(
                f"{place}: a symbolic link, through which the export would write elsewhere. Nothing was written. "
                "Remove the link, or choose another folder"
            )
    if not ours and os.path.lexists(folder / path):
        raise OutputError(
            f"{folder / path}: lies there, and is not of an earlier export. Nothing was written. Move it away, or "
            "choose an empty folder"
        )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: the folder cannot be made: {error.strerror}. Choose another one") from None


def _write(path: Path, content: bytes) -> None:
    try:
        with replacing(path, keep_owner=True, follow=False) as stream:
            stream.write(content)
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be written: {error.strerror}. The export is not whole: mend that and do it again"
        ) from None


def _remove(folder: Path, path: str) -> None:
    """Removes a file of an earlier export; a list that leads out of the folder, or to no file, is not believed."""
    place = folder / path
    try:
        if place.parent.resolve().is_relative_to(folder.resolve()) and not place.is_dir():
            place.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{place}: cannot be removed, and is no more: {error.strerror}. Remove it by hand") from None


def _listed(paths: Iterable[str]) -> bytes:
    return ("\n".join(sorted(paths)) + "\n").encode("utf-8")


def _earlier(folder: Path) -> set[str]:
    try:
        with (folder / MANIFEST).open("rb") as stream:
            listed = stream.read(_MAX_MANIFEST_BYTES).decode("utf-8").splitlines()
    except (OSError, ValueError):
        return set()
    return {path for path in listed if path and not PurePosixPath(path).is_absolute() and ".." not in path.split("/")}
