"""All cameras at a glance: what is known of each, and how many the store is asked about at a time."""

import asyncio
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from passerby.domain.event_rules import Severity
from passerby.domain.health import CameraState
from passerby.domain.observations import Quantity
from passerby.domain.road_user import RoadUser
from passerby.web.live.overview import CAMERAS_AT_ONCE, NOT_KNOWN, Overview
from passerby.web.live.today import Today
from testing.waiting import Clock
from testing.web.fakes import MIDNIGHT_S, NOW_S, FakeLive, FakeStore, health_report, observation
from testing.web.made import closed, open_event

BERLIN = ZoneInfo("Europe/Berlin")


class Square:
    """An overview on a store and a live state that a test fills."""

    def __init__(self) -> None:
        self.store, self.live = FakeStore(), FakeLive()
        store: Any = self.store
        live: Any = self.live
        self.overview = Overview(live, Today(store, live, Clock(NOW_S), (Quantity.FLOW,)))

    def seen(self, camera: str = "square") -> Any:
        return self.overview.glances([camera])[camera]

    def crossings(self, camera: str = "square") -> Any:
        asyncio.run(self.overview.refresh([camera], BERLIN))
        return self.overview.crossings(camera, BERLIN)


def test_a_camera_of_which_nothing_is_known_says_nothing() -> None:
    square = Square()
    seen = square.seen()
    assert (seen.state, seen.why, seen.since_ns, dict(seen.events)) == (None, "", None, {})
    assert square.overview.crossings("square", BERLIN) == NOT_KNOWN


def test_crossings_of_all_lines_and_ways_are_added_up_by_class() -> None:
    square = Square()
    square.store.rows = [
        observation(MIDNIGHT_S, 5.0, length_s=86_400, coverage=0.5),
        observation(MIDNIGHT_S, 4.0, length_s=86_400, coverage=0.25, direction="backward", reliable=False),
        observation(MIDNIGHT_S, None, length_s=86_400, coverage=0.5, road_user=RoadUser.CAR),
    ]
    square.live.open["square"] = (observation(NOW_S - 60, 2.0, road_user=RoadUser.BICYCLE, coverage=1.0),)
    crossings = square.crossings()
    assert crossings.counts == {RoadUser.PEDESTRIAN: 9, RoadUser.BICYCLE: 2}
    assert (crossings.coverage, crossings.reliable) == (0.001, False)


def test_only_a_state_that_is_not_well_gives_its_reason() -> None:
    square = Square()
    square.live.reports["square"] = health_report()
    assert (square.seen().state, square.seen().why, square.seen().since_ns) == (CameraState.ONLINE, "", None)
    square.live.reports["square"] = health_report(state=CameraState.DARK, why="It is dark.")
    assert (square.seen().why, square.seen().since_ns) == ("It is dark.", (NOW_S - 60) * 10**9)


def test_events_that_go_on_are_counted_and_no_others() -> None:
    square = Square()
    going_on = open_event("square", "full", 1)
    square.live.place_events = [
        going_on,
        replace(open_event("square", "jam", 2), severity=Severity.CRITICAL),
        open_event("square", "tried", 3, silent=True),
        closed(open_event("square", "over", 4)),
        open_event("gate", "full", 5),
    ]
    assert dict(square.seen().events) == {going_on.severity: 1, Severity.CRITICAL: 1}


def test_the_store_is_asked_about_a_part_of_many_cameras_at_a_time() -> None:
    square = Square()
    names = [f"street-{number}" for number in range(CAMERAS_AT_ONCE + 1)]
    days: list[int] = []
    for _ in range(3):
        asyncio.run(square.overview.refresh(names, BERLIN))
        days.append(sum(len(query.cameras) for query in square.store.asked))
    assert days == [CAMERAS_AT_ONCE, CAMERAS_AT_ONCE + 1, CAMERAS_AT_ONCE + 1]
