"""The keys of a site file, with types, units and defaults. What each means is in docs/reference/site-file.md."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field

from passerby.config.events.keys import MAX_RULES, ProfileKeys, RuleKeys
from passerby.config.events.recipient_keys import MAX_RECIPIENTS, RecipientKeys
from passerby.config.register.keys import CameraRegisterKeys, Group, SiteRegisterKeys
from passerby.config.register.publishing import PublishKeys
from passerby.config.service_keys import (
    AccessKeys,
    FleetKeys,
    NetworkKeys,
    RetentionKeys,
    ServerKeys,
    SourceKeys,
    StoreKeys,
    WorkerKeys,
)
from passerby.config.validation import shown, suggestion
from passerby.config.values import (
    ALL_LABELS,
    KNOWN_LABELS,
    AreaPoints,
    Day,
    FilePath,
    GroundPoint,
    Keys,
    KnownLabels,
    LinePoints,
    Name,
    NamedBefore,
    PicturePoint,
    RoadUserLabels,
    ZonePoints,
    fault,
)
from passerby.domain.errors import PasserbyError
from passerby.domain.fleet import check_node_name
from passerby.domain.near_misses import PET_S, TTC_S

_CAMERA_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$")


def _camera_id(text: str) -> str:
    if not _CAMERA_ID.match(text):
        raise fault("a camera's name needs 1 to 63 of the letters A-Z a-z 0-9 _ -, as it becomes part of addresses")
    return text


def _node_name(text: str) -> str:
    try:
        check_node_name(text)
    except PasserbyError as error:
        raise fault(str(error)) from None
    return text


NodeName = Annotated[str, AfterValidator(_node_name)]
"""The name of a machine that watches cameras for the hub."""

_OF_THE_MACHINE = re.compile(r"(localtime|posixrules|Factory|leapseconds)|(posix|right|SystemV)/.*", re.IGNORECASE)
"""What lies in the folder of the time zone database and is no place's zone: the machine's own, and the database built
by other rules, which not every machine has."""


def _time_zone(text: str) -> str:
    if text == "UTC":
        return text
    if _OF_THE_MACHINE.fullmatch(text):
        raise fault(f"{shown(text)} differs from machine to machine. Name the place's own zone, such as Europe/Berlin")
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        known = {name for name in available_timezones() if not _OF_THE_MACHINE.fullmatch(name)}
        hint = suggestion(text, known) if known else "Is the system's time zone database installed?"
        hint = hint if hint.startswith(("Did", "Is")) else "Take one like Europe/Berlin."
        raise fault(f"{shown(text)} is no IANA time zone. {hint}") from None
    return text


def _analysed_rate(value: object) -> object:
    if value is None or value == "auto":
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if 1 <= value <= 120:
            return value
        if 0 < value < 1:
            raise fault(
                "at least 1 frame a second is needed: no road user is followed over a longer step than 1.5 s; "
                f"got {shown(value)}. Take auto, or leave this key out, for as many as are needed"
            )
    raise fault(f"a number of frames a second from 1 to 120 is needed, or auto, got {shown(value)}")


CameraId = Annotated[str, AfterValidator(_camera_id)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
AnalysedRate = Annotated[Annotated[float, Field(ge=1, le=120)] | None, BeforeValidator(_analysed_rate)]
"""Frames a second; None leaves it to the analysis."""

SidePx = Annotated[int, Field(ge=1, le=65_535)]


class LineKeys(Keys):
    """A directed line across a way, counted between its ends."""

    points: LinePoints
    count: RoadUserLabels = ALL_LABELS
    forward: Name = "forward"
    backward: Name = "backward"


class ZoneKeys(Keys):
    """An area of the ground in which occupancy, dwell and density are measured."""

    points: ZonePoints
    count: RoadUserLabels = KNOWN_LABELS
    margin: Annotated[float, Field(ge=0, le=0.2)] = 0.01


class CrossingKeys(Keys):
    """One way over one line: `forward`, `backward` or the name that the line gives that way."""

    line: NamedBefore
    way: NamedBefore


class MovementKeys(Keys):
    """A turning count: the same road user crosses one line, then another."""

    entry: CrossingKeys = Field(alias="from")
    exit: CrossingKeys = Field(alias="to")


class GroundPointKeys(Keys):
    """A point of the ground, in the picture and in metres."""

    picture: PicturePoint
    metres: GroundPoint


class GroundDistanceKeys(Keys):
    """A distance measured on the ground."""

    start: PicturePoint = Field(alias="from")
    end: PicturePoint = Field(alias="to")
    metres: Annotated[float, Field(gt=0, le=10_000)]


class GroundKeys(Keys):
    """The calibration of the ground: point pairs, or distances."""

    points: Annotated[tuple[GroundPointKeys, ...] | None, Field(max_length=200)] = None
    distances: Annotated[tuple[GroundDistanceKeys, ...] | None, Field(max_length=200)] = None
    picture_px: tuple[SidePx, SidePx] | None = None


class NearMissKeys(Keys):
    """Which near misses are counted, on calibrated ground."""

    ttc_s: Annotated[float, Field(gt=0, le=5)] = TTC_S
    pet_s: Annotated[float, Field(gt=0, le=10)] = PET_S
    count: KnownLabels = KNOWN_LABELS
    among_pedestrians: bool = False
    movements: Annotated[tuple[NamedBefore, ...], Field(max_length=50)] = ()


class LayoutKeys(Keys):
    """What is measured where: the whole of a lines file, and a part of every camera."""

    lines: Mapping[Name, LineKeys] = Field(default_factory=dict)
    zones: Mapping[Name, ZoneKeys] = Field(default_factory=dict)
    movements: Mapping[Name, MovementKeys] = Field(default_factory=dict)
    ground: GroundKeys | None = None
    near_misses: NearMissKeys | None = None


class AnonymiseKeys(Keys):
    """How a picture is made that may be shown."""

    mode: Literal["redrawn", "mosaic"] = "redrawn"


class CameraKeys(LayoutKeys):
    """One camera: its source, its layout, and which parts of its picture are analysed."""

    source: SourceKeys | None = None
    node: NodeName | None = None
    pool: NodeName | None = None
    analysed_fps: AnalysedRate = None
    sleep: bool = True
    masks: tuple[AreaPoints, ...] = ()
    look_closer: tuple[AreaPoints, ...] = ()
    anonymise: AnonymiseKeys = AnonymiseKeys()
    groups: Annotated[tuple[Group, ...], Field(max_length=50)] = ()
    rules: Annotated[Mapping[Name, RuleKeys], Field(max_length=MAX_RULES)] = Field(default_factory=dict)
    register_keys: CameraRegisterKeys = Field(default=CameraRegisterKeys(), alias="register")


class SiteNameKeys(Keys):
    """Name, time zone and map of the site, and whether a part of its history is made up."""

    name: Name = "site"
    time_zone: TimeZone = "UTC"
    made_up_before: Day | None = None
    map: FilePath | None = None


class DetectorKeys(Keys):
    """The model that finds road users; None leaves a choice to the model's own card."""

    model: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    start_confidence: Annotated[float, Field(gt=0, lt=1)] | None = None
    keep_confidence: Annotated[float, Field(gt=0, lt=1)] | None = None
    heavy_certainty: Annotated[float, Field(ge=0.5, le=1)] | None = None

    @property
    def limits(self) -> tuple[float | None, float | None, float | None]:
        """How sure the model has to be to start a track, to go on with one, and to know a bus from a truck."""
        return self.start_confidence, self.keep_confidence, self.heavy_certainty


class IntervalKeys(Keys):
    """How long the clock-aligned intervals are."""

    inside_s: Annotated[int, Field(ge=1, le=3600)] = 60
    report_s: Annotated[int, Field(ge=60, le=86400)] = 900


class Site(Keys):
    """A whole site file."""

    site: SiteNameKeys = SiteNameKeys()
    cameras: Mapping[CameraId, CameraKeys] = Field(default_factory=dict)
    detector: DetectorKeys = DetectorKeys()
    intervals: IntervalKeys = IntervalKeys()
    profiles: Annotated[Mapping[Name, ProfileKeys], Field(max_length=50)] = Field(default_factory=dict)
    recipients: Annotated[Mapping[Name, RecipientKeys], Field(max_length=MAX_RECIPIENTS)] = Field(default_factory=dict)
    publish: PublishKeys | None = None
    network: NetworkKeys = NetworkKeys()
    server: ServerKeys = ServerKeys()
    store: StoreKeys | None = None
    retention: RetentionKeys = RetentionKeys()
    workers: WorkerKeys = WorkerKeys()
    access: AccessKeys = AccessKeys()
    fleet: FleetKeys | None = None
    register_keys: SiteRegisterKeys = Field(default=SiteRegisterKeys(), alias="register")
    data: FilePath | None = None


def site_schema() -> dict[str, object]:
    """The JSON Schema (draft 2020-12) of a site file, for editors that complete and check keys."""
    schema = Site.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "passerby site file"}
