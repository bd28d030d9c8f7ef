"""Counts by hand: which minutes are whole, what is compared, and what a changed line voids."""

from dataclasses import replace
from typing import Any

import numpy as np

from passerby.domain.events import Direction
from passerby.domain.hand_counts import (
    CountedFrom,
    CountedMinute,
    HandCount,
    HandCrossing,
    MinutePair,
    line_version,
    minutes_of,
    paired,
    pairs_of,
    whole_minutes,
)
from passerby.domain.road_user import RoadUser
from passerby.units import NS_PER_S
from testing.web.made import camera_plan

BICYCLE, FORWARD, BACKWARD = RoadUser.BICYCLE, Direction.FORWARD, Direction.BACKWARD


def counted(**changes: Any) -> HandCount:
    made = HandCount(
        "0" * 32, "square", "west gate", "v", CountedFrom.KERB, 0, 200 * NS_PER_S, (BICYCLE,),
        (CountedMinute(60, BICYCLE, FORWARD, 3),), (60, 120), "ana", 300 * NS_PER_S,
    )  # fmt: skip
    return replace(made, **changes)


def test_only_whole_minutes_count_and_none_that_a_pause_touches() -> None:
    s = NS_PER_S
    assert whole_minutes(60 * s, 180 * s) == (60, 120)
    assert whole_minutes(61 * s, 179 * s) == ()
    assert whole_minutes(0, 300 * s, [(65 * s, 70 * s), (119 * s, 121 * s), (180 * s, 180 * s)]) == (0, 180, 240)


def test_crossings_go_to_their_minute_and_times_of_single_ones_are_gone() -> None:
    s = NS_PER_S
    crossings = [
        HandCrossing(time * s, BICYCLE, way)
        for time, way in ((59, FORWARD), (60, FORWARD), (61, FORWARD), (65, BACKWARD))
    ]
    assert minutes_of(crossings, (60, 120)) == (
        CountedMinute(60, BICYCLE, BACKWARD, 1), CountedMinute(60, BICYCLE, FORWARD, 2),
    )  # fmt: skip


def test_buses_and_trucks_are_compared_with_heavy_vehicles_too() -> None:
    """Else a lorry that passerby could not name would be missing from its sum."""
    by_hand = counted(
        road_users=(RoadUser.BUS, RoadUser.TRUCK), minutes=(CountedMinute(60, RoadUser.TRUCK, FORWARD, 2),)
    )
    by_system = [CountedMinute(60, user, FORWARD, 1) for user in (RoadUser.TRUCK, RoadUser.HEAVY_VEHICLE)]
    assert paired(by_hand, by_system) == (
        MinutePair(60, RoadUser.TRUCK, FORWARD, 2, 1), MinutePair(60, RoadUser.HEAVY_VEHICLE, FORWARD, 0, 1),
    )  # fmt: skip
    assert paired(replace(by_hand, road_users=(RoadUser.TRUCK,)), by_system) == (
        MinutePair(60, RoadUser.TRUCK, FORWARD, 2, 1),
    )


def test_a_minute_that_the_camera_did_not_watch_is_not_compared() -> None:
    by_system = [
        CountedMinute(60, BICYCLE, FORWARD, 2), CountedMinute(60, BICYCLE, BACKWARD, 1),
        CountedMinute(180, BICYCLE, FORWARD, 5), CountedMinute(60, RoadUser.PEDESTRIAN, FORWARD, 9),
    ]  # fmt: skip
    assert paired(counted(), by_system) == (
        MinutePair(60, BICYCLE, BACKWARD, 0, 1), MinutePair(60, BICYCLE, FORWARD, 3, 2),
    )  # fmt: skip


def test_a_minute_counted_twice_counts_once_as_sent_last_and_void_ones_not_at_all() -> None:
    first = counted(pairs=(MinutePair(60, BICYCLE, FORWARD, 3, 2), MinutePair(120, BICYCLE, FORWARD, 1, 1)))
    later = counted(sent_ns=first.sent_ns + 1, pairs=(MinutePair(60, BICYCLE, FORWARD, 4, 2),))
    assert [pair.by_hand for pair in pairs_of([later, first])] == [4, 1]
    assert [pair.by_hand for pair in pairs_of([replace(later, void="a gap"), first])] == [3, 1]
    assert pairs_of([replace(first, withdrawn_ns=1), counted()]) == ()


def test_another_place_rate_mask_or_detector_is_another_version_and_another_name_is_not() -> None:
    plan = camera_plan()
    line = plan.layout.lines[0]
    before = line_version(plan, line, None)
    moved = replace(line, points=line.points + np.float32(0.001))
    mask = np.array([[0, 0], [1, 0], [1, 1]], np.float32)
    others = [
        line_version(plan, moved, None),
        line_version(plan, line, "yolox-nano"),
        line_version(replace(plan, analysed_fps=6.0), line, None),
        line_version(replace(plan, masks=(mask,)), line, None),
        line_version(replace(plan, closer_areas=(mask,)), line, None),
    ]
    assert len({before, *others}) == 6
    assert line_version(plan, replace(line, forward_name="north", name="other"), None) == before
