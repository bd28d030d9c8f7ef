"""Vehicles in zones: driving through, stopping, crawling, left behind, and queueing.

Where a recording shows people, walkers become vehicles; where it shows traffic, its own vehicles are changed.
"""

from collections.abc import Sequence
from dataclasses import astuple

import numpy as np
import numpy.typing as npt

from benchmarks.events.cases.places import UPPER_EDGE, inside_clearly, somewhere, with_zone, zone_at
from benchmarks.events.changes import as_car, as_class, braked, held, walked
from benchmarks.events.truth import FOREVER_S, Case, case_of
from benchmarks.events.world import Floats, Way, World, there_and_back
from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.layout import Zone
from passerby.domain.road_user import RoadUser
from passerby.events.kinds.queues import GAP_M, GAP_SIZES, SLOW_MPS, SLOW_SIZES

LENGTH_S = 24.0
MOTOR_VEHICLES = (RoadUser.CAR, RoadUser.MOTORCYCLE, RoadUser.BUS, RoadUser.TRUCK)
VEHICLES = (RoadUser.BICYCLE, *MOTOR_VEHICLES)
NEAR, FAR = 0.12, 0.4
"""Vehicle sizes: what stays within the smaller stands still for certain, what leaves the larger does not."""


def vehicle_in_zone(base: World, rng: np.random.Generator) -> Case | None:
    """Vehicles drive through a zone that is closed to them, or beside it, or stay in it for a while."""
    world = there_and_back(base, LENGTH_S, int(rng.integers(base.frames)))
    way = _changed(world, rng, least=5)
    if way is None:
        return None
    start = int(rng.integers(way.first, way.end))
    vehicle = held(way, start, int(rng.integers(0, world.frame_at(12.0)))) if rng.random() < 0.5 else way
    others = _others(world, way)
    world = world.with_ways([*others, vehicle])
    place = vehicle.foot_px[int(rng.integers(len(vehicle)))] / world.size_px
    zone = zone_at(place if rng.random() < 0.7 else somewhere(world, rng), rng.uniform(0.06, 0.3), rng)
    rule = EventRule("rule", RuleKind.VEHICLE_IN_ZONE, "zone", 1.0, "1", float(rng.choice([2.0, 4.0, 8.0])), FOREVER_S)
    cars = [each for each in world.ways if each.user in MOTOR_VEHICLES]
    now, surely, perhaps = (who.sum(axis=0).astype(np.float64) for who in astuple(inside_clearly(world, zone, cars)))
    return case_of(rule, with_zone(world, zone), world, now, (surely, perhaps))


def stopped_vehicle(base: World, rng: np.random.Generator) -> Case | None:
    """A vehicle stops for less or more than the threshold, crawls, or stops and goes."""
    user = MOTOR_VEHICLES[int(rng.integers(len(MOTOR_VEHICLES)))]
    return _standing(RuleKind.STOPPED_VEHICLE, user, base, rng)


def obstacle(base: World, rng: np.random.Generator) -> Case | None:
    """A bicycle or another vehicle is left in the way, or a person stands there, which is no obstacle."""
    user = VEHICLES[int(rng.integers(len(VEHICLES)))] if rng.random() < 0.75 else RoadUser.PEDESTRIAN
    return _standing(RuleKind.OBSTACLE, user, base, rng)


def _standing(kind: RuleKind, user: RoadUser, base: World, rng: np.random.Generator) -> Case | None:
    world = there_and_back(base, LENGTH_S, int(rng.integers(base.frames)))
    way = _changed(world, rng, least=10, user=user)
    if way is None:
        return None
    threshold_s = float(rng.uniform(4.0, 7.0))
    frames = world.frame_at(threshold_s * np.exp(rng.uniform(np.log(0.4), np.log(2.5))))
    start = int(rng.integers(way.first + 3, way.end - 3))
    how = rng.choice(["stops", "stops", "stops", "stops and goes", "crawls"])
    if how == "stops":
        vehicle = held(way, start, frames)
    elif how == "stops and goes":
        vehicle = held(
            held(way, start, frames // 2), min(start + frames // 2 + 5, way.end + frames // 2 - 2), frames // 2
        )
    else:
        pace = rng.uniform(0.1, 0.6)
        moments = np.arange(start - way.first, len(way) - 1, pace)
        vehicle = walked(way, moments, start)
    world = world.with_ways([*_others(world, way), vehicle])
    stop01 = way.foot_px[start - way.first] / world.size_px
    beside = rng.random() < 0.15
    zone = zone_at(somewhere(world, rng) if beside else stop01, rng.uniform(0.08, 0.25), rng)
    rule = EventRule("rule", kind, "zone", threshold_s, "s", cool_down_s=FOREVER_S)
    kinds = MOTOR_VEHICLES if kind is RuleKind.STOPPED_VEHICLE else VEHICLES
    vehicles = [each for each in world.ways if each.user in kinds]
    who = inside_clearly(world, zone, vehicles)
    near, far = _longest_stand_s(world, vehicles, who.surely, NEAR), _longest_stand_s(world, vehicles, who.perhaps, FAR)
    return case_of(rule, with_zone(world, zone), world, near, (near, far))


def queue(base: World, rng: np.random.Generator) -> Case | None:
    """Vehicles drive one behind the other and pile up, stand for a while and drive on; or never stop."""
    source = base.ways[int(rng.integers(len(base.ways)))]
    if len(source) < 15:
        return None
    way = as_car(source) if base.labelled else as_class(source, RoadUser.CAR)
    in_metres = base.ground is not None and rng.random() < 0.5
    on_ground = base.ground is not None
    feet = base.feet_m([way])[0][way.first : way.end] if on_ground else way.foot_px
    if not np.isfinite(feet).all():
        return None
    steps = np.hypot(*np.diff(feet, axis=0).T) / (1.0 if on_ground else way.size_px[1:])
    arc = np.concatenate([[0.0], np.cumsum(steps)])
    length = 4.5 if on_ground else 0.0
    joined = (length + 1.5, length + 6.0) if on_ground else (0.8, 1.2)
    apart = (length + 11.0, length + 14.0) if on_ground else (2.0, 2.6)
    gaps = [rng.uniform(*(joined if rng.random() < 0.85 else apart)) for _ in range(int(rng.integers(1, 8)))]
    stops_at = rng.uniform(0.8, 1.0) * arc[-1] - np.concatenate([[0.0], np.cumsum(gaps)])
    moments = np.interp(stops_at[stops_at > 0.1 * arc[-1]], arc, np.arange(len(arc)))
    if len(moments) < 2:
        return None
    world = there_and_back(base, LENGTH_S)
    start_s, stand_s = rng.uniform(4.0, 6.0), rng.uniform(2.0, 16.0)
    pace = rng.uniform(3.0, 5.0) if base.labelled else rng.uniform(0.6, 1.2)  # walkers are slower than cars
    stops = rng.random() < 0.85
    vehicles, whens = [], np.empty((len(moments), world.frames))
    for number, moment in enumerate(moments.tolist()):
        arrives = world.frame_at(start_s + number * rng.uniform(1.0, 2.0))
        leaves = arrives + (world.frame_at(stand_s) if stops else 0)
        frames = np.arange(world.frames)
        at = braked(moment + pace * np.where(frames < arrives, frames - arrives, np.maximum(0, frames - leaves)))
        there = np.flatnonzero((at >= 0) & (at <= len(way) - 1))
        if not len(there):
            return None  # the film ends before it comes
        vehicles.append(walked(way, at[there].astype(np.float64), int(there[0])))
        whens[number] = at
    others = [each for each in world.ways if each.user is RoadUser.PEDESTRIAN]
    world = world.with_ways([*others, *vehicles])
    zone = Zone("zone", np.array([[0.0, UPPER_EDGE], [1.0, UPPER_EDGE], [1.0, 1.0], [0.0, 1.0]], np.float32))
    spots = np.interp(whens, np.arange(len(arc)), arc)
    places = np.stack([np.interp(whens, np.arange(len(arc)), feet[:, axis]) for axis in range(2)], axis=-1)
    pace_s = np.abs(np.gradient(spots, axis=1)) * world.fps
    slow = SLOW_MPS if on_ground else SLOW_SIZES
    gap = length + GAP_M if on_ground else GAP_SIZES
    who = inside_clearly(world, zone, world.ways[len(others) :])
    values, least, most = (
        np.array(
            [
                _chain(spots[now, frame], places[now, frame], joining, length if in_metres else None)
                for frame, now in enumerate((there & (pace_s < below)).T)
            ]
        )
        for there, below, joining in (
            (who.now, slow, gap),
            (who.surely, slow / 2, joined[1] + 0.01),
            (who.perhaps, slow * 2, apart[0] - 0.01),
        )
    )
    unit = "m" if in_metres else "1"
    threshold = values.max() / np.exp(rng.uniform(-0.8, 0.8))
    threshold = float(threshold) if in_metres else float(max(1, round(threshold)))
    if threshold <= 0:
        threshold = float(2 if not in_metres else 9.0)
    rule = EventRule("rule", RuleKind.QUEUE, "zone", threshold, unit, float(rng.choice([3.0, 5.0, 8.0])), FOREVER_S)
    return case_of(rule, with_zone(world, zone), world, values, (least, most))


def _chain(spots: Floats, places: Floats, joined: float, length: float | None) -> float:
    """Number of vehicles of the longest chain, or its length in metres.

    Args:
        spots: float64 (N,), how far along their way the vehicles are.
        places: float64 (N, 2), where.
        joined: the longest gap from one to the next of a chain.
        length: of a vehicle; None for the number.
    """
    if not len(spots):
        return 0.0
    order = np.argsort(spots)
    chains = np.split(order, np.flatnonzero(np.diff(spots[order]) > joined) + 1)
    if length is None:
        return float(max(len(each) for each in chains))
    across = [np.hypot(*np.moveaxis(places[each][:, None] - places[each][None], 2, 0)).max() for each in chains]
    return float(max(across)) + length


def _changed(world: World, rng: np.random.Generator, *, least: int, user: RoadUser | None = None) -> Way | None:
    """Returns one of the ways as a vehicle; None for one that is too short."""
    if not world.ways:
        return None
    way = world.ways[int(rng.integers(len(world.ways)))]
    if len(way) < least:
        return None
    chosen = RoadUser.CAR if user is None else user
    if not world.labelled or chosen in (RoadUser.PEDESTRIAN, RoadUser.BICYCLE, RoadUser.MOTORCYCLE):
        return as_class(way, chosen)
    return as_car(way, chosen)


def _others(world: World, way: Way) -> list[Way]:
    """All others but the one that a way was made of."""
    return [each for each in world.ways if not (each.first == way.first and len(each) == len(way) and _same(each, way))]


def _same(one: Way, other: Way) -> bool:
    return bool(np.allclose(one.foot_px, other.foot_px))


def _longest_stand_s(world: World, ways: Sequence[Way], there: npt.NDArray[np.bool_], reach: float) -> Floats:
    """Seconds for which the vehicle that has stood longest in a zone has not left a circle round where it stands.

    Args:
        world: the film.
        ways: the vehicles.
        there: bool (W, F), which of them is in the zone when.
        reach: the circle's radius in vehicle sizes.
    """
    values = np.zeros(world.frames)
    for way, here in zip(ways, there, strict=True):
        foot, since = way.foot_px, 0
        for moment in range(len(way)):
            frame = way.first + moment
            if not here[frame]:
                since = moment + 1
                continue
            away = np.hypot(*(foot[since : moment + 1] - foot[moment]).T) > reach * way.size_px[moment]
            if away.any():
                since += int(np.flatnonzero(away)[-1]) + 1
            values[frame] = max(values[frame], (moment - since) / world.fps)
    return values
