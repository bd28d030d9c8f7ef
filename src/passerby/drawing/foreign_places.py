"""Lines and zones that were drawn in other counting programs, read from their files: OTAnalytics and OpenDataCam.

Both formats are read from their public descriptions: the `.otflow` of OTAnalytics (opentrafficcam.org), a JSON object
with `sections` in pixels of the video, and the counter areas of OpenDataCam's API (`GET /counter/areas`), which are
in its recordings too and name the size of the canvas that they were drawn on.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from passerby.domain.errors import PasserbyError
from passerby.text import in_nfc, printable

MAX_PLACES: Final = 200
"""Sections or areas of one file; a street has some ten."""

MAX_NAME_LETTERS: Final = 80
_BELOW: Final = 0.95
"""OTAnalytics names the point of a box that is judged, as shares of its width and height: 1 is the lower edge."""

SizePx = tuple[float, float]
Point = tuple[float, float]


class ForeignFileError(PasserbyError):
    """A file of another program that cannot be read, or is of none that is known."""


@dataclass(frozen=True, slots=True)
class ForeignPlaces:
    """What a file of another program holds, as keys of a site file.

    Attributes:
        program: whose file it is.
        lines: name -> the keys of a line.
        zones: name -> the keys of a zone.
        notes: what was left out or is counted in another way there, one sentence each.
    """

    program: str
    lines: Mapping[str, Mapping[str, object]]
    zones: Mapping[str, Mapping[str, object]]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """One section or area: its name, its points as 0-1 of the picture, and whether it is an area."""

    name: str
    points: tuple[Point, ...]
    is_zone: bool
    notes: tuple[str, ...] = ()


def read_places(text: str, size_px: SizePx | None = None) -> ForeignPlaces:
    """Returns the lines and zones of another program's file.

    Args:
        text: the whole file.
        size_px: width and height of the picture that OTAnalytics' sections were drawn on; not needed for OpenDataCam.

    Raises:
        ForeignFileError: it is no such file, or something in it is not as described.
    """
    content = _json(text)
    if isinstance(content, Mapping) and isinstance(content.get("sections"), list):
        if size_px is None:
            raise ForeignFileError(
                "OTAnalytics writes pixels of a video and not its size. Name the size with --size, such as 1920x1080"
            )
        return _collected("OTAnalytics", list(_sections(content["sections"], size_px)), _flows_note(content))
    areas = _areas_in(content)
    if areas is not None:
        return _collected("OpenDataCam", list(_areas(areas)), ())
    raise ForeignFileError(
        "neither sections (OTAnalytics' .otflow) nor counter areas (OpenDataCam's GET /counter/areas) are in it"
    )


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ForeignFileError(f"this is no JSON, as both OTAnalytics and OpenDataCam write it: {error}") from None


def _collected(program: str, drawn: Sequence[_Drawn], notes: tuple[str, ...]) -> ForeignPlaces:
    lines: dict[str, Mapping[str, object]] = {}
    zones: dict[str, Mapping[str, object]] = {}
    notes_found = list(notes)
    if len(drawn) > MAX_PLACES:
        raise ForeignFileError(f"it holds {len(drawn)} lines and areas; at most {MAX_PLACES} can be taken from a file")
    for each in drawn:
        kind, needed = (zones, "at least 3") if each.is_zone else (lines, "2")
        fits = len(each.points) >= 3 if each.is_zone else len(each.points) == 2
        if not fits:
            notes_found.append(f"{each.name} was left out: it has {len(each.points)} points, and {needed} are needed")
            continue
        name = _unused(each.name, kind)
        kind[name] = {"points": [list(point) for point in each.points]}
        notes_found.extend(f"{name}: {note}" for note in each.notes)
    return ForeignPlaces(program, lines, zones, tuple(notes_found))


def _unused(name: str, taken: Mapping[str, object]) -> str:
    number, candidate = 1, name
    while candidate in taken:
        number += 1
        candidate = f"{name[: MAX_NAME_LETTERS - 5]} {number}"
    return candidate


def _sections(sections: Sequence[object], size_px: SizePx) -> Iterator[_Drawn]:
    """The sections of an .otflow file."""
    for at, section in enumerate(sections):
        where = f"sections[{at}]"
        if not isinstance(section, Mapping):
            raise ForeignFileError(f"{where}: an object is needed, got {_shown(section)}")
        kind = section.get("type")
        if kind not in ("line", "area"):
            raise ForeignFileError(f"{where}.type: line or area is needed, got {_shown(kind)}")
        corners = section.get("coordinates")
        if not isinstance(corners, list):
            raise ForeignFileError(f"{where}.coordinates: a list of points is needed, got {_shown(corners)}")
        points = [_point(corner, f"{where}.coordinates[{nth}]", size_px) for nth, corner in enumerate(corners)]
        if kind == "area" and len(points) > 1 and points[0] == points[-1]:
            points.pop()  # OTAnalytics repeats the first corner; here an outline closes itself
        name = section.get("name") or section.get("id")
        yield _Drawn(_name(name, f"{where}.name"), tuple(points), kind == "area", _offset_notes(section))


def _offset_notes(section: Mapping[str, object]) -> tuple[str, ...]:
    offsets = section.get("relative_offset_coordinates")
    entry = offsets.get("section-enter") if isinstance(offsets, Mapping) else None
    height = entry.get("y") if isinstance(entry, Mapping) else None
    if isinstance(height, int | float) and height < _BELOW:
        return (
            f"it was drawn for a point at {height:g} of a road user's height from above; here the lower edge counts, "
            "where it stands. Move it onto the ground",
        )
    return ()


def _flows_note(content: Mapping[str, object]) -> tuple[str, ...]:
    flows = content.get("flows")
    if not isinstance(flows, list) or not flows:
        return ()
    names = [str(flow.get("name") or flow.get("id")) for flow in flows[:5] if isinstance(flow, Mapping)]
    return (
        f"{len(flows)} flows were left out ({printable(', '.join(names))}): a movement here names the way over each of "
        "its two lines, which a flow does not. Add them under movements",
    )


def _areas_in(content: object) -> Mapping[str, Mapping[str, object]] | None:
    """The counter areas of a file: alone, in a request that registers them, or in (a list of) recordings."""
    areas = content[0] if isinstance(content, list) and len(content) == 1 else content
    if not isinstance(areas, Mapping):
        return None
    for key in ("countingAreas", "areas"):
        if isinstance(areas.get(key), Mapping):
            areas = areas[key]
            break
    found = {
        str(key): area
        for key, area in areas.items()
        if isinstance(area, Mapping) and isinstance(area.get("location"), Mapping)
    }
    return found if found and len(found) == len(areas) else None


def _areas(areas: Mapping[str, Mapping[str, object]]) -> Iterator[_Drawn]:
    for key, area in areas.items():
        where = printable(key)
        location = area["location"]
        at = location if isinstance(location, Mapping) else {}
        size_px = _canvas(at, f"{where}.location.refResolution")
        corners = at.get("points")
        if not isinstance(corners, list):
            corners = [at.get("point1"), at.get("point2")]
        points = [_point(corner, f"{where}.location.points[{nth}]", size_px) for nth, corner in enumerate(corners)]
        name = _name(area.get("name") or key, f"{where}.name")
        if area.get("type") == "polygon" or len(points) > 2:
            if len(points) > 1 and points[0] == points[-1]:
                points.pop()
            yield _Drawn(name, tuple(points), True)
        else:
            yield _Drawn(name, _left_to_right(points, size_px), False, _way_notes(area.get("type")))


def _canvas(location: Mapping[str, object], where: str) -> SizePx:
    """The size that an area was drawn on."""
    size = location.get("refResolution")
    if not isinstance(size, Mapping):
        raise ForeignFileError(f"{where}: width and height are needed, got {_shown(size)}")
    return _side(size.get("w"), f"{where}.w"), _side(size.get("h"), f"{where}.h")


def _left_to_right(points: Sequence[Point], size_px: SizePx) -> tuple[Point, ...]:
    """The two ends in the order that makes forward what OpenDataCam calls leftright_topbottom.

    Forward is from the left hand to the right hand of someone who walks from the first end to the second.
    """
    if len(points) != 2:
        return tuple(points)  # it will be left out
    first, second = points
    across_px, down_px = (second[0] - first[0]) * size_px[0], (second[1] - first[1]) * size_px[1]
    right_way = across_px > 0 if abs(across_px) >= abs(down_px) else down_px < 0
    return (first, second) if right_way else (second, first)


def _way_notes(kind: object) -> tuple[str, ...]:
    one_way = {"leftright_topbottom": "forward", "rightleft_bottomtop": "backward"}.get(str(kind))
    centre = "OpenDataCam judges the middle of a road user's box; here the lower edge counts. Move it onto the ground"
    if one_way is None:
        return (centre,)
    return (centre, f"OpenDataCam counts one way over it, which is {one_way} here; both are counted here")


def _name(value: object, where: str) -> str:
    name = in_nfc(str(value)).strip() if isinstance(value, str | int) else ""
    if not name or len(name) > MAX_NAME_LETTERS or printable(name) != name:
        raise ForeignFileError(
            f"{where}: a name of 1 to {MAX_NAME_LETTERS} printable letters is needed, got {_shown(value)}"
        )
    return name


def _point(value: object, where: str, size_px: SizePx) -> Point:
    """A point in pixels as 0-1 of the picture; what lies a little outside is drawn to its edge."""
    if not isinstance(value, Mapping):
        raise ForeignFileError(f"{where}: x and y are needed, got {_shown(value)}")
    found = []
    for axis, side_px in zip("xy", size_px, strict=True):
        number = value.get(axis)
        if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
            raise ForeignFileError(f"{where}.{axis}: a number of pixels is needed, got {_shown(number)}")
        share = number / side_px
        if not -0.05 <= share <= 1.05:
            raise ForeignFileError(
                f"{where}.{axis}: {number:g} lies outside of a picture of {size_px[0]:g}x{size_px[1]:g}. Is it of "
                "another size?"
            )
        found.append(min(max(share, 0.0), 1.0))
    return found[0], found[1]


def _side(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value <= 65_535:
        raise ForeignFileError(f"{where}: a number of pixels is needed, got {_shown(value)}")
    return float(value)


def _shown(value: object) -> str:
    return printable(repr(value))[:60] if value is not None else "nothing"
