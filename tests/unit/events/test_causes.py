"""One cause is one group: kinds that follow from one another, at places that meet, at about the same time."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from passerby.domain.event_rules import RuleKind
from passerby.domain.layout import Layout, Line, Zone
from passerby.domain.place_events import PlaceEvent
from passerby.events.causes import MAX_GROUP_S, NEAR_S, Causes, Reported
from testing.web.made import NS_PER_S, closed, open_event


def square(name: str, left: float, right: float) -> Zone:
    return Zone(name, np.array([[left, 0.2], [right, 0.2], [right, 0.8], [left, 0.8]], np.float32))


def line(name: str, x: float) -> Line:
    return Line(name, np.array([[x, 0.1], [x, 0.9]], np.float32))


LAYOUT = Layout(
    (line("gate", 0.1), line("far gate", 0.95)),
    (square("lane", 0.0, 0.3), square("next lane", 0.3, 0.6), square("kerb", 0.25, 0.35), square("all", 0.0, 0.9)),
    (),
    None,
)
CROWDED, DENSE, RISING = RuleKind.OVERCROWDING, RuleKind.DENSEST_AREA, RuleKind.CROWD_RISING
STOPPED, QUEUE, IN_ZONE, WRONG = (
    RuleKind.STOPPED_VEHICLE, RuleKind.QUEUE, RuleKind.VEHICLE_IN_ZONE, RuleKind.WRONG_WAY,
)  # fmt: skip


def event(kind: RuleKind, place: str, start_s: float = 0.0, **more: Any) -> PlaceEvent:
    return open_event("cam", f"{kind.value} {place}", round(start_s * NS_PER_S), kind=kind, place=place, **more)


def together(first: PlaceEvent, second: PlaceEvent) -> bool:
    group = Causes(LAYOUT).group_of(second, [Reported(first.event_id, first)])
    assert group in (first.event_id, second.event_id)
    return group == first.event_id


@pytest.mark.parametrize(
    ("first", "second", "one_cause"),
    [
        ((CROWDED, "lane"), (DENSE, "lane"), True),
        ((DENSE, "lane"), (RISING, "lane"), True),
        ((RuleKind.SATURATED, "lane"), (CROWDED, "all"), True),
        ((CROWDED, "lane"), (QUEUE, "lane"), False),
        ((CROWDED, "lane"), (RuleKind.COUNTER_FLOW, "gate"), False),
        ((STOPPED, "lane"), (QUEUE, "lane"), True),
        ((IN_ZONE, "lane"), (WRONG, "gate"), True),
        ((WRONG, "far gate"), (IN_ZONE, "lane"), False),
        ((WRONG, "far gate"), (WRONG, "gate"), False),
        ((QUEUE, "lane"), (WRONG, "gate"), False),
        ((STOPPED, "lane"), (STOPPED, "next lane"), False),  # neighbours that share an edge
        ((STOPPED, "lane"), (RuleKind.OBSTACLE, "kerb"), True),
        ((STOPPED, "next lane"), (QUEUE, "all"), True),
        ((RuleKind.NEAR_MISSES, ""), (RuleKind.NEAR_MISSES, "lane"), True),
        ((RuleKind.CAMERA_STATE, ""), (RuleKind.CAMERA_STATE, ""), True),
        ((RuleKind.CAMERA_STATE, ""), (CROWDED, "lane"), False),
        ((CROWDED, "a zone that is gone"), (DENSE, "lane"), False),
    ],
)
def test_kinds_and_places_of_one_cause(
    first: tuple[RuleKind, str], second: tuple[RuleKind, str], *, one_cause: bool
) -> None:
    assert together(event(*first), event(*second, start_s=2)) is one_cause
    assert together(event(*second), event(*first, start_s=2)) is one_cause


def test_what_begins_while_the_other_goes_on_or_shortly_after_goes_with_it() -> None:
    over = closed(event(CROWDED, "lane"), after_s=20)
    assert together(event(CROWDED, "lane"), event(DENSE, "lane", 1800))
    assert together(over, event(DENSE, "lane", 20 + NEAR_S))
    assert not together(over, event(DENSE, "lane", 20.1 + NEAR_S))
    early = closed(event(DENSE, "lane", 100), after_s=1)
    assert together(event(CROWDED, "lane", 101 + NEAR_S), early)  # reported in another order than they began
    assert not together(event(CROWDED, "lane", 101.1 + NEAR_S), early)


def test_a_group_comes_to_an_end_so_that_an_old_one_hides_no_new_alarm() -> None:
    first = event(CROWDED, "lane")
    second = event(DENSE, "lane", MAX_GROUP_S)
    before = [Reported(first.event_id, first), Reported(first.event_id, second)]
    late = event(RISING, "lane", MAX_GROUP_S + 1)
    assert Causes(LAYOUT).group_of(second, before[:1]) == first.event_id
    assert Causes(LAYOUT).group_of(late, before) == late.event_id
    after = event(RISING, "lane", MAX_GROUP_S + 2, group_id=late.event_id)
    assert Causes(LAYOUT).group_of(after, [*before, Reported(late.event_id, late)]) == late.event_id


def test_a_rule_that_is_tried_out_stands_for_no_alarm() -> None:
    tried = replace(event(CROWDED, "lane"), silent=True)
    assert not together(tried, event(DENSE, "lane"))
    assert together(tried, replace(event(DENSE, "lane"), silent=True))


def test_of_two_groups_the_one_that_was_reported_first_is_taken() -> None:
    north, south = event(STOPPED, "lane"), event(STOPPED, "next lane")
    both = [Reported(one.event_id, one) for one in (south, north)]
    assert Causes(LAYOUT).group_of(event(QUEUE, "all", 5), both) == south.event_id
