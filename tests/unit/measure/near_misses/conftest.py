"""Ways in closed form, the boxes that a camera would see of them, and both measures by small steps of time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest

from passerby.domain.frames import FrameStamp
from passerby.domain.layout import GroundPlane
from passerby.domain.road_user import RoadUser
from passerby.domain.tracks import Tracks
from passerby.measure.near_misses.encounters import Encounters, Met
from passerby.measure.slots import TrackSlots

SIZES_M = {RoadUser.PEDESTRIAN: (0.5, 0.5), RoadUser.BICYCLE: (1.8, 0.6), RoadUser.CAR: (4.5, 1.8)}
SIZE_PX = (4000, 4000)
WIDE_M = 400.0
GROUND = GroundPlane(
    np.array([[WIDE_M, 0, -WIDE_M / 2], [0, WIDE_M, -WIDE_M / 2], [0, 0, 1]]),
    0.05,
    np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32),
)
"""Seen from straight above: 400 m by 400 m, the origin in the middle, y down the picture."""

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Way:
    """A way with constant acceleration along it, straight or on an arc.

    Attributes:
        x, y, course: where it is at time 0, and which way it goes (radians).
        mps, mps2: speed then, and how it grows; it stops at 0.
        turn_per_m: curvature, to the left positive.
        since, until: seconds between which it is seen.
    """

    x: float
    y: float
    course: float
    mps: float
    mps2: float = 0.0
    turn_per_m: float = 0.0
    user: RoadUser = RoadUser.CAR
    since: float = -99.0
    until: float = 99.0

    def speed(self, t: Numbers) -> Numbers:
        return np.maximum(self.mps + self.mps2 * np.asarray(t), 0.0)

    def state(self, t: Numbers) -> tuple[Numbers, Numbers]:
        """Middles (N, 2) and unit vectors of the way (N, 2)."""
        t = np.atleast_1d(np.asarray(t, np.float64))
        held = np.minimum(t, -self.mps / self.mps2) if self.mps2 < 0 else t
        gone = self.mps * held + self.mps2 * held**2 / 2
        angle = self.course + self.turn_per_m * gone
        if abs(self.turn_per_m) < 1e-9:
            off = np.stack([np.cos(angle), np.sin(angle)], axis=1) * gone[:, None]
        else:
            off = (
                np.stack([np.sin(angle) - np.sin(self.course), np.cos(self.course) - np.cos(angle)], axis=1)
                / self.turn_per_m
            )
        return off + np.array([self.x, self.y]), np.stack([np.cos(angle), np.sin(angle)], axis=1)


def overlap(one: Way, a: Numbers, a_way: Numbers, other: Way, b: Numbers, b_way: Numbers) -> npt.NDArray[np.bool_]:
    """Whether footprints at (N, 2) overlap: corner and edge geometry that shares nothing with the product."""
    discs = [way.user is RoadUser.PEDESTRIAN for way in (one, other)]
    if all(discs):
        return np.asarray(np.hypot(*(a - b).T) <= 0.5)
    if any(discs):
        (box, at, way, point) = (one, a, a_way, b) if discs[1] else (other, b, b_way, a)
        length, width = SIZES_M[box.user]
        off = point - at
        forth = np.abs((off * way).sum(axis=1)) - length / 2
        aside = np.abs(off[:, 0] * way[:, 1] - off[:, 1] * way[:, 0]) - width / 2
        return np.asarray(np.hypot(np.maximum(forth, 0), np.maximum(aside, 0)) <= 0.25)
    corners = [_corners(way, at, along) for way, at, along in ((one, a, a_way), (other, b, b_way))]
    apart = np.zeros(len(a), np.bool_)
    for along in (a_way, b_way):
        for axis in (along, np.stack([-along[:, 1], along[:, 0]], axis=1)):
            spans = [np.einsum("nkc,nc->nk", each, axis) for each in corners]
            apart |= (spans[0].max(axis=1) < spans[1].min(axis=1)) | (spans[1].max(axis=1) < spans[0].min(axis=1))
    return ~apart


def _corners(way: Way, at: Numbers, along: Numbers) -> Numbers:
    length, width = SIZES_M[way.user]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    return np.stack([at + x * length / 2 * along + y * width / 2 * across for x in (-1, 1) for y in (-1, 1)], axis=1)


def stepped_ttc(one: Way, other: Way, t: Numbers, most_s: float = 5.0, step_s: float = 0.004) -> Numbers:
    """Seconds to a collision at each time, straight on; infinite beyond `most_s`, and where they overlap already."""
    ahead = np.arange(0, most_s + step_s, step_s)
    (a, a_way), (b, b_way) = one.state(t), other.state(t)
    rows = np.repeat(np.arange(len(t)), len(ahead))
    on = np.tile(ahead, len(t))[:, None]
    hit = overlap(
        one, a[rows] + a_way[rows] * one.speed(t)[rows, None] * on, a_way[rows],
        other, b[rows] + b_way[rows] * other.speed(t)[rows, None] * on, b_way[rows],
    ).reshape(len(t), len(ahead))  # fmt: skip
    first = np.where(hit.any(axis=1), ahead[hit.argmax(axis=1)], np.inf)
    return np.where(hit[:, 0], np.inf, first)


def stepped_pet(one: Way, other: Way, times: tuple[float, float], step_s: float = 0.02) -> float:
    """Least seconds between the first's leaving and the second's coming, over all moments; 0 where they met."""
    at = np.arange(*times, step_s)
    best = _least_shift(one, other, at, at)
    if not np.isfinite(best[0]) or best[0] < step_s:
        return best[0]
    fine = np.arange(-2 * step_s, 2 * step_s, step_s / 10)
    return _least_shift(one, other, best[1] + fine, best[2] + fine)[0]


def _least_shift(one: Way, other: Way, at: Numbers, bt: Numbers) -> tuple[float, float, float]:
    (a, a_way), (b, b_way) = one.state(at), other.state(bt)
    rows, columns = (each.ravel() for each in np.meshgrid(np.arange(len(at)), np.arange(len(bt)), indexing="ij"))
    near = np.hypot(*(a[rows] - b[columns]).T) < 6
    rows, columns = rows[near], columns[near]
    hit = overlap(one, a[rows], a_way[rows], other, b[columns], b_way[columns])
    rows, columns = rows[hit], columns[hit]
    if not len(rows):
        return np.inf, 0.0, 0.0
    shift = np.abs(at[rows] - bt[columns])
    least = int(shift.argmin())
    return float(shift[least]), float(at[rows[least]]), float(bt[columns[least]])


def seen(ways: Sequence[Way], fps: float, times: tuple[float, float], noise_m: float = 0.0) -> list[Tracks]:
    """The boxes of a camera above: the foot of each is at the near edge of the footprint."""
    rng = np.random.default_rng(5)
    film, before = [], np.empty(0, np.int64)
    for number in range(round((times[1] - times[0]) * fps) + 1):
        second = times[0] + number / fps
        rows = []
        for track_id, way in enumerate(ways):
            if not way.since <= second <= way.until:
                continue
            at, along = way.state(np.array([second]))
            length, width = SIZES_M[way.user]
            near = (
                0.0 if way.user is RoadUser.PEDESTRIAN else (abs(along[0, 1]) * length + abs(along[0, 0]) * width) / 2
            )
            foot = (at[0] + (0, near) + rng.normal(0, noise_m, 2) + WIDE_M / 2) / WIDE_M * SIZE_PX
            rows.append((track_id, [foot[0] - 9, foot[1] - 30, foot[0] + 9, foot[1]], way.user))
        ids = np.array([row[0] for row in rows], np.int64)
        stamp = FrameStamp("cam", number, round((second + 1000) * 1e9), second + 1000, SIZE_PX)
        film.append(
            Tracks(
                stamp, ids, np.array([row[1] for row in rows], np.float64).reshape(-1, 4).astype(np.float32),
                np.ones(len(rows), np.float32), np.array([row[2] for row in rows], np.int16),
                np.ones(len(rows), np.bool_), np.setdiff1d(before, ids),
            )
        )  # fmt: skip
        before = ids
    return film


def found(film: Sequence[Tracks], **more: object) -> list[Met]:
    known = {"ttc_s": 1.5, "pet_s": 5.0, "among_pedestrians": True} | more
    encounters, slots = Encounters(GROUND, frozenset(RoadUser), **known), TrackSlots()  # type: ignore[arg-type]
    return [each for tracks in film for each in encounters.update(slots.update(tracks))] + encounters.finish()


@pytest.fixture(scope="session")
def way() -> type[Way]:
    return Way


@pytest.fixture(scope="session")
def meet() -> Callable[..., list[Met]]:
    def encounters(*ways, times=(-6.0, 14.0), fps=10.0, noise_m=0.0, **more):
        return found(seen(ways, fps, times, noise_m), **more)

    return encounters


@pytest.fixture(scope="session")
def ttc_by_steps() -> Callable[..., Numbers]:
    return stepped_ttc


@pytest.fixture(scope="session")
def pet_by_steps() -> Callable[..., float]:
    return stepped_pet


@pytest.fixture(scope="session")
def ground() -> GroundPlane:
    return GROUND


@pytest.fixture(scope="session")
def film_of() -> Callable[..., list[Tracks]]:
    return seen
