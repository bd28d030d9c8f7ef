"""The sign's icons, drawn by us on a grid of 24 by 24, y downwards; their words are DTPR's (dtpr.io, CC BY 4.0)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points, closed or not."""

    points: tuple[tuple[float, float], ...]
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Disc:
    """A circle: its outline, or filled."""

    x: float
    y: float
    radius: float
    filled: bool = False


Shape = Stroke | Disc


def _line(*points: tuple[float, float]) -> Stroke:
    return Stroke(points)


def _ring(*points: tuple[float, float]) -> Stroke:
    return Stroke(points, closed=True)


_CAMERA: Final = (
    _ring((3, 6), (15, 9), (15, 14), (3, 11)),
    _line((15, 10), (19, 9), (19, 15), (15, 14)),
    _line((8, 12.5), (8, 17), (4, 19)),
    _line((4, 16), (4, 22)),
)
_PERSON: Final = (
    Disc(12, 6, 2.6),
    _line((12, 8.6), (12, 15), (8.5, 21)),
    _line((12, 15), (15.5, 21)),
    _line((8, 11.5), (16, 11.5)),
)
_PERSON_BOX: Final = (
    *_PERSON,
    _line((3, 7), (3, 3), (7, 3)),
    _line((17, 3), (21, 3), (21, 7)),
    _line((3, 18), (3, 22), (7, 22)),
    _line((17, 22), (21, 22), (21, 18)),
)
_MASK: Final = (Disc(12, 7, 3.5, filled=True), _ring((6, 21), (7, 14), (17, 14), (18, 21)), _line((3, 3), (21, 22)))
_BARS: Final = (
    _ring((4, 14), (7, 14), (7, 21), (4, 21)),
    _ring((10.5, 8), (13.5, 8), (13.5, 21), (10.5, 21)),
    _ring((17, 4), (20, 4), (20, 21), (17, 21)),
)
_CHART: Final = (_line((3, 3), (3, 21), (21, 21)), _line((5, 17), (9, 12), (13, 14), (20, 6)))
_HOUSE: Final = (_ring((4, 11), (12, 4), (20, 11), (20, 21), (4, 21)), _ring((9, 14), (15, 14), (15, 21), (9, 21)))
_CLOCK: Final = (Disc(12, 12, 9), _line((12, 6), (12, 12), (16, 14)))
_NO_PICTURE: Final = (
    _ring((3, 6), (21, 6), (21, 19), (3, 19)),
    _line((5, 17), (10, 11), (13, 14), (16, 11), (19, 16)),
    _line((3, 22), (21, 3)),
)
_WHEEL: Final = (
    Disc(6.5, 16, 3.8),
    Disc(17.5, 16, 3.8),
    _line((6.5, 16), (10, 9), (15.5, 9), (17.5, 16)),
    _line((10, 9), (12, 16), (15.5, 9)),
    _line((9, 7), (11, 7)),
)
_PLAN: Final = (
    _ring((3, 5), (9, 3), (15, 5), (21, 3), (21, 19), (15, 21), (9, 19), (3, 21)),
    _line((9, 3), (9, 19)),
    _line((15, 5), (15, 21)),
)
_SHIELD: Final = (_ring((12, 2.5), (20, 6), (19, 14), (12, 21.5), (5, 14), (4, 6)), _line((8, 12), (11, 15), (16, 9)))
_HANDS: Final = (
    Disc(8, 7, 3),
    Disc(16, 7, 3),
    _ring((3, 20), (4, 13), (12, 13), (12, 20)),
    _line((12, 13), (20, 13), (21, 20), (12, 20)),
)

ICONS: Final[Mapping[str, tuple[Shape, ...]]] = {
    "video_camera": _CAMERA,
    "person_detection": _PERSON_BOX,
    "de_identified_video": _MASK,
    "computer_vision": _PERSON_BOX,
    "de_identified": _MASK,
    "aggregated": _BARS,
    "planning_decision_making": _PLAN,
    "mobility": _WHEEL,
    "safety_security": _SHIELD,
    "values_time": _CHART,
    "stored_locally": _HOUSE,
    "available_to_the_accountable_organization": _HANDS,
    "available_to_recipients": _HANDS,
    "not_available_to_vendor": _SHIELD,
    "data_retained": _CLOCK,
    "no_data_retained": _NO_PICTURE,
}
"""DTPR's word -> what is drawn."""
