"""Crowds: everyone there several times over, from some moment on and for a while."""

from collections.abc import Callable, Sequence
from dataclasses import astuple, replace

import numpy as np
import numpy.typing as npt

from benchmarks.events.cases.places import inside, inside_clearly, somewhere, with_zone, zone_at
from benchmarks.events.changes import moved, walked, with_other_errors
from benchmarks.events.truth import FOREVER_S, Case, case_of
from benchmarks.events.world import Floats, Way, World, hidden_ways, played, there_and_back
from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.layout import Zone
from passerby.domain.road_user import RoadUser
from passerby.geometry.ground import polygon_area_m2

LENGTH_S = 22.0
RISING_S = 100.0
DISC_M2 = 10.0
UNCERTAIN = 0.25
"""A count of a crowd is off by so much, also where a threshold is set by what the camera counts: whether a crowd passes
a threshold that is nearer is not known."""

FEWEST = 5
"""Fewer people in the zone are no crowd."""

COVERED = 0.28
"""The share to which people cover one another in a zone that is too full, as the rule's documentation says."""

MISSED = 2.0
"""A zone is too full by the truth where for each person who can be found there is another one who cannot: whom a nearer
true box hides, see `world.hidden`. What a detector or a rule makes of it does not enter."""

DENSEST = 60
"""Times that everyone comes at most where a zone is to be too full."""

ACROSS = 6
"""A box is looked at in so many points each way for how much of it is covered."""


def overcrowding(base: World, rng: np.random.Generator) -> Case | None:
    """More people in a zone than a number, or than a density where the ground is calibrated."""
    world, zone, crowd, other = _crowded(base, LENGTH_S, rng)
    each = [who.sum(axis=0).astype(np.float64) for who in astuple(inside_clearly(world, zone, world.ways))]
    unit = "1"
    area_m2 = polygon_area_m2(world.ground, zone.points) if world.ground is not None else None
    if area_m2 and rng.random() < 0.5:
        each, unit = [values / area_m2 for values in each], "m-2"
    return _case(RuleKind.OVERCROWDING, unit, world, zone, each, crowd, other, rng)


def densest_area(base: World, rng: np.random.Generator) -> Case | None:
    """More people for each square metre on the densest 10 m2."""
    world, zone, crowd, other = _crowded(base, LENGTH_S, rng)
    if world.ground is None or (polygon_area_m2(world.ground, zone.points) or 0.0) < DISC_M2:
        return None
    feet = world.feet_m(world.ways)
    each = []
    for who in astuple(inside_clearly(world, zone, world.ways)):
        standing = np.where(who[..., None], feet, np.nan)
        each.append(np.array([_most_in_disc(standing[:, frame]) for frame in range(world.frames)]) / DISC_M2)
    return _case(RuleKind.DENSEST_AREA, "m-2", world, zone, each, crowd, other, rng)


def crowd_rising(base: World, rng: np.random.Generator) -> Case | None:
    """So many more people in a zone than a minute ago; they come at once, or one by one.

    They come after 69 s: the rule has no value before it has watched a minute and six seconds.
    """
    world, zone, crowd, other = _crowded(base, RISING_S, rng, earliest_s=69.0)
    now, surely, perhaps = (
        who.sum(axis=0).astype(np.float64) for who in astuple(inside_clearly(world, zone, world.ways))
    )
    minute = world.frame_at(60.0)
    each = [np.full(world.frames, np.nan) for _ in range(3)]
    for values, late, early in zip(each, (now, surely, perhaps), (now, perhaps, surely), strict=True):
        values[minute:] = late[minute:] - early[:-minute]
    return _case(RuleKind.CROWD_RISING, "/min", world, zone, each, crowd, other, rng)


def saturated(base: World, rng: np.random.Generator) -> Case | None:
    """A zone whose people cover one another too far: by all boxes, of which none is hidden."""

    def covered(world: World, there: npt.NDArray[np.bool_]) -> Floats:
        return np.array([_cover(world, there[:, frame], frame) for frame in range(world.frames)]) / COVERED

    return _saturated(base, rng, covered)


def saturated_of_found(base: World, rng: np.random.Generator) -> Case | None:
    """A zone in which others hide half of the people, or more: who is hidden is not found."""

    def missed(world: World, there: npt.NDArray[np.bool_]) -> Floats:
        people = there.sum(axis=0)
        can_be_found = (there & ~hidden_ways(world, people >= FEWEST)).sum(axis=0)
        return np.where(people >= FEWEST, people / np.maximum(can_be_found, 1), 0.0) / MISSED

    return _saturated(base, rng, missed)


def _saturated(
    base: World, rng: np.random.Generator, full: Callable[[World, npt.NDArray[np.bool_]], Floats]
) -> Case | None:
    world, zone, *_ = _comes(base, LENGTH_S, rng, lambda: round(np.exp(rng.uniform(np.log(2), np.log(DENSEST)))))
    rule = EventRule("rule", RuleKind.SATURATED, "zone", 1.0, "1", hold_s=_hold_s(rng), cool_down_s=FOREVER_S)
    if not _area_px(zone, world.size_px):
        return None  # cut off at the upper edge to a line, which a site file refuses
    people = np.array([way.user is RoadUser.PEDESTRIAN for way in world.ways])
    values = full(world, inside(world, zone, world.ways) & people[:, None])
    least, most = (values * factor for factor in (1 - UNCERTAIN, 1 + UNCERTAIN))
    return case_of(rule, with_zone(world, zone), world, values, (least, most))


def _cover(world: World, there: npt.NDArray[np.bool_], frame: int) -> float:
    """The mean share of the boxes of those in a zone that nearer ones cover, by points in each; 0 of a few people."""
    if there.sum() < FEWEST:
        return 0.0
    here = np.flatnonzero([way.first <= frame < way.end for way in world.ways])
    boxes = np.array([world.ways[row].xyxy_px[frame - world.ways[row].first] for row in here])
    share = (np.arange(ACROSS) + 0.5) / ACROSS
    covered = []
    for box in boxes[there[here]]:
        nearer = boxes[boxes[:, 3] > box[3]]
        x, y = (box[side] + share[:, None] * (box[side + 2] - box[side]) for side in range(2))
        across, along = ((nearer[:, side] <= at) & (at <= nearer[:, side + 2]) for side, at in enumerate((x, y)))
        covered.append((across[:, None] & along[None]).any(axis=-1).mean())
    return float(np.mean(covered))


def _crowded(
    base: World, seconds: float, rng: np.random.Generator, *, earliest_s: float = 4.0
) -> tuple[World, Zone, slice, World]:
    """Returns a film in which a crowd comes into a zone for a while, the zone, and the frames of the crowd.

    And another one of the same place, of the other half of the recording, in which there is such a crowd all the time.
    """
    world, zone, crowd, other, times, stays = _comes(
        base, seconds, rng, lambda: int(rng.integers(2, 7)), earliest_s=earliest_s
    )
    counted = there_and_back(other, LENGTH_S)
    there = [way for way in counted.ways if way.user is RoadUser.PEDESTRIAN]
    copies = _copies(there, times, 0, counted.frames, 0, rng, stays=stays)
    return world, zone, crowd, counted.with_ways([*counted.ways, *copies])


def _comes(
    base: World,
    seconds: float,
    rng: np.random.Generator,
    how_often: Callable[[], int],
    *,
    earliest_s: float = 4.0,
) -> tuple[World, Zone, slice, World, int, bool]:
    """Returns a film in which a crowd comes into a zone for a while, the zone, and the frames of the crowd.

    And the other half of the recording, how many times everyone comes, and whether they stay.
    """
    halves = np.array_split(np.arange(base.frames), 2)
    first = int(rng.integers(2))
    half, other = (played(base, halves[number], seams=False) for number in (first, 1 - first))
    world = there_and_back(half, seconds, int(rng.integers(half.frames)))
    people = [way for way in world.ways if way.user is RoadUser.PEDESTRIAN]
    zone = zone_at(somewhere(world.with_ways(people), rng), rng.uniform(0.12, 0.4), rng)
    start = world.frame_at(rng.uniform(earliest_s, seconds - 12.0))
    end = start + world.frame_at(rng.uniform(2.0, 30.0))
    come_within = world.frame_at(rng.choice([0.0, 0.0, 4.0]))
    times, stays = how_often(), bool(rng.random() < 0.6)
    copies = _copies(people, times, start, end, come_within, rng, stays=stays)
    return world.with_ways([*world.ways, *copies]), zone, slice(start, end), other, times, stays


def _copies(
    people: Sequence[Way],
    times: int,
    start: int,
    end: int,
    come_within: int,
    rng: np.random.Generator,
    *,
    stays: bool,
) -> list[Way]:
    """Everyone again, a box's width or more to the side and a little before or behind, walking or standing."""
    copies = []
    for way in people:
        for _ in range(times):
            part = way.part(start + int(rng.integers(come_within + 1)), end)
            if part is None:
                continue
            width, height = part.xyxy_px[0, 2:] - part.xyxy_px[0, :2]
            aside = rng.choice([-1, 1]) * rng.uniform(1.0, 4.0) * width
            if stays:
                part = walked(part, np.zeros(end - part.first), part.first)
            part = moved(part, np.array([aside, rng.uniform(-0.4, 0.4) * height]))
            copies.append(with_other_errors(part, rng))
    return copies


def _case(
    kind: RuleKind,
    unit: str,
    world: World,
    zone: Zone,
    each: Sequence[Floats],
    crowd: slice,
    other: World,
    rng: np.random.Generator,
) -> Case | None:
    """A threshold between half and twice the middle value of the crowd's time.

    Args:
        kind, unit: the rule's.
        world: the film.
        zone: the zone.
        each: the values, and their least and greatest.
        crowd: the frames of the crowd.
        other: the film on which the camera's count is known.
        rng: chance.
    """
    values, least, most = each
    level = float(np.nanmedian(values[crowd])) if np.isfinite(values[crowd]).any() else 0.0
    threshold = level / np.exp(rng.uniform(-np.log(2), np.log(2)))
    threshold = float(max(1, round(threshold))) if unit in ("1", "/min") else threshold
    here = inside(world, zone, world.ways)[:, crowd].sum(axis=0)
    if level <= 0 or threshold <= 0 or not len(here) or np.median(here) < FEWEST:
        return None
    rule = EventRule("rule", kind, "zone", threshold, unit, hold_s=_hold_s(rng), cool_down_s=FOREVER_S)
    case = case_of(rule, with_zone(world, zone), world, values, (least, most), slack=UNCERTAIN)
    return None if case is None else replace(case, counted_on=other)


def _hold_s(rng: np.random.Generator) -> float:
    return float(rng.choice([3.0, 5.0, 8.0]))


def _most_in_disc(points_m: Floats) -> int:
    """The most points in a disc of 10 m2: one of the fullest has a point in its middle or two on its edge."""
    points = points_m[np.isfinite(points_m[:, 0])]
    if len(points) < 2:
        return len(points)
    radius = np.sqrt(DISC_M2 / np.pi)
    one, other = np.triu_indices(len(points), 1)
    between = points[other] - points[one]
    apart = np.hypot(*between.T)
    near = (apart < 2 * radius) & (apart > 1e-9)
    one, other, between, apart = one[near], other[near], between[near], apart[near]
    aside = np.column_stack([-between[:, 1], between[:, 0]]) / apart[:, None]
    aside *= np.sqrt(radius**2 - (apart / 2) ** 2)[:, None]
    middle = (points[one] + points[other]) / 2
    middles = np.concatenate([points, middle + aside, middle - aside])
    distances = np.hypot(*np.moveaxis(middles[:, None] - points[None], 2, 0))
    return int((distances <= radius * (1 + 1e-9)).sum(axis=1).max())


def _area_px(zone: Zone, size_px: tuple[int, int]) -> float:
    x, y = (zone.points * size_px).astype(np.float64).T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)
