"""Whether the detector sees what a film's event is of: by the labels and the detections, before any rule is asked.

A film counts as seen where the detector found, in whatever class, at least half of the boxes that the event is due for:

- a crowd, vehicles in a zone, a queue: the boxes of the rule's classes in the zone over the hold time;
- a zone too full to count: those among them that no nearer true box hides, as who is hidden is what it is about;
- a vehicle that stands, an obstacle: those of the one that is in the zone for longest, over the threshold's time;
- the wrong way: those of the vehicle up to two seconds before and after it goes over the line;
- counter-flow, speeds: those of everyone who went over the line in the minute before, likewise;
- near misses: those of the vehicles until the event is due.

A box behind a nearer one is not found (`world.hidden`). Neither the rule's value nor its threshold enters.
"""

import numpy as np
import numpy.typing as npt

from benchmarks.events.cases.lines import WINDOW_S
from benchmarks.events.cases.places import inside, passages
from benchmarks.events.cases.vehicles import MOTOR_VEHICLES, VEHICLES
from benchmarks.events.truth import Case
from benchmarks.events.world import detected, hidden_ways
from passerby.domain.event_rules import RuleKind
from passerby.domain.road_user import RoadUser

MIN_SHARE = 0.5
AROUND_S = 2.0
"""A line counts a road user by sightings on both its sides, over about so long."""

ONE_STANDS = (RuleKind.STOPPED_VEHICLE, RuleKind.OBSTACLE)
USERS = {
    RuleKind.VEHICLE_IN_ZONE: MOTOR_VEHICLES,
    RuleKind.STOPPED_VEHICLE: MOTOR_VEHICLES,
    RuleKind.QUEUE: MOTOR_VEHICLES,
    RuleKind.OBSTACLE: VEHICLES,
    RuleKind.WRONG_WAY: VEHICLES,
    RuleKind.NEAR_MISSES: VEHICLES,
    RuleKind.SPEEDS: VEHICLES,
}
"""The classes that a kind is about; of the others people."""


def is_seen(case: Case) -> bool:
    """Returns whether the detector found at least half of the boxes that an event is due for."""
    boxes = deciding(case)
    return bool(boxes.any()) and bool(detected(case.world)[boxes].mean() >= MIN_SHARE)


def deciding(case: Case) -> npt.NDArray[np.bool_]:
    """Returns bool (W, F): the boxes that an event is due for; none where none is due."""
    world, rule = case.world, case.rule
    there = np.isfinite(world.feet01()[..., 0])
    there &= np.array([way.user in USERS.get(rule.kind, (RoadUser.PEDESTRIAN,)) for way in world.ways])[:, None]
    if case.due_s is None:
        return there & False
    if case.layout.lines:
        return there & _crossing(case, case.due_s)
    since_s = 0.0 if rule.kind is RuleKind.NEAR_MISSES else case.due_s - _decides_s(case)
    over = there & (world.times_s >= since_s - 1e-6) & (world.times_s <= case.due_s + 1e-6)
    over &= inside(world, case.layout.zones[0], world.ways)
    if rule.kind is RuleKind.SATURATED:
        over &= ~hidden_ways(world, np.asarray(over.any(axis=0)))
    if rule.kind in ONE_STANDS and len(over):
        longest = np.arange(len(over)) == over.sum(axis=1).argmax()
        over &= longest[:, None]
    return over


def _decides_s(case: Case) -> float:
    """The hold time, or the threshold where it is a time."""
    return case.rule.threshold if case.rule.unit == "s" else case.rule.passing_s


def _crossing(case: Case, due_s: float) -> npt.NDArray[np.bool_]:
    world = case.world
    near = np.zeros((len(world.ways), world.frames), np.bool_)
    wrong_way = case.rule.kind is RuleKind.WRONG_WAY
    for passage in passages(world, case.layout.lines[0], world.ways):
        before_s = due_s - passage.at_s
        if abs(before_s) < 1e-6 if wrong_way else 0 <= before_s <= WINDOW_S:
            near[passage.row] |= np.abs(world.times_s - passage.at_s) <= AROUND_S
    return near
