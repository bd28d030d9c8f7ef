"""Writes lines and zones of another program's file into a site file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from passerby.config.loader import load_site
from passerby.config.texts.site_storage import text_of, write_site
from passerby.domain.errors import PasserbyError
from passerby.drawing.camera_keys import checked, drawings_in, with_drawing
from passerby.drawing.foreign_places import ForeignPlaces, SizePx, read_places

MAX_FILE_BYTES: Final = 16 * 1024 * 1024


def import_lines(site: Path, file: Path, camera: str | None, size_px: SizePx | None) -> tuple[str, ForeignPlaces]:
    """Draws what another program's file holds at a camera of a site file; returns the camera and what was drawn.

    What is drawn there already stays. The file is written whole or not at all.

    Args:
        site: the site file.
        file: an `.otflow` of OTAnalytics, or counter areas of OpenDataCam.
        camera: which camera; None where the site file has one alone.
        size_px: the size of the video that OTAnalytics' sections were drawn on.

    Raises:
        PasserbyError: something cannot be read or written, a name is taken, or the result has faults.
    """
    name = camera_named(site, camera)
    try:
        places = read_places(_text(file), size_px)
    except PasserbyError as error:
        raise PasserbyError(f"{file}: {error}.") from None
    text = text_of(site)
    keys = _with_places(dict(drawings_in(text)[name].keys), places, f"{file}: at {name}")
    if faults := checked(text, name, keys).faults:
        raise PasserbyError(f"{file}: " + "; ".join(f"{fault.where}: {fault.what}" for fault in faults) + ".")
    write_site(site, with_drawing(text, name, keys))
    return name, places


def _with_places(drawn: dict[str, object], places: ForeignPlaces, where: str) -> dict[str, object]:
    """What is drawn, and the new places beside it."""
    for kind, found in (("lines", places.lines), ("zones", places.zones)):
        there = drawn.get(kind)
        before = dict(there) if isinstance(there, Mapping) else {}
        if taken := sorted(before.keys() & found.keys()):
            raise PasserbyError(
                f"{where} there is {', '.join(taken)} among the {kind} already. Rename it in one of the two files, or "
                "take it out of the site file."
            )
        drawn[kind] = {**before, **found}
    return drawn


def camera_named(site: Path, camera: str | None) -> str:
    """Returns the name of the camera that is meant; the only one where none is named.

    Raises:
        PasserbyError: there is none of that name, or more than one; or the site file has faults.
    """
    cameras = load_site(site).cameras
    name = camera or (next(iter(cameras)) if len(cameras) == 1 else "")
    if name not in cameras:
        what = f"there is no camera {camera}" if camera else f"there are {len(cameras)} cameras"
        raise PasserbyError(f"{site}: {what}. Name one of them with --camera: {', '.join(cameras)}.")
    return name


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise PasserbyError("it has more than 16 MiB, which no file of lines has")
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise PasserbyError(f"it cannot be read, got: {error.strerror}") from None
    except ValueError:
        raise PasserbyError("it is not UTF-8") from None
