"""Frames as the rules take them, made by hand: numbers in a zone, boxes on the ground, crossings."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.events import LineCrossing, ZoneOccupancy
from passerby.domain.frames import FrameStamp
from passerby.domain.health import CameraState
from passerby.domain.layout import GroundPlane, Layout, Line, Zone
from passerby.domain.near_misses import NearMissMeasure
from passerby.domain.place_events import PlaceEvent
from passerby.domain.road_user import RoadUser
from passerby.domain.tracks import Tracks
from passerby.events.event_rules import EventRules
from passerby.events.scene import EventFrame

SIZE_PX = (1600, 900)
WIDTH_M = 80.0
START_NS = 1_700_000_000_000_000_000
NS_PER_S = 1_000_000_000

SQUARE = Zone(
    "square", np.array([[5 / 80, 2.5 / 45], [45 / 80, 2.5 / 45], [45 / 80, 22.5 / 45], [5 / 80, 22.5 / 45]], np.float32)
)
GATE = Line("gate", np.array([[0.5, 1.0], [0.5, 0.0]], np.float32))
GROUND = GroundPlane(
    np.diag([WIDTH_M, WIDTH_M * 9 / 16, 1.0]), 0.05, np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
)
"""Seen from straight above: the picture is 80 m wide and 45 m high, 20 px a metre; the square is 40 m by 20 m."""
LAYOUT = Layout((GATE,), (SQUARE,), (), GROUND, NearMissMeasure())


@dataclass(frozen=True)
class Box:
    """A track in one frame: its foot point in metres, and the size of its box in px."""

    track_id: int
    foot_m: tuple[float, float]
    road_user: RoadUser = RoadUser.PEDESTRIAN
    box_wh_px: tuple[float, float] = (10.0, 30.0)
    confidence: float = 0.9
    confirmed: bool = True


def make_stamp(second: float, clock_s: float | None = None, **more: object) -> FrameStamp:
    taken_s = second if clock_s is None else clock_s
    known = {"index": round(second * 10), "size_px": SIZE_PX} | more
    return FrameStamp("cam", time_ns=START_NS + round(taken_s * 1e9), stream_s=second, **known)  # type: ignore[arg-type]


def make_tracks(stamp: FrameStamp, boxes: Sequence[Box] = (), ended: Iterable[int] = ()) -> Tracks:
    px = SIZE_PX[0] / WIDTH_M
    rows = []
    for box in boxes:
        x, y, (width, height) = box.foot_m[0] * px, box.foot_m[1] * px, box.box_wh_px
        rows.append([x - width / 2, y - height, x + width / 2, y])
    return Tracks(
        stamp,
        np.array([box.track_id for box in boxes], np.int64),
        np.array(rows, np.float32).reshape(-1, 4),
        np.array([box.confidence for box in boxes], np.float32),
        np.array([box.road_user for box in boxes], np.int16),
        np.array([box.confirmed for box in boxes], np.bool_),
        np.array(list(ended), np.int64),
    )


def make_frame(
    second: float,
    *,
    people: int = 0,
    cars: int = 0,
    saturated: bool = False,
    boxes: Sequence[Box] = (),
    crossings: Sequence[LineCrossing] = (),
    state: CameraState = CameraState.ONLINE,
    reliable: bool = True,
    **stamp,
) -> EventFrame:
    counts = dict.fromkeys(RoadUser, 0) | {RoadUser.PEDESTRIAN: people, RoadUser.CAR: cars}
    occupancy = (ZoneOccupancy("square", counts, people / 800, saturated),)
    tracks = make_tracks(make_stamp(second, **stamp), boxes)
    return EventFrame(tracks, tuple(crossings), occupancy, state, reliable)


def make_rule(kind: RuleKind = RuleKind.OVERCROWDING, threshold: float = 10, unit: str = "1", **more) -> EventRule:
    known = {"name": "full", "place": "square", "hold_s": 2.0, "cool_down_s": 3.0} | more
    return EventRule(kind=kind, threshold=threshold, unit=unit, **known)  # type: ignore[arg-type]


def run_frames(rules: EventRules, frames: Iterable[EventFrame]) -> list[PlaceEvent]:
    return [event for frame in frames for event in rules.update(frame)]


@pytest.fixture(scope="session")
def frame() -> Callable[..., EventFrame]:
    return make_frame


@pytest.fixture(scope="session")
def rule() -> Callable[..., EventRule]:
    return make_rule


@pytest.fixture(scope="session")
def run() -> Callable[[EventRules, Iterable[EventFrame]], list[PlaceEvent]]:
    return run_frames


@pytest.fixture(scope="session")
def layout() -> Layout:
    return LAYOUT


@pytest.fixture(scope="session")
def box() -> type[Box]:
    return Box
