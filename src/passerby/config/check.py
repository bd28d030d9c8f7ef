"""What `passerby check` reports about a site file: every camera in words, and its warnings."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from passerby.config.events.rules import rules_of
from passerby.config.loader import layout_of, load_layout, load_site
from passerby.config.register.records import registration_of
from passerby.config.rules.event_warnings import event_warnings
from passerby.config.rules.outbox_space import NodeCheck, node_checks, node_warnings
from passerby.config.rules.rate_warnings import rate_warnings
from passerby.config.rules.recipient_words import RecipientCheck, recipient_checks
from passerby.config.rules.warnings import layout_warnings, site_warnings
from passerby.config.site import CameraKeys, GroundKeys, LayoutKeys, Site
from passerby.domain.event_rules import EventRule
from passerby.domain.events import Direction
from passerby.domain.layout import GroundPlane, Line, Movement, Zone
from passerby.domain.register import Registration
from passerby.domain.retention import Kind
from passerby.geometry.directions import ASSUMED_SIZE_PX, heading
from passerby.geometry.ground import polygon_area_m2, to_ground
from passerby.geometry.polygons import polygon_area
from passerby.register.catalogue import english
from passerby.register.published.generation import rule_part
from passerby.register.rule_texts import rule_sentence, rule_times

_HEADINGS = (
    ("→", "to the right"),
    ("↘", "down to the right"),
    ("↓", "down"),
    ("↙", "down to the left"),
    ("←", "to the left"),
    ("↖", "up to the left"),
    ("↑", "up"),
    ("↗", "up to the right"),
)


@dataclass(frozen=True, slots=True)
class DirectionCheck:
    """One direction over a line: the user's name for it, an arrow, and where it leads in the picture in words.

    The site file does not hold the picture's shape: the heading is that in a picture of 16:9.
    """

    name: str
    arrow: str
    heading: str


@dataclass(frozen=True, slots=True)
class LineCheck:
    """A line; `length_m` is None without a calibrated ground under both ends."""

    name: str
    road_users: tuple[str, ...]
    forward: DirectionCheck
    backward: DirectionCheck
    length_m: float | None


@dataclass(frozen=True, slots=True)
class ZoneCheck:
    """A zone; `picture_share` is its part of the picture's area, `area_m2` is None without a calibrated ground."""

    name: str
    road_users: tuple[str, ...]
    picture_share: float
    area_m2: float | None


@dataclass(frozen=True, slots=True)
class MovementCheck:
    """A movement, and in words over which line it comes and over which it goes."""

    name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class GroundCheck:
    """The calibration's own error, None where it cannot be seen, and what it means for what is measured."""

    rmse_m: float | None
    sentence: str


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """A place-safety rule.

    Attributes:
        name: its name.
        kind: what it watches for.
        place: its line or zone; empty for the camera as a whole.
        severity: how much an event matters.
        sentence: in words, as the public register says it.
        when: hours and profiles in words; empty for always.
        why_not: why a running service does not watch it; empty where it does.
    """

    name: str
    kind: str
    place: str
    severity: str
    sentence: str
    when: str
    why_not: str


@dataclass(frozen=True, slots=True)
class CameraCheck:
    """One camera: what is measured; `replays`, a sentence, empty for none; and `warnings`, each one sentence."""

    camera_id: str
    source: str | None
    analysed_fps: float | None
    masks: int
    look_closer: int
    anonymise: str
    lines: tuple[LineCheck, ...]
    zones: tuple[ZoneCheck, ...]
    movements: tuple[MovementCheck, ...]
    rules: tuple[RuleCheck, ...]
    replays: str
    ground: GroundCheck | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SiteCheck:
    """A whole site file that has no fault; `warnings` are those of the site itself, each one sentence.

    Attributes:
        cluster: host and port of its Ray cluster's head; empty for none.
    """

    file: str
    name: str
    time_zone: str
    model: str | None
    inside_s: int
    report_s: int
    cameras: tuple[CameraCheck, ...]
    nodes: tuple[NodeCheck, ...]
    recipients: tuple[RecipientCheck, ...]
    warnings: tuple[str, ...]
    cluster: str = ""


@dataclass(frozen=True, slots=True)
class LinesCheck:
    """A whole lines file that has no fault, as one camera without a name and a source."""

    file: str
    cameras: tuple[CameraCheck]


def check_site(path: Path | str) -> SiteCheck:
    """Reads a site file and returns what it will measure.

    Raises:
        SiteFileError: every fault, recordings that are not there included.
    """
    site = load_site(path, sources_must_exist=True)
    nodes = node_checks(site, {name: layout_of(keys) for name, keys in site.cameras.items()})
    return SiteCheck(
        file=str(path),
        name=site.site.name,
        time_zone=site.site.time_zone,
        model=site.detector.model,
        inside_s=site.intervals.inside_s,
        report_s=site.intervals.report_s,
        cameras=tuple(_with_rules(_camera_check(name, keys), keys, site) for name, keys in site.cameras.items()),
        nodes=nodes,
        recipients=recipient_checks(site),
        warnings=(*site_warnings(site), *node_warnings(nodes)),
        cluster=(site.fleet.ray or "") if site.fleet else "",
    )


def check_lines(path: Path | str) -> LinesCheck:
    """Reads a lines file and returns what it will measure.

    Raises:
        SiteFileError: every fault.
    """
    return LinesCheck(str(path), (_camera_check("", load_layout(path)),))


def _camera_check(camera_id: str, keys: LayoutKeys) -> CameraCheck:
    camera = keys if isinstance(keys, CameraKeys) else CameraKeys()
    layout = layout_of(keys)
    lines = {line.name: line for line in layout.lines}
    return CameraCheck(
        camera_id=camera_id,
        source=camera.source.shown if camera.source else None,
        analysed_fps=camera.analysed_fps,
        masks=len(camera.masks),
        look_closer=len(camera.look_closer),
        anonymise=camera.anonymise.mode,
        lines=tuple(_line_check(line, layout.ground) for line in layout.lines),
        zones=tuple(_zone_check(zone, layout.ground) for zone in layout.zones),
        movements=tuple(_movement_check(movement, lines) for movement in layout.movements),
        rules=(),
        replays="",
        ground=None if keys.ground is None or layout.ground is None else ground_check(keys.ground, layout.ground),
        warnings=(*layout_warnings(layout), *rate_warnings(camera.analysed_fps, layout)),
    )


def _with_rules(check: CameraCheck, keys: CameraKeys, site: Site) -> CameraCheck:
    """Returns a camera's check with its rules, which need the profiles and the register of a site."""
    if not keys.rules:
        return check
    layout, registration = layout_of(keys), registration_of(site.register_keys, keys.register_keys)
    rules = tuple(_rule_check(rule, registration.why_no_events) for rule in rules_of(keys.rules, layout.lines))
    warnings = (*check.warnings, *event_warnings(keys, layout, site.profiles, registration))
    return replace(check, rules=rules, replays=_replays(registration, site), warnings=warnings)


def _replays(registration: Registration, site: Site) -> str:
    """Returns what is kept of replays of the camera's events; empty where the register does not allow any."""
    record = registration.record
    if record is None or not record.event_replays:
        return ""
    days = site.retention.limits().days(Kind.REPLAYS)
    kept = f"a replay of each event, boxes without ids on the empty place, is kept for {days * 24} hours, encrypted"
    return kept if record.replays_allowed else f"{kept}, once its operational events run"


def _rule_check(rule: EventRule, why_not: str) -> RuleCheck:
    part, texts = rule_part(rule, running=not why_not), english()
    sentence, when = rule_sentence(part, texts), rule_times(part, texts)
    return RuleCheck(rule.name, part.kind, rule.place, part.severity, sentence, when, why_not)


def _labels(shape: Line | Zone) -> tuple[str, ...]:
    return tuple(road_user.label for road_user in sorted(shape.road_users))


def _line_check(line: Line, ground: GroundPlane | None) -> LineCheck:
    length_m = None
    if ground is not None:
        ends = to_ground(ground, line.points)
        length_m = float(np.linalg.norm(ends.xy_m[1] - ends.xy_m[0])) if ends.on_ground.all() else None
    return LineCheck(
        name=line.name,
        road_users=_labels(line),
        forward=_direction_check(line, Direction.FORWARD),
        backward=_direction_check(line, Direction.BACKWARD),
        length_m=length_m,
    )


def _direction_check(line: Line, direction: Direction) -> DirectionCheck:
    name = line.forward_name if direction is Direction.FORWARD else line.backward_name
    return DirectionCheck(name, *_HEADINGS[heading(line, direction, ASSUMED_SIZE_PX)])


def _zone_check(zone: Zone, ground: GroundPlane | None) -> ZoneCheck:
    return ZoneCheck(
        name=zone.name,
        road_users=_labels(zone),
        picture_share=polygon_area(zone.points),
        area_m2=polygon_area_m2(ground, zone.points) if ground is not None else None,
    )


def _movement_check(movement: Movement, lines: dict[str, Line]) -> MovementCheck:
    ends = []
    for name, direction in (
        (movement.entry_line, movement.entry_direction),
        (movement.exit_line, movement.exit_direction),
    ):
        line = lines[name]
        ends.append(f"{name} ({line.forward_name if direction == 'forward' else line.backward_name})")
    return MovementCheck(movement.name, f"over {ends[0]}, then over {ends[1]}")


def ground_check(keys: GroundKeys, plane: GroundPlane) -> GroundCheck:
    """Returns what a calibration's own error says; of four points it says nothing."""
    rmse_m = plane.rmse_m
    if rmse_m is None:
        sentence = "four points fix the ground exactly, so its error cannot be seen; add a fifth point or more"
        return GroundCheck(rmse_m, sentence)
    what = f"{len(keys.points)} points" if keys.points is not None else f"{len(keys.distances or ())} distances"
    sentence = (
        f"the {what} agree to {rmse_m:.2f} m (root mean square): inside their area, a position on the ground is "
        "about that sure, before the detector's own error"
    )
    if rmse_m > 0.5:
        sentence += "; that is much: look for a point that is mistaken"
    return GroundCheck(rmse_m, sentence)
