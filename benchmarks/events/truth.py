"""When an event is due by the truth of a film, and whether that truth is clear enough to judge a rule by."""

from dataclasses import dataclass

import numpy as np

from benchmarks.events.world import Floats, World
from passerby.domain.event_rules import EventRule
from passerby.domain.layout import Layout

SLACK = 0.1
SLACK_S = 1.0
"""Where a threshold a tenth higher or lower, or a hold time a second longer or shorter, or a break of at most a second
that is not noticed, would change what is due, or by more than a second when, it is not known: such a case is dropped
before any rule has seen it."""

FOREVER_S = 600.0
"""Cool-down of all cases: two events of one change are one too many."""


@dataclass(frozen=True, slots=True)
class Case:
    """One changed film with what is due in it.

    Attributes:
        rule: what is to find the change.
        layout: its line or zone.
        world: the changed film.
        due_s: seconds at which the event is due, its hold time included; None where none is.
        early_s: an event that comes so long before is in time, too: boxes reach a line or zone a little before the
            truth does.
        counted_on: another film of the same place, in which a camera's count is held against the truth, and the rule's
            threshold set by both, before it is shown detections; None where the threshold needs no count.
    """

    rule: EventRule
    layout: Layout
    world: World
    due_s: float | None
    early_s: float = 1.0
    counted_on: World | None = None


def case_of(
    rule: EventRule,
    layout: Layout,
    world: World,
    values: Floats,
    bounds: tuple[Floats, Floats] | None = None,
    *,
    slack: float = SLACK,
) -> Case | None:
    """Returns the case of a film by a rule's true value in each frame; None where what is due is not clear.

    Args:
        rule: the rule.
        layout: its line or zone.
        world: the film.
        values: float64 (F,), NaN where there is none.
        bounds: the least and the greatest that the values may be, where that is known.
        slack: the share by which a threshold may be off.
    """
    times_s = world.times_s
    low, high = rule.threshold * (1 - slack), rule.threshold * (1 + slack)
    if rule.unit == "1" and float(rule.threshold).is_integer() and rule.threshold < 2:
        low = high = rule.threshold  # a single vehicle has no tenth
    reached = rule.passed_by(rule.threshold)
    hold_s = rule.passing_s
    least, most = bounds or (values, values)
    begun_s = first_passing(times_s, values, rule.threshold, hold_s, reached=reached)
    early_s = first_passing(times_s, most, low, max(0.0, hold_s - SLACK_S), reached=reached, break_s=SLACK_S)
    if begun_s is None:
        return Case(rule, layout, world, None) if early_s is None else None
    late_s = first_passing(times_s, least, high, hold_s + SLACK_S, reached=reached)
    # A value that is itself a time reaches a threshold that is a tenth higher so much later.
    apart_s = SLACK_S + (high - low + SLACK_S if rule.unit == "s" else 0.0)
    if early_s is None or late_s is None or late_s - early_s > apart_s:
        return None
    return Case(rule, layout, world, begun_s + hold_s)


def first_passing(
    times_s: Floats, values: Floats, threshold: float, hold_s: float, *, reached: bool, break_s: float = 0.0
) -> float | None:
    """Returns when the first passing that lasts for the hold time began; None without one.

    Args:
        times_s: float64 (F,).
        values: float64 (F,), NaN where there is none.
        threshold: the rule's.
        hold_s: seconds.
        reached: the threshold is passed when it is reached.
        break_s: a break so long is none.
    """
    with np.errstate(invalid="ignore"):
        passed = values >= threshold if reached else values > threshold
    begun_s: float | None = None
    last_s = -np.inf
    for now_s, over in zip(times_s.tolist(), passed.tolist(), strict=True):
        if over:
            begun_s = now_s if begun_s is None else begun_s
            last_s = now_s
        elif now_s - last_s > break_s:
            begun_s = None
        if begun_s is not None and over and now_s - begun_s >= hold_s - 1e-6:
            return begun_s
    return None
