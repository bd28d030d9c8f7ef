"""Short films of boxes, made by hand: the measures' tests need no picture."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from passerby.domain.frames import FrameStamp
from passerby.domain.layout import Line, Zone
from passerby.domain.road_user import RoadUser
from passerby.domain.tracks import Tracks
from passerby.measure.line_counter import LineCounter, SlotCrossing
from passerby.measure.slots import TrackSlots

SIZE_PX = (1000, 500)
Foot = tuple[float, float]


@dataclass(frozen=True)
class Walk:
    """One track: a foot point in px of a 1000x500 picture for each frame from `first`, None where it is hidden."""

    track_id: int
    feet: Sequence[Foot | None]
    first: int = 0
    box_wh_px: Foot = (20.0, 50.0)
    confirmed_from: int = 0
    road_users: Sequence[RoadUser] = (RoadUser.PEDESTRIAN,)
    ends: bool = True


def make_film(
    *walks: Walk,
    fps: float = 10.0,
    scale: float = 1.0,
    frames: int | None = None,
    start_ns: int = 0,
    mirrored: bool = False,
) -> list[Tracks]:
    """A `Tracks` for each frame; a walk that ends is named in `ended` one frame after its last foot point."""
    length = frames or max(walk.first + len(walk.feet) for walk in walks) + 1
    return [_frame(walks, number, fps, scale, start_ns, mirrored) for number in range(length)]


def _frame(walks: Sequence[Walk], number: int, fps: float, scale: float, start_ns: int, mirrored: bool) -> Tracks:
    rows: list[tuple[int, list[float], RoadUser, bool]] = []
    ended: list[int] = []
    for walk in walks:
        step = number - walk.first
        if step == len(walk.feet) and walk.ends:
            ended.append(walk.track_id)
        foot = walk.feet[step] if 0 <= step < len(walk.feet) else None
        if foot is None:
            continue
        x, y = (SIZE_PX[0] - foot[0] if mirrored else foot[0]), foot[1]
        width, height = walk.box_wh_px
        road_user = walk.road_users[min(step, len(walk.road_users) - 1)]
        rows.append(
            (walk.track_id, [x - width / 2, y - height, x + width / 2, y], road_user, step >= walk.confirmed_from)
        )
    time_ns = start_ns + round(number / fps * 1e9)
    size_px = (round(SIZE_PX[0] * scale), round(SIZE_PX[1] * scale))
    return Tracks(
        FrameStamp("cam", number, time_ns, number / fps, size_px),
        np.array([row[0] for row in rows], np.int64),
        (np.array([row[1] for row in rows], np.float64).reshape(-1, 4) * scale).astype(np.float32),
        np.ones(len(rows), np.float32),
        np.array([row[2] for row in rows], np.int16),
        np.array([row[3] for row in rows], np.bool_),
        np.array(ended, np.int64),
    )


def make_line(name: str, start_px: Foot, end_px: Foot, **more: object) -> Line:
    """A line given in px of the 1000x500 picture."""
    points = np.array([start_px, end_px], np.float64) / SIZE_PX
    return Line(name, points.astype(np.float32), **more)  # type: ignore[arg-type]


def make_zone(name: str, *corners_px: Foot, **more: object) -> Zone:
    """A zone given in px of the 1000x500 picture."""
    return Zone(name, (np.array(corners_px, np.float64) / SIZE_PX).astype(np.float32), **more)  # type: ignore[arg-type]


def count_film(lines: Sequence[Line], film: Sequence[Tracks], **settings: object) -> list[SlotCrossing]:
    """All crossings of a film, in the order in which they became certain."""
    slots, counter = TrackSlots(), LineCounter(tuple(lines), **settings)  # type: ignore[arg-type]
    found = [crossing for tracks in film for crossing in counter.update(slots.update(tracks))]
    return [*found, *counter.finish()]


@pytest.fixture(scope="session")
def walk() -> type[Walk]:
    return Walk


@pytest.fixture(scope="session")
def film() -> Callable[..., list[Tracks]]:
    return make_film


@pytest.fixture(scope="session")
def line() -> Callable[..., Line]:
    return make_line


@pytest.fixture(scope="session")
def zone() -> Callable[..., Zone]:
    return make_zone


@pytest.fixture(scope="session")
def count() -> Callable[..., list[SlotCrossing]]:
    return count_film
