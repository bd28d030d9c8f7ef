"""Kinds of values in a site file: names, classes, times, points, lines and areas, and what makes them unusable."""

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError
from shapely import LineString, MultiPoint, Polygon
from shapely.validation import explain_validity

from passerby.config.validation import excerpt, shown, suggestion
from passerby.domain.event_rules import WEEK, WeekDay
from passerby.text import in_nfc, invisible_letter

MAX_NAME_LETTERS = 80
MAX_LETTERS = 300
"""Of a text in the register."""
_LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$")
_ADDRESS = re.compile(r"^[a-z][a-z0-9+.-]+://", re.IGNORECASE)


class Keys(BaseModel):
    """A set of keys: unknown ones are errors, and text is never taken for a number."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def _name(text: str) -> str:
    name = in_nfc(text)
    needed = f"a name needs 1 to {MAX_NAME_LETTERS} printable letters, without spaces around it"
    if not name or name != name.strip() or len(name) > MAX_NAME_LETTERS:
        raise fault(needed)
    if unseen := invisible_letter(name):
        raise fault(f"{needed}; it holds {unseen}, which cannot be seen: take it out")
    return name


def _path(text: str) -> str:
    if _ADDRESS.match(text):
        raise fault("this is an address, not a path. A camera's address goes to rtsp or http")
    # Names of files hold whatever their cameras and people wrote, also what joins emoji and what no screen shows.
    if not text.strip() or len(text) > 1000 or any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text):
        raise fault("a path is needed: 1 to 1000 letters, without control characters")
    return text


Name = Annotated[str, AfterValidator(_name)]
"""A name that results are filed by or shown under, in NFC."""

NamedBefore = Annotated[str, AfterValidator(in_nfc)]
"""A name that another key of the file gives something."""

WAYS: Final = ("forward", "backward")


def user_ways(line: Mapping[str, object]) -> Iterator[str]:
    """Yields what a line calls its two ways, forward first."""
    for direction in WAYS:
        yield in_nfc(str(line.get(direction, direction)))


def way_of(way: str, line: Mapping[str, object]) -> str | None:
    """Returns `forward` or `backward` for a way's word or the line's name for it; empty for both, None for neither.

    >>> way_of("to the market", {"forward": "to the market"})
    'forward'
    """
    named = [direction for direction, name in zip(WAYS, user_ways(line), strict=True) if name == way]
    if len(named) == 1:
        return named[0]
    if way in WAYS:
        return way
    return "" if named else None


FilePath = Annotated[str, AfterValidator(_path)]


def _labels(known: Sequence[str], unless_given: str) -> BeforeValidator:
    """Checks a list of classes of road users, each of them once."""

    def checked(value: object) -> object:
        if not isinstance(value, (tuple, list)) or not value:
            example = f"a list of classes is needed, such as [{', '.join(known[:2])}]"
            raise fault(f"{example}, got {shown(value)}. Leave the key out {unless_given}")
        for number, label in enumerate(value):
            if not isinstance(label, str) or label not in known:
                hint = suggestion(label, known) if isinstance(label, str) else f"Known here: {', '.join(known)}."
                here = "is not watched here" if label in ALL_LABELS else "is no class of road user"
                raise fault(f"{shown(label)} {here}. {hint}")
            if label in value[:number]:
                raise fault(f"{excerpt(label)} is here twice")
        return with_heavy(tuple(value))

    return BeforeValidator(checked)


def with_heavy(labels: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the classes, and with buses and trucks also the heavy vehicles that may be either.

    Of a list with one of the two only, such a vehicle is no part: it may be the other.

    >>> with_heavy(("bus", "truck")), with_heavy(("car", "bus"))
    (('bus', 'truck', 'heavy_vehicle'), ('car', 'bus'))
    """
    implied = {"bus", "truck"} <= set(labels) and "heavy_vehicle" not in labels
    return (*labels, "heavy_vehicle") if implied else labels


RoadUserLabel = Literal["pedestrian", "bicycle", "car", "motorcycle", "bus", "truck", "unclassified", "heavy_vehicle"]
KnownLabel = Literal["pedestrian", "bicycle", "car", "motorcycle", "bus", "truck", "heavy_vehicle"]
VehicleLabel = Literal["bicycle", "car", "motorcycle", "bus", "truck", "heavy_vehicle"]
PedestrianOrCycleLabel = Literal["pedestrian", "bicycle"]
ALL_LABELS: Final[tuple[RoadUserLabel, ...]] = get_args(RoadUserLabel)
KNOWN_LABELS: Final[tuple[KnownLabel, ...]] = get_args(KnownLabel)

RoadUserLabels = Annotated[tuple[RoadUserLabel, ...], _labels(ALL_LABELS, "to count all")]
KnownLabels = Annotated[tuple[KnownLabel, ...], _labels(KNOWN_LABELS, "to measure all of these")]
VehicleLabels = Annotated[
    tuple[VehicleLabel, ...], _labels(get_args(VehicleLabel), "to watch all motor vehicles; a rule watches no person")
]
PedestrianOrCycleLabels = Annotated[
    tuple[PedestrianOrCycleLabel, ...], _labels(get_args(PedestrianOrCycleLabel), "to watch people on foot")
]


def _days(value: object) -> object:
    if not isinstance(value, (tuple, list)) or not value:
        raise fault(f"a list of days is needed, such as [mon, tue], got {shown(value)}. Leave the key out for all")
    for number, day in enumerate(value):
        if day not in WEEK:
            raise fault(f"{shown(day)} is no day of the week. Known here: {', '.join(WEEK)}.")
        if day in value[:number]:
            raise fault(f"{day} is here twice")
    return tuple(value)


Days = Annotated[tuple[WeekDay, ...], BeforeValidator(_days)]

_CLOCK_TIME: Final = r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00"
_CLOCK_SCHEMA: Final = WithJsonSchema({"type": "string", "pattern": f"^({_CLOCK_TIME})$"})


def _clock_time(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(_CLOCK_TIME, value):
        raise fault(f'a time of day in quotes is needed, "00:00" to "24:00", got {shown(value)}')
    return value


ClockTime = Annotated[str, BeforeValidator(_clock_time), _CLOCK_SCHEMA]
"""Hours and minutes by the site's clock; 24:00 is the end of a day."""


Point = tuple[float, float]

MAX_CORNERS = 200
MIN_LINE_LENGTH = 0.005
"""Share of the picture below which a line is nothing but a point: 4 px of 768, less than a box shakes."""
MIN_ZONE_AREA = 1e-5
"""Share of the picture's area below which a zone holds no foot point: 4 px x 1 px of 768x576."""
MAX_GROUND_M = 100_000.0
"""Ground coordinates beyond this lose the millimetre in a homography's arithmetic; use local ones."""


def fault(text: str) -> PydanticCustomError:
    """Returns a pydantic error whose text is shown as it is; braces in it are no placeholders."""
    return PydanticCustomError("passerby", "{text}", {"text": text})


def _pair(value: object, form: str, limit: Callable[[str, float], str]) -> Point:
    """Both numbers of a point, or everything that is wrong with either."""
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise fault(f"a point is {form}, got {shown(value)}")
    wrong = []
    for name, number in zip("xy", value, strict=True):
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            wrong.append(f"{name} must be a number, got {shown(number)}")
        elif not math.isfinite(number):
            wrong.append(f"{name} must be a finite number, got {number}")
        elif beyond := limit(name, number):
            wrong.append(beyond)
    if wrong:
        raise fault("; ".join(wrong))
    return float(value[0]), float(value[1])


def _beyond_picture(name: str, number: float) -> str:
    if 0 <= number <= 1:
        return ""
    side = "width" if name == "x" else "height"
    hint = f". Are these pixels? Divide by the picture's {side}" if number > 2 else ""
    return f"{name} must lie between 0 and 1, got {number:g}{hint}"


def _beyond_ground(name: str, number: float) -> str:
    if abs(number) <= MAX_GROUND_M:
        return ""
    return f"{name} must lie within {MAX_GROUND_M:g} m of the origin, got {number:g}; measure from a near point"


def _picture_point(value: object) -> Point:
    return _pair(value, "[x, y]", _beyond_picture)


def _ground_point(value: object) -> Point:
    return _pair(value, "[x, y] in metres", _beyond_ground)


def _line(points: tuple[Point, ...]) -> tuple[Point, ...]:
    if len(points) != 2:
        hint = ". Did you mean a zone?" if len(points) > 2 else ""
        raise fault(f"a line needs 2 points, got {len(points)}{hint}")
    if math.dist(*points) < MIN_LINE_LENGTH:
        raise fault(f"the line has no length: both ends lie at {_at(points[0])}")
    return points


def _polygon(points: tuple[Point, ...], what: str) -> tuple[Point, ...]:
    if len(points) < 3:
        hint = ". Did you mean a line?" if what == "zone" and len(points) == 2 else ""
        raise fault(f"a {what} needs 3 points, got {len(points)}{hint}")
    if len(points) > MAX_CORNERS:
        raise fault(f"a {what} has at most {MAX_CORNERS} points, got {len(points)}")
    if points[0] == points[-1]:
        raise fault("the last point repeats the first; leave it out, the outline closes itself")
    if MultiPoint(points).convex_hull.area < MIN_ZONE_AREA:
        raise fault(f"the {what} has no area: its points lie on one line")
    crossing = self_crossing(points)
    if crossing:
        raise fault(f"the {what} crosses itself: {crossing}")
    return points


def self_crossing(points: Sequence[Point]) -> str:
    """Returns where a closed outline crosses or touches itself, in words; empty when it does not.

    >>> self_crossing([(0.1, 0.1), (0.5, 0.5), (0.5, 0.1), (0.1, 0.5)])
    'the edge from point 1 to 2 meets the edge from point 3 to 4 at [0.3, 0.3]; list the points in order round the edge'
    """
    count = len(points)
    for first, second in combinations(range(count), 2):
        if points[first] == points[second]:
            return f"points {first + 1} and {second + 1} are the same, {_at(points[first])}; leave one out"
    if Polygon(points).is_valid:
        return ""
    edges = [LineString([points[number], points[(number + 1) % count]]) for number in range(count)]
    for first, second in combinations(range(count), 2):
        if second - first in (1, count - 1):
            continue
        meeting = edges[first].intersection(edges[second])
        if not meeting.is_empty:
            where = meeting.representative_point()
            return (
                f"the edge from point {first + 1} to {first + 2} meets the edge from point {second + 1} to "
                f"{(second + 1) % count + 1} at {_at((where.x, where.y))}; list the points in order round the edge"
            )
    return f"{explain_validity(Polygon(points))}; list the points in order round the edge"


def _at(point: Point) -> str:
    return f"[{point[0]:.3g}, {point[1]:.3g}]"


def _point_list(value: object) -> object:
    if not isinstance(value, (tuple, list)):
        raise fault(f"a list of points [[x, y], [x, y]] is needed, got {shown(value)}")
    return tuple(value)


_POINT_SCHEMA = {"type": "array", "items": {"type": "number", "minimum": 0, "maximum": 1}, "minItems": 2, "maxItems": 2}
_METRES_SCHEMA = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}


def _points_schema(min_points: int, max_points: int) -> dict[str, object]:
    return {"type": "array", "items": _POINT_SCHEMA, "minItems": min_points, "maxItems": max_points}


PicturePoint = Annotated[Point, BeforeValidator(_picture_point), WithJsonSchema(_POINT_SCHEMA)]
"""x and y as 0-1 of the picture's width and height, from its upper left corner."""

GroundPoint = Annotated[Point, BeforeValidator(_ground_point), WithJsonSchema(_METRES_SCHEMA)]
"""x and y in metres on the ground, from any origin, seen from above."""

_Points = Annotated[tuple[PicturePoint, ...], BeforeValidator(_point_list)]

LinePoints = Annotated[_Points, AfterValidator(_line), WithJsonSchema(_points_schema(2, 2))]
ZonePoints = Annotated[
    _Points, AfterValidator(lambda points: _polygon(points, "zone")), WithJsonSchema(_points_schema(3, MAX_CORNERS))
]
AreaPoints = Annotated[
    _Points, AfterValidator(lambda points: _polygon(points, "polygon")), WithJsonSchema(_points_schema(3, MAX_CORNERS))
]


def line_of(letters: int) -> Callable[[str], str]:
    """Returns what checks that a text has 1 to so many letters, all of which can be seen."""

    def checked(text: str) -> str:
        text = in_nfc(text)
        if not text.strip() or text != text.strip() or len(text) > letters:
            raise fault(f"1 to {letters} letters are needed, without spaces around them")
        if unseen := invisible_letter(text.replace("\n", " ")):
            raise fault(f"it holds {unseen}, which cannot be seen: take it out")
        return text

    return checked


def language(text: str) -> str:
    """Returns a language tag.

    Raises:
        PydanticCustomError: it is none.
    """
    if not _LANGUAGE.match(text):
        raise fault(f"{shown(text)} is no language tag. Write one such as en, sr-Latn or sr-Cyrl")
    return text


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if len(text) == 10 else _no_date(text)
    except ValueError:
        return _no_date(text)


def _no_date(text: str) -> str:
    raise fault(f"{shown(text)} is no date. Write it as 2026-01-31")


def wording(value: object) -> object:
    """Returns a text, or a text for each language, by its language; the empty one where there is one for all."""
    if isinstance(value, str):
        return {"": value}
    if isinstance(value, Mapping) and value:
        if "" in value:
            raise fault("an empty language tag: write one such as en, or the text alone")
        return {language(str(tag)): text for tag, text in value.items()}
    raise fault(f"a text is needed, or one for each language ({{en: …, sr-Latn: …}}), got {shown(value)}")


WORDING_SCHEMA: dict[str, Any] = {
    "anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1}]
}
"""Of `wording`."""

Line = Annotated[str, AfterValidator(line_of(MAX_LETTERS))]
Texts = Annotated[Mapping[str, Line], BeforeValidator(wording), WithJsonSchema(WORDING_SCHEMA), Field(max_length=20)]
Day = Annotated[str, AfterValidator(_date)]
