"""Tracks of made road users: walkers and cars on straight ways, with the noise that real boxes have."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.domain.detections import Detections
from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.events import Direction
from passerby.domain.frames import FrameStamp
from passerby.domain.layout import GroundPlane, Layout, Line, Zone
from passerby.domain.near_misses import NearMissMeasure
from passerby.domain.road_user import RoadUser
from passerby.domain.tracks import Tracks
from passerby.units import NS_PER_S

SIZE_PX = (1280, 720)
START_NS = 1_700_000_000 * NS_PER_S
GROUND = GroundPlane(
    np.array([[40.0, 0, 0], [0, 30.0, 0], [0, 0, 1]]), 0.1, np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
)
"""Seen from above: 40 m by 30 m."""

LAYOUT = Layout(
    (Line("gate", np.array([[0.5, 0.05], [0.5, 0.95]], np.float32)),),
    (
        Zone("square", np.array([[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]], np.float32)),
        Zone("pavement", np.array([[0.1, 0.6], [0.9, 0.6], [0.9, 0.9], [0.1, 0.9]], np.float32)),
    ),
    (),
    GROUND,
    NearMissMeasure(),
)


CAR_LANE = 0.4
"""How far down cars drive, as a share of the picture."""


def all_rules(closed: str = "square") -> tuple[EventRule, ...]:
    """One rule of every kind that a camera watches, with thresholds that a quiet street keeps.

    Args:
        closed: the zone that is closed to vehicles.
    """
    zone, gate, allowed = "square", "gate", Direction.BACKWARD
    return (
        EventRule("crowded", RuleKind.OVERCROWDING, zone, 0.5, "m-2"),
        EventRule("dense", RuleKind.DENSEST_AREA, zone, 2.0, "m-2"),
        EventRule("rising", RuleKind.CROWD_RISING, zone, 30, "/min"),
        EventRule("counter", RuleKind.COUNTER_FLOW, gate, 0.8, "1", direction=allowed),
        EventRule("vehicle", RuleKind.VEHICLE_IN_ZONE, closed, 1, "1"),
        EventRule("wrong", RuleKind.WRONG_WAY, gate, 1, "1", direction=allowed),
        EventRule("stopped", RuleKind.STOPPED_VEHICLE, zone, 20, "s"),
        EventRule("queue", RuleKind.QUEUE, zone, 15, "m"),
        EventRule("in_the_way", RuleKind.OBSTACLE, zone, 20, "s"),
        EventRule("fast", RuleKind.SPEEDS, gate, 14, "m/s"),
        EventRule("near", RuleKind.NEAR_MISSES, zone, 30, "/h"),
        EventRule("full", RuleKind.SATURATED, zone, 1, "1"),
        EventRule("camera", RuleKind.CAMERA_STATE, "", 30, "s"),
    )


@dataclass(frozen=True, slots=True)
class Street:
    """What is to be seen.

    Attributes:
        walkers, cars: how many at a time; cars go the allowed way, one behind the other on one lane, which walkers keep
            off where there are cars.
        noise_px: standard deviation of each side of a box.
        ghosts: share of the frames with a box where nothing is; one in fifty lasts long enough to be a track.
        shake_px: standard deviation of a movement of all boxes together.
        fps: frames a second.
    """

    walkers: int = 8
    cars: int = 0
    noise_px: float = 1.5
    ghosts: float = 0.0
    shake_px: float = 0.0
    fps: float = 5.0

    def frames(self, seconds: float, rng: np.random.Generator, start_s: float = 0.0) -> Iterator[Tracks]:
        """Returns the tracks of each frame; an id is never used again."""
        number = self.walkers + self.cars
        cars = np.arange(number) >= self.walkers
        place, pace = _entries(cars, rng, self.cars > 0, inside=True)
        ids = np.arange(number)
        ghost, ghost_left, next_id = np.zeros(4), 0, number
        for frame in range(round(seconds * self.fps)):
            place = place + pace / self.fps
            gone = (place < -0.05).any(axis=1) | (place > 1.05).any(axis=1)
            ended = ids[gone]
            if gone.any():
                place[gone], pace[gone] = _entries(cars[gone], rng, self.cars > 0, inside=False)
                ids[gone] = next_id + np.arange(int(gone.sum()))
                next_id += int(gone.sum())
            boxes = _boxes(place, cars) + rng.normal(0, self.noise_px, (number, 4)) + rng.normal(0, self.shake_px)
            if ghost_left == 0 and rng.random() < self.ghosts:
                ghost, ghost_left, next_id = _ghost(rng), 1 + 8 * int(rng.random() < 0.02), next_id + 1
            seen = [boxes, ghost[None]] if ghost_left else [boxes]
            ghost_left = max(0, ghost_left - 1)
            yield _tracks(start_s + frame / self.fps, np.concatenate(seen), ids, cars, ended, next_id)

    def detections(self, seconds: float, rng: np.random.Generator) -> Iterator[Detections]:
        """Returns what a detector finds in each frame; a ghost is as sure as a detection needs to be."""
        for tracks in self.frames(seconds, rng):
            yield Detections(tracks.stamp, tracks.xyxy_px, tracks.confidence, tracks.road_user)


def _entries(
    cars: npt.NDArray[np.bool_], rng: np.random.Generator, lane: bool, *, inside: bool
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Places and paces as shares of the picture: walkers both ways, cars from the left to the right."""
    number = len(cars)
    right = cars | (rng.random(number) < 0.5)
    mps = np.where(cars, 9.0, rng.uniform(1.0, 1.7, number))
    across = rng.uniform(0, 1, number) if inside else np.where(right, 0.0, 1.0)
    if inside:
        across[cars] = (np.arange(int(cars.sum())) + 0.5) / max(1, int(cars.sum()))
    place = np.column_stack([across, np.where(cars, CAR_LANE, rng.uniform(0.65 if lane else 0.15, 0.9, number))])
    pace = np.column_stack(
        [np.where(right, 1, -1) * mps / 40, np.where(cars | lane, 0, rng.normal(0, 0.2 / 30, number))]
    )
    return place, pace


def _boxes(place: npt.NDArray[np.float64], cars: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    foot = place * SIZE_PX
    half, height = np.where(cars, 70.0, 10.0), np.where(cars, 60.0, 45.0)
    return np.column_stack([foot[:, 0] - half, foot[:, 1] - height, foot[:, 0] + half, foot[:, 1]])


def _ghost(rng: np.random.Generator) -> npt.NDArray[np.float64]:
    left, top = rng.uniform(0, 0.9, 2) * SIZE_PX
    return np.array([left, top, left + rng.uniform(15, 120), top + rng.uniform(30, 100)])


def _tracks(
    second: float,
    boxes: npt.NDArray[np.float64],
    ids: npt.NDArray[np.int64],
    cars: npt.NDArray[np.bool_],
    ended: npt.NDArray[np.int64],
    ghost_id: int,
) -> Tracks:
    ghosts = len(boxes) - len(ids)
    users = np.concatenate([np.where(cars, RoadUser.CAR, RoadUser.PEDESTRIAN), np.full(ghosts, RoadUser.CAR)])
    stamp = FrameStamp("made", round(second * 10), START_NS + round(second * NS_PER_S), second, SIZE_PX)
    return Tracks(
        stamp,
        np.concatenate([ids, np.full(ghosts, ghost_id + 1_000_000)]).astype(np.int64),
        boxes.astype(np.float32),
        np.full(len(boxes), 0.7, np.float32),
        users.astype(np.int16),
        np.ones(len(boxes), np.bool_),
        ended.astype(np.int64),
    )
