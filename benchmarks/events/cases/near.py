"""Near misses: a bicycle or a car goes straight over a walker's way, shortly before or after the walker or not."""

from dataclasses import dataclass

import numpy as np

from benchmarks.events.truth import FOREVER_S, Case
from benchmarks.events.world import Floats, Way, World, there_and_back
from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.layout import GroundPlane, Layout, Zone
from passerby.domain.near_misses import NearMissMeasure
from passerby.domain.road_user import RoadUser
from passerby.geometry.homography import apply_homography

LENGTH_S = 36.0
FIRST_S, EVERY_S = 8.0, 9.0
RATE = 6.0
"""What a near miss adds to the rate of the first ten minutes, an hour."""

SETTLED_S = 5.0
"""The longest post-encroachment time: until then an encounter may still come to have one, and is not over, unless both
have gone apart. From the least time to collision until then an event is early, not wrong."""

TTC_S, PET_S = 1.5, 5.0
CLEAR = 0.35
"""Share by which both times must differ from their limits for an encounter to be clear: a second look is needed, and a
speed is taken over more than a second."""

STEP_S = 0.05
SIZE_M = {RoadUser.BICYCLE: (1.8, 0.6), RoadUser.CAR: (4.5, 1.8)}
RADIUS_M = 0.25
OFF_M = 0.4
"""A foot point is known to so much (docs/explanation/accuracy.md): who passes nearer may have been in the way."""

LEAST_ROWS = 10
"""Frames that a walker is there at least for a vehicle to be found as well or as badly."""

EVERYWHERE = Zone("zone", np.array([[0.0, 0.05], [1.0, 0.05], [1.0, 1.0], [0.0, 1.0]], np.float32))


@dataclass(frozen=True, slots=True)
class Truth:
    """The least times of an encounter, by steps of 0.05 s, infinite where there is none; and when the first was."""

    ttc_s: float
    pet_s: float
    at_s: float = 0.0

    @property
    def near_miss(self) -> bool | None:
        """None where it is not clear."""
        if self.ttc_s <= TTC_S * (1 - CLEAR) and 0.0 < self.pet_s <= PET_S * (1 - CLEAR):
            return True
        far = self.ttc_s > TTC_S * (1 + CLEAR) or PET_S * (1 + CLEAR) < self.pet_s < np.inf
        return False if far else None


def near_misses(base: World, rng: np.random.Generator) -> Case | None:
    """Up to four vehicles, one after the other, each over some walker's way; the rate is of those that came near."""
    world = there_and_back(base, LENGTH_S, int(rng.integers(base.frames)))
    if world.ground is None:
        return None
    walkers = [way for way in world.ways if way.user is RoadUser.PEDESTRIAN]
    feet = world.feet_m(walkers)
    missed_s: list[float] = []
    vehicles: list[Way] = []
    before: list[tuple[_Straight, RoadUser]] = []
    for number in range(int(rng.integers(1, 4))):
        user = RoadUser.BICYCLE if rng.random() < 0.5 else RoadUser.CAR
        at_s = FIRST_S + EVERY_S * number
        vehicle = _crossing(world, walkers, feet, at_s, rng)
        if vehicle is None or any(_may_meet(world, (vehicle, user), each) for each in before):
            return None
        before.append((vehicle, user))
        for foot in feet:
            near_miss, at_s = _clearly(world, foot, vehicle, user)
            if near_miss is None:
                return None
            missed_s += [at_s] * near_miss
        vehicles.append(_boxes(world, vehicle, user, walkers, rng))
    threshold = RATE * int(rng.integers(1, 3)) - RATE / 2
    rule = EventRule("rule", RuleKind.NEAR_MISSES, "zone", threshold, "/h", 0.0, FOREVER_S)
    needed = int(np.ceil(threshold / RATE))
    due_s = sorted(missed_s)[needed - 1] + SETTLED_S if len(missed_s) >= needed else None
    return Case(
        rule,
        Layout((), (EVERYWHERE,), (), world.ground, NearMissMeasure()),
        world.with_ways([*world.ways, *vehicles]),
        due_s,
        SETTLED_S,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Straight:
    """A straight way: where it is at a second, how fast, and from when until when it is in the picture."""

    at_s: float
    place_m: Floats
    velocity_mps: Floats
    frames: np.ndarray


def _crossing(
    world: World, walkers: list[Way], feet: Floats, at_s: float, rng: np.random.Generator
) -> _Straight | None:
    """A straight way over some walker's place, up to nine seconds before or after the walker was there."""
    frame = world.frame_at(at_s)
    here = [row for row in range(len(walkers)) if np.isfinite(feet[row, frame - 5 : frame + 6]).all()]
    if not here:
        return None
    row = here[int(rng.integers(len(here)))]
    pace = (feet[row, frame + 5] - feet[row, frame - 5]) / (10 / world.fps)
    if np.hypot(*pace) < 0.7:
        return None
    angle = np.arctan2(pace[1], pace[0]) + rng.choice([-1, 1]) * np.radians(rng.uniform(60, 120))
    velocity = rng.uniform(3.0, 7.0) * np.array([np.cos(angle), np.sin(angle)])
    lag_s = rng.choice([-1, 1]) * (rng.uniform(0.2, 1.2) if rng.random() < 0.6 else rng.uniform(2.5, 9.0))
    # Its middle is where the walker is, so much earlier or later.
    way = _Straight(at_s + lag_s, feet[row, frame], velocity, np.empty(0, np.intp))
    frames = np.arange(world.frames)
    places = way.place_m + (frames[:, None] / world.fps - way.at_s) * velocity
    foot01 = _picture01(world.ground, places)
    inside = ((foot01 > 0.02) & (foot01 < 0.98)).all(axis=1) & (np.abs(frames / world.fps - way.at_s) < 6.0)
    seen = frames[inside]
    if len(seen) < 8 or len(seen) != seen[-1] - seen[0] + 1 or not seen[0] <= way.at_s * world.fps <= seen[-1]:
        return None
    return _Straight(way.at_s, way.place_m, velocity, seen)


def _may_meet(world: World, one: tuple[_Straight, RoadUser], other: tuple[_Straight, RoadUser]) -> bool:
    """Whether two vehicles may be on a collision course with each other, or nearly: that near miss is in no truth."""
    reach_m = sum(np.hypot(*SIZE_M[user]) / 2 + OFF_M for _, user in (one, other))
    frames = np.intersect1d(one[0].frames, other[0].frames)
    here = [way.place_m + (frames[:, None] / world.fps - way.at_s) * way.velocity_mps for way, _ in (one, other)]
    ahead_s = np.arange(0.0, TTC_S * (1 + CLEAR) + STEP_S, STEP_S)
    by_mps = one[0].velocity_mps - other[0].velocity_mps
    gap_m = (here[0] - here[1])[:, None] + ahead_s[None, :, None] * by_mps
    return bool((np.hypot(*np.moveaxis(gap_m, -1, 0)) <= reach_m).any())


def _clearly(world: World, foot_m: Floats, vehicle: _Straight, user: RoadUser) -> tuple[bool | None, float]:
    """Whether both came to a near miss and when; None where feet that are off by `OFF_M` would change that."""
    most = _truth(world, foot_m, vehicle, user, OFF_M)
    if not most.near_miss:
        return most.near_miss, most.at_s
    least = _truth(world, foot_m, vehicle, user, -OFF_M)
    return least.near_miss or None, least.at_s


def _truth(world: World, foot_m: Floats, vehicle: _Straight, user: RoadUser, off_m: float) -> Truth:
    """Both times by trying all moments: the walker a disc, the vehicle a rectangle along its way.

    Args:
        world: the film.
        foot_m: float64 (F, 2), the walker's feet.
        vehicle, user: the vehicle.
        off_m: so far apart they touch already; below 0 they touch only where they overlap by so much.
    """
    first_s, last_s = vehicle.frames[0] / world.fps, vehicle.frames[-1] / world.fps
    known = np.flatnonzero(np.isfinite(foot_m[:, 0]))
    if len(known) < 3:
        return Truth(np.inf, np.inf)
    walk_s = np.arange(max(known[0] / world.fps, first_s - 8), min(known[-1] / world.fps, last_s + 8), STEP_S)
    ride_s = np.arange(first_s, last_s, STEP_S)
    if not len(walk_s):
        return Truth(np.inf, np.inf)
    walked = np.column_stack([np.interp(walk_s, known / world.fps, foot_m[known, axis]) for axis in range(2)])
    ridden = vehicle.place_m + (ride_s[:, None] - vehicle.at_s) * vehicle.velocity_mps
    touches = _touching(walked[:, None] - ridden[None], vehicle.velocity_mps, user, off_m)
    apart = np.abs(walk_s[:, None] - ride_s[None])
    pet_s = float(apart[touches].min()) if touches.any() else np.inf
    smooth = np.column_stack([_slopes(known / world.fps, foot_m[known, axis]) for axis in range(2)])
    pace = np.column_stack([np.interp(ride_s, known / world.fps, smooth[:, axis]) for axis in range(2)])
    together = (ride_s >= walk_s[0]) & (ride_s <= walk_s[-1])
    at = np.column_stack([np.interp(ride_s, known / world.fps, foot_m[known, axis]) for axis in range(2)])
    ahead_s = np.arange(0.0, 6.0, STEP_S)
    gap = (at - ridden)[:, None] + ahead_s[None, :, None] * (pace - vehicle.velocity_mps)[:, None]
    hits = _touching(gap, vehicle.velocity_mps, user, off_m) & together[:, None]
    # What touches already is no course any more.
    open_now = ~hits[:, 0]
    soon = np.where(hits.any(axis=1) & open_now, ahead_s[hits.argmax(axis=1)], np.inf)
    return Truth(float(soon.min()), pet_s, float(ride_s[soon.argmin()]))


def _picture01(ground: GroundPlane | None, places_m: Floats) -> Floats:
    """Where places on the ground are in the picture, as 0-1 of it."""
    if ground is None:
        raise ValueError("near misses need calibrated ground")
    return apply_homography(np.asarray(np.linalg.inv(ground.homography), np.float64), places_m)


def _near_edges(ground: GroundPlane | None, middles_m: Floats, velocity_mps: Floats, user: RoadUser) -> Floats:
    """Where rectangles round some places end towards the camera, in metres: there a box has its foot."""
    if ground is None:
        raise ValueError("near misses need calibrated ground")
    above = _picture01(ground, middles_m) - (0.0, 0.001)
    away = apply_homography(ground.homography, above) - middles_m
    away /= np.hypot(*away.T)[:, None]
    along = velocity_mps / np.hypot(*velocity_mps)
    length, width = SIZE_M[user]
    reach = (np.abs(away @ along) * length + np.abs(away @ np.array([-along[1], along[0]])) * width) / 2
    return np.asarray(middles_m - reach[:, None] * away)


def _slopes(times_s: Floats, values: Floats) -> Floats:
    """Speed over about a second round each moment."""
    ends = np.interp([times_s - 0.5, times_s + 0.5], times_s, values)
    spans = np.minimum(times_s + 0.5, times_s[-1]) - np.maximum(times_s - 0.5, times_s[0])
    return np.asarray((ends[1] - ends[0]) / np.maximum(spans, 1e-6))


def _touching(gap_m: Floats, velocity_mps: Floats, user: RoadUser, off_m: float) -> np.ndarray:
    """Whether a disc at some places from the middle of a rectangle touches it, or comes within `off_m`."""
    along = velocity_mps / np.hypot(*velocity_mps)
    across = np.array([-along[1], along[0]])
    beyond = np.abs(np.stack([gap_m @ along, gap_m @ across], axis=-1)) - np.array(SIZE_M[user]) / 2
    outside = np.hypot(*np.moveaxis(np.maximum(beyond, 0.0), -1, 0))
    return np.asarray(outside + np.minimum(beyond.max(axis=-1), 0.0) <= RADIUS_M + off_m)


def _boxes(world: World, vehicle: _Straight, user: RoadUser, walkers: list[Way], rng: np.random.Generator) -> Way:
    """Its boxes, as high as a walker's there; a detector errs on it as on one of the walkers."""
    places = vehicle.place_m + (vehicle.frames[:, None] / world.fps - vehicle.at_s) * vehicle.velocity_mps
    foot = _picture01(world.ground, _near_edges(world.ground, places, vehicle.velocity_mps, user)) * world.size_px
    feet = np.concatenate([way.foot_px for way in walkers])
    heights = np.concatenate([way.xyxy_px[:, 3] - way.xyxy_px[:, 1] for way in walkers])
    height = np.polyval(np.polyfit(feet[:, 1], heights, 1), foot[:, 1]).clip(heights.min(), heights.max())
    half = height * (0.75 if user is RoadUser.CAR else 0.35)
    box = np.column_stack([foot[:, 0] - half, foot[:, 1] - 0.9 * height, foot[:, 0] + half, foot[:, 1]])
    lengths = np.array([len(way) if len(way) >= LEAST_ROWS else 0 for way in walkers], np.float64)
    model = walkers[int(rng.choice(len(walkers), p=lengths / lengths.sum()))]
    there_and_back = np.concatenate([np.arange(len(model)), np.arange(len(model) - 2, 0, -1)])
    rows = np.resize(np.roll(there_and_back, int(rng.integers(len(model)))), len(box))
    seen_as = np.where(model.seen_as[rows] == model.user, user, model.seen_as[rows]).astype(np.int16)
    return Way(int(vehicle.frames[0]), box, user, model.off[rows], model.confidence[rows], seen_as)
