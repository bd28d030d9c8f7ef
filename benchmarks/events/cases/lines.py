"""What goes over lines: vehicles against the direction, people against the direction, and fast traffic."""

from collections.abc import Callable

import numpy as np

from benchmarks.events.cases.places import Passage, line_over, passages, with_line
from benchmarks.events.changes import as_car, as_class, reversed_way, walked
from benchmarks.events.truth import FOREVER_S, SLACK_S, Case, case_of
from benchmarks.events.world import Floats, Way, World, again_and_again, there_and_back
from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.events import Direction
from passerby.domain.layout import Line
from passerby.domain.road_user import RoadUser

LENGTH_S = 14.0
FLOW_S = 60.0
WINDOW_S, LONGEST_S = 60.0, 300.0
DIRECTIONS = tuple(Direction)


def wrong_way(base: World, rng: np.random.Generator) -> Case | None:
    """A vehicle goes over a line, or past its end, or turns round before it, along the direction or against it."""
    world = there_and_back(base, LENGTH_S, int(rng.integers(base.frames)))
    row = int(rng.integers(len(world.ways)))
    way = world.ways[row]
    if len(way) < 12:
        return None
    line = line_over(world, way, int(rng.integers(3, len(way) - 3)), rng)
    vehicle = way
    if world.labelled:
        vehicle = as_class(way, RoadUser.BICYCLE) if rng.random() < 0.3 else as_car(way)
    if rng.random() < 0.5:
        vehicle = reversed_way(vehicle)
    world = world.with_ways([*world.ways[:row], vehicle, *world.ways[row + 1 :]])
    allowed = DIRECTIONS[int(rng.integers(len(DIRECTIONS)))]
    rule = EventRule("rule", RuleKind.WRONG_WAY, "line", 1.0, "1", cool_down_s=FOREVER_S, direction=allowed)
    vehicles = [each for each in world.ways if each.user is not RoadUser.PEDESTRIAN]
    over = passages(world, line, vehicles)
    if not all(each.clear for each in over):
        return None
    against = sorted(each.at_s for each in over if each.direction is not allowed)
    return Case(rule, with_line(world, line), world, against[0] if against else None)


def counter_flow(base: World, rng: np.random.Generator) -> Case | None:
    """From some moment on, some of the people go the other way."""
    world = again_and_again(base, FLOW_S)
    people = [way for way in world.ways if way.user is RoadUser.PEDESTRIAN]
    way = base.ways[int(rng.integers(len(base.ways)))]
    if len(way) < 12:
        return None
    line = line_over(base, way, int(rng.integers(3, len(way) - 3)), rng, 3.0)
    start, share = world.frame_at(rng.uniform(10.0, FLOW_S - 25.0)), rng.uniform(0.2, 1.0)
    turned = [reversed_way(each) if each.first >= start and rng.random() < share else each for each in people]
    world = world.with_ways(turned)
    over = passages(world, line, turned)
    allowed = DIRECTIONS[int(rng.integers(len(DIRECTIONS)))]
    min_count = int(rng.choice([4, 6, 8]))
    against = [(each, float(each.direction is not allowed)) for each in over]
    rule = EventRule(
        "rule", RuleKind.COUNTER_FLOW, "line", float(rng.uniform(0.2, 0.8)), "1",
        float(rng.choice([3.0, 5.0, 8.0])), FOREVER_S, direction=allowed, min_count=min_count,
    )  # fmt: skip
    return _flow_case(rule, world, line, against, lambda values: float(np.mean(values)))


def speeds(base: World, rng: np.random.Generator) -> Case | None:
    """All go by bicycle, and from some moment on faster."""
    if base.ground is None:
        return None
    world = again_and_again(base, FLOW_S)
    way = base.ways[int(rng.integers(len(base.ways)))]
    if len(way) < 12:
        return None
    line = line_over(base, way, int(rng.integers(3, len(way) - 3)), rng, 3.0)
    start, factor = world.frame_at(rng.uniform(10.0, FLOW_S - 25.0)), rng.uniform(1.0, 3.5)
    riders = [_paced(as_class(each, RoadUser.BICYCLE), factor if each.first >= start else 1.0) for each in world.ways]
    world = world.with_ways(riders)
    riders = list(world.ways)
    over = passages(world, line, riders)
    metres = world.feet_m(riders)
    timed = [(each, _speed_mps(world, metres[each.row], each.at_s)) for each in over]
    if any(np.isnan(mps) for _, mps in timed) or len(over) < 5:
        return None
    peak = float(np.percentile([mps for _, mps in timed], 85))
    rule = EventRule(
        "rule", RuleKind.SPEEDS, "line", peak / np.exp(rng.uniform(-0.6, 0.6)), "m/s",
        float(rng.choice([3.0, 5.0, 8.0])), FOREVER_S, min_count=int(rng.choice([5, 8])),
    )  # fmt: skip
    return _flow_case(rule, world, line, timed, lambda values: float(np.percentile(values, 85)))


def _flow_case(
    rule: EventRule, world: World, line: Line, passed: list[tuple[Passage, float]], of: Callable[[list[float]], float]
) -> Case | None:
    """A share or percentile of those who went over a line in a minute, or of the newest few of five.

    Whether those count who were near its ends, or just over it, must make no difference.
    """
    cases = []
    for chosen in (passed, [each for each in passed if each[0].clear]):
        values = _over_time(world.times_s, [(each.at_s, value) for each, value in chosen], rule.min_count, of)
        cases.append(case_of(rule, with_line(world, line), world, values))
    both, clear = cases
    if both is None or clear is None or (both.due_s is None) != (clear.due_s is None):
        return None
    apart_s = 0.0 if both.due_s is None or clear.due_s is None else abs(both.due_s - clear.due_s)
    return clear if apart_s <= SLACK_S else None


def _over_time(
    times_s: Floats, passed: list[tuple[float, float]], least: int, of: Callable[[list[float]], float]
) -> Floats:
    passed = sorted(passed)
    values = np.full(len(times_s), np.nan)
    for frame, now_s in enumerate(times_s.tolist()):
        before = [(at_s, value) for at_s, value in passed if now_s - LONGEST_S <= at_s <= now_s]
        recent = [value for at_s, value in before if at_s >= now_s - WINDOW_S]
        chosen = recent if len(recent) >= least else [value for _, value in before[-least:]]
        if len(chosen) >= least:
            values[frame] = of(chosen)
    return values


def _paced(way: Way, factor: float) -> Way:
    return walked(way, np.arange(0, len(way) - 1, factor), way.first)


def _speed_mps(world: World, feet_m: Floats, at_s: float) -> float:
    """Speed over a second round a moment."""
    frame, half = round(at_s * world.fps), round(world.fps / 2)
    near = feet_m[max(0, frame - half) : frame + half + 1]
    known = np.flatnonzero(np.isfinite(near[:, 0]))
    if len(known) < 3:
        return float("nan")
    return float(np.hypot(*(near[known[-1]] - near[known[0]])) / ((known[-1] - known[0]) / world.fps))
