"""Writes a camera's lines and zones as files of other counting programs: OTAnalytics and OpenDataCam.

Where is counted goes over, and nothing of who passed: tracks never leave passerby. Both formats are written from their
public descriptions, as `foreign_places` reads them.
"""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from passerby.config.loader import load_site
from passerby.domain.errors import PasserbyError
from passerby.drawing.foreign_places import Point, SizePx
from passerby.drawing.line_import import camera_named

_DIGITS: Final = 2
"""A hundredth of a pixel."""

_ON_THE_GROUND: Final = {"x": 0.5, "y": 1.0}
"""The point of a box that OTAnalytics judges, as shares of its width and height: where somebody stands."""

_COLOURS: Final = ("yellow", "turquoise", "green", "purple", "red", "blue")


class Form(StrEnum):
    """Whose file is written."""

    OTFLOW = "otflow"
    OPENDATACAM = "opendatacam"


def form_of(file: Path) -> Form | None:
    """Returns whose file a file is by its name's ending; None where that says nothing."""
    return {".otflow": Form.OTFLOW, ".json": Form.OPENDATACAM}.get(file.suffix.lower())


def export_lines(site: Path, file: Path, camera: str | None, form: Form, size_px: SizePx) -> tuple[str, int, int]:
    """Writes a camera's lines and zones; returns the camera, and how many lines and zones there were.

    Args:
        site: the site file.
        file: what is written; it must not be there yet.
        camera: which camera; None where the site file has one alone.
        form: whose file it is to be.
        size_px: width and height of the picture that the other program works on; both count in its pixels.

    Raises:
        PasserbyError: the site file has faults, there is no such camera, nothing is drawn, or it cannot be written.
    """
    name = camera_named(site, camera)
    keys = load_site(site).cameras[name]
    lines = {line: keys.lines[line].points for line in keys.lines}
    zones = {zone: keys.zones[zone].points for zone in keys.zones}
    if not lines and not zones:
        raise PasserbyError(f"{site}: nothing is drawn at {name}, so there is nothing to export.")
    text = written(name, lines, zones, form, size_px)
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise PasserbyError(f"{file}: there is a file already. Name another one, or take it away.") from None
    except OSError as error:
        raise PasserbyError(f"{file}: it cannot be written, got: {error.strerror}.") from None
    return name, len(lines), len(zones)


def written(
    camera: str, lines: Mapping[str, Sequence[Point]], zones: Mapping[str, Sequence[Point]], form: Form, size_px: SizePx
) -> str:
    """Returns the text of a file of another program.

    Args:
        camera: the camera's name.
        lines, zones: name -> points, 0-1 of the picture.
        form: whose file it is.
        size_px: width and height of its picture.
    """
    drawn = [*((name, points, False) for name, points in lines.items()),
             *((name, points, True) for name, points in zones.items())]  # fmt: skip
    content: dict[str, Any]
    if form is Form.OTFLOW:
        content = {"sections": list(_sections(drawn, size_px)), "flows": []}
    else:
        content = dict(_areas(camera, drawn, size_px))
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _sections(drawn: Sequence[tuple[str, Sequence[Point], bool]], size_px: SizePx) -> Iterator[dict[str, Any]]:
    for number, (name, points, is_zone) in enumerate(drawn, 1):
        corners = [*points, points[0]] if is_zone else points  # OTAnalytics repeats the first corner
        yield {
            "id": str(number),
            "name": name,
            "type": "area" if is_zone else "line",
            "relative_offset_coordinates": {"section-enter": _ON_THE_GROUND},
            "coordinates": [_pixel(point, size_px) for point in corners],
            "plugin_data": {},
        }


def _areas(
    camera: str, drawn: Sequence[tuple[str, Sequence[Point], bool]], size_px: SizePx
) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, (name, points, is_zone) in enumerate(drawn):
        key = uuid.uuid5(uuid.NAMESPACE_URL, f"{camera}/{'zone' if is_zone else 'line'}/{name}")
        yield (
            str(key),
            {
                "color": _COLOURS[number % len(_COLOURS)],
                "type": "polygon" if is_zone else "bidirectional",
                "name": name,
                "location": {
                    "points": [_pixel(point, size_px) for point in points],
                    "refResolution": {"w": size_px[0], "h": size_px[1]},
                },
            },
        )


def _pixel(point: Point, size_px: SizePx) -> dict[str, float]:
    return {axis: round(share * side, _DIGITS) for axis, share, side in zip("xy", point, size_px, strict=True)}
