"""The keys of the register: site defaults under `register`, and what a camera has otherwise under its own."""

import base64
import binascii
import math
import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from shapely import Polygon

from passerby.config.validation import shown
from passerby.config.values import (
    MAX_LETTERS,
    WORDING_SCHEMA,
    Day,
    Keys,
    Line,
    NamedBefore,
    Texts,
    fault,
    language,
    line_of,
    wording,
)

MAX_STATEMENT_LETTERS = 10_000
MAX_VIEW_KM = 2.0
"""No camera of a street sees farther: in a corner beyond it latitude and longitude are swapped, or a digit is wrong."""
KEY_BYTES = 32

_GROUP = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$")
_EARTH_KM_A_DEGREE: Final = 111.195


def _group(text: str) -> str:
    if not _GROUP.match(text):
        raise fault("a group's name needs 1 to 63 of the letters A-Z a-z 0-9 _ -, as accounts are given rights to it")
    return text


def _page(text: str) -> str:
    if not re.fullmatch(r"https://[^\s/@\\<>\"]+(/[^\s<>\"\\?#]*)?", text) or len(text) > MAX_LETTERS:
        raise fault("the address of a public page is needed, https://… without ? and #")
    return text.rstrip("/") + "/"


def _public_key(text: str) -> str:
    try:
        length = len(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        length = 0
    if length != KEY_BYTES:
        raise fault("the public key that `passerby register case-key FILE.pem` prints is needed")
    return text


def _degrees(value: object) -> tuple[float, float]:
    wanted = "a place is [latitude, longitude] in degrees"
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise fault(f"{wanted}, got {shown(value)}")
    for number, limit, name in zip(value, (90, 180), ("latitude", "longitude"), strict=True):
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not math.isfinite(number):
            raise fault(f"{wanted}; {name} must be a number, got {shown(number)}")
        if abs(number) > limit:
            raise fault(f"{wanted}; {name} must lie within {limit} of 0, got {number:g}")
    return float(value[0]), float(value[1])


def _outline(points: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    if len(points) < 3 or len(points) > 100:
        raise fault(f"the ground that the camera sees has 3 to 100 corners, got {len(points)}")
    outline = Polygon(points)
    if not outline.is_valid or outline.area == 0:
        raise fault("the outline crosses itself or has no area: list the corners in order round the edge")
    return points


def _list(value: object) -> object:
    if isinstance(value, (tuple, list)):
        return tuple(value)
    raise fault(f"a list is needed, such as [mobility_planning], got {shown(value)}")


def _pause(value: object) -> object:
    if value is False:
        return None
    if value is True:
        raise fault('say why, as the public is to read it: paused: "Street works until May"')
    return wording(value)


def distance_km(one: tuple[float, float], two: tuple[float, float]) -> float:
    """Returns the distance of two places near each other, latitude and longitude in degrees."""
    north = one[0] - two[0]
    east = (one[1] - two[1]) * math.cos(math.radians((one[0] + two[0]) / 2))
    return math.hypot(north, east) * _EARTH_KM_A_DEGREE


_DEGREES_SCHEMA: dict[str, Any] = {
    "type": "array", "items": {"type": "number", "minimum": -180, "maximum": 180}, "minItems": 2, "maxItems": 2,
}  # fmt: skip

LongTexts = Annotated[
    Mapping[str, Annotated[str, AfterValidator(line_of(MAX_STATEMENT_LETTERS))]],
    BeforeValidator(wording),
    WithJsonSchema(WORDING_SCHEMA),
]
Language = Annotated[str, AfterValidator(language)]
Group = Annotated[str, AfterValidator(_group)]
Degrees = Annotated[tuple[float, float], BeforeValidator(_degrees), WithJsonSchema(_DEGREES_SCHEMA)]
Outline = Annotated[
    tuple[Degrees, ...],
    AfterValidator(_outline),
    WithJsonSchema({"type": "array", "items": _DEGREES_SCHEMA, "minItems": 3, "maxItems": 100}),
]
PurposeWord = Literal[
    "mobility_planning", "public_space_planning", "traffic_statistics", "road_safety_study", "crowd_safety",
    "traffic_hazards",
]  # fmt: skip
GroundWord = Literal["legal_obligation", "public_task", "legitimate_interests"]
Purposes = Annotated[tuple[PurposeWord, ...], BeforeValidator(_list), Field(min_length=1)]
Pause = Annotated[
    Mapping[str, Line] | None,
    BeforeValidator(_pause),
    WithJsonSchema({"anyOf": [*WORDING_SCHEMA["anyOf"], {"const": False}]}),
]


class ContactKeys(Keys):
    """An authority, an office or a person, and how to reach it."""

    name: Line | None = None
    address: Line | None = None
    contact: Line | None = None


class LegalBasisKeys(Keys):
    """By what right data are processed."""

    ground: GroundWord | None = None
    law: Texts | None = None


class StatementKeys(Keys):
    """What a named person wrote into an open field of the impact assessment."""

    text: LongTexts
    by: Line
    date: Day


class AssessmentKeys(Keys):
    """The impact assessment, with the fields that only people can fill."""

    reference: Line | None = None
    opinion: Line | None = None
    necessity: StatementKeys | None = None
    risks: StatementKeys | None = None
    officer_advice: StatementKeys | None = None
    views: StatementKeys | None = None


class RecordKeys(Keys):
    """What the site says once for all its cameras, and a camera otherwise."""

    controller: ContactKeys | None = None
    privacy_officer: ContactKeys | None = None
    authority: ContactKeys | None = None
    purposes: Purposes | None = None
    legal_basis: LegalBasisKeys | None = None
    recipients: Annotated[tuple[Texts, ...] | None, Field(max_length=50)] = None
    impact_assessment: AssessmentKeys | None = None
    paused: Pause = None


class QuestionsKeys(Keys):
    """Objections and questions of the public."""

    public_key: Annotated[str, AfterValidator(_public_key)] | None = None
    answered_within_days: Annotated[int, Field(ge=1, le=90)] = 30


class SiteRegisterKeys(RecordKeys):
    """The register as a whole: `register`."""

    page: Annotated[str, AfterValidator(_page)] | None = None
    languages: Annotated[tuple[Language, ...], Field(min_length=1, max_length=20)] = ("en", "sr-Latn", "sr-Cyrl")
    questions: QuestionsKeys = QuestionsKeys()


class EventsKeys(Keys):
    """Operational events: a switch with a legal basis of its own."""

    enabled: bool = False
    legal_basis: LegalBasisKeys | None = None
    recipients: Annotated[tuple[NamedBefore, ...], Field(max_length=50)] = ()
    replays: bool = False


def _with_basis(keys: EventsKeys) -> EventsKeys:
    basis = keys.legal_basis
    if keys.enabled and (basis is None or basis.ground is None or basis.law is None):
        raise fault(
            "operational events are refused until their own legal basis is recorded: give legal_basis with ground and "
            "law, or set enabled: false. The basis of the statistics is not enough"
        )
    if keys.replays and not keys.enabled:
        raise fault("replays are of operational events, which are switched off: set enabled: true, or replays: false")
    return keys


class PlaceKeys(Keys):
    """Where a camera stands, and what it sees."""

    address: Texts | None = None
    position: Degrees | None = None
    field_of_view: Outline | None = None


def _near(keys: PlaceKeys) -> PlaceKeys:
    for number, corner in enumerate(keys.field_of_view or ()):
        if keys.position is not None and (far_km := distance_km(keys.position, corner)) > MAX_VIEW_KM:
            raise fault(
                f"field_of_view[{number}] lies {far_km:.1f} km from the camera's position; at most {MAX_VIEW_KM:g} km "
                "are possible. Are latitude and longitude swapped?"
            )
    return keys


class CameraRegisterKeys(RecordKeys):
    """One camera's own part of the register: `cameras.<camera>.register`."""

    title: Texts | None = None
    place: Annotated[PlaceKeys, AfterValidator(_near)] | None = None
    installed: Day | None = None
    statistics: bool = True
    operational_events: Annotated[EventsKeys, AfterValidator(_with_basis)] | None = None
