"""All cameras at a glance: what is known of each, and how many the store is asked about at a time."""

import asyncio
from dataclasses import replace
from typing import Any

from passerby.domain.event_rules import Severity
from passerby.domain.health import CameraState
from passerby.domain.observations import Quantity
from passerby.domain.road_user import RoadUser
from passerby.web.live.overview import CAMERAS_AT_ONCE, CameraNow, CrossingsToday, Glance, Overview
from passerby.web.live.today import Today
from testing.waiting import Clock, until_true
from testing.web.fakes import MIDNIGHT_S, NOW_S, FakeLive, FakeStore, camera_plan, health_report, observation, site_plan
from testing.web.made import closed, open_event


class Square:
    """An overview on a store and a live state that a test fills."""

    def __init__(self, *names: str) -> None:
        self.store, self.live = FakeStore(), FakeLive()
        store: Any = self.store
        live: Any = self.live
        self.site = replace(site_plan(), cameras=tuple(map(camera_plan, names or ("square", "gate"))))
        self.clock = Clock(NOW_S)
        self.overview = Overview(live, Today(store, live, self.clock, (Quantity.FLOW,)))
        self.overview.again_s = 0.0

    def look(self, camera: str = "square") -> CameraNow:
        asyncio.run(self.overview.look(self.site))
        return self.overview.cameras[camera]

    def seen(self) -> Glance:
        return self.look().glance


def test_a_camera_of_which_nothing_is_known_says_nothing() -> None:
    square = Square()
    seen = square.seen()
    assert (seen.state, seen.why, seen.since_ns, dict(seen.events)) == (None, "", None, {})
    assert square.look() == CameraNow(seen, CrossingsToday({}, None, reliable=True))


def test_crossings_of_all_lines_and_ways_are_added_up_by_class() -> None:
    square = Square()
    square.store.rows = [
        observation(MIDNIGHT_S, 5.0, length_s=86_400, coverage=0.5),
        observation(MIDNIGHT_S, 4.0, length_s=86_400, coverage=0.25, direction="backward", reliable=False),
        observation(MIDNIGHT_S, None, length_s=86_400, coverage=0.5, road_user=RoadUser.CAR),
    ]
    square.live.open["square"] = (observation(NOW_S - 60, 2.0, road_user=RoadUser.BICYCLE, coverage=1.0),)
    crossings = square.look().crossings
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


def test_the_store_is_asked_about_a_part_of_many_cameras_at_a_time_and_about_all_in_turn() -> None:
    square = Square(*(f"street-{number}" for number in range(CAMERAS_AT_ONCE + 1)))
    days: list[int] = []
    for _ in range(3):
        square.look("street-0")
        days.append(sum(len(query.cameras) for query in square.store.asked))
    assert days == [CAMERAS_AT_ONCE, CAMERAS_AT_ONCE + 1, CAMERAS_AT_ONCE + 1]
    square.clock.now_s += 60
    square.look("street-0")
    assert sum(len(query.cameras) for query in square.store.asked) == 2 * CAMERAS_AT_ONCE + 1
    assert "street-250" not in square.store.asked[-1].cameras  # it was asked about last, and has to wait


def test_what_has_changed_is_told_once_to_each_who_asks() -> None:
    square = Square()
    square.look()
    change = square.overview.changes
    assert square.overview.since(0) == (["square", "gate"], [])
    square.live.reports["gate"] = health_report("gate", CameraState.DARK)
    square.live.open["square"] = (observation(NOW_S - 60, 2.0),)
    square.look()
    assert square.overview.since(change) == (["gate"], ["square"])
    assert square.overview.since(square.overview.changes) == ([], [])
    square.look()
    assert square.overview.since(change) == (["gate"], ["square"])


def test_cameras_that_there_are_no_more_are_forgotten() -> None:
    square = Square()
    square.look()
    square.site = replace(square.site, cameras=(camera_plan("gate"),))
    square.look("gate")
    assert list(square.overview.cameras) == ["gate"]
    assert square.overview.since(0) == (["gate"], [])


def test_thousands_of_cameras_are_looked_at_no_sooner_again_whoever_asks() -> None:
    async def scene() -> None:
        square = Square(*(f"street-{number}" for number in range(CAMERAS_AT_ONCE + 1)))
        square.overview.again_s = 3600.0
        await square.overview.newest(square.site)
        change = square.overview.changes
        square.live.reports["street-0"] = health_report("street-0", CameraState.DARK)
        await square.overview.look(square.site)
        await square.overview.newest(square.site)
        assert square.overview.changes == change
        # Who asks later gets what was seen before, and the next one what is seen now.
        square.overview.again_s = 0.0
        await square.overview.newest(square.site)
        assert square.overview.cameras["street-0"].glance.state is None
        await until_true(lambda: square.overview.cameras["street-0"].glance.state is CameraState.DARK)

    asyncio.run(scene())


def test_a_store_that_is_away_is_said_and_states_are_seen_all_the_same() -> None:
    square = Square()
    square.store.away = True
    square.live.reports["square"] = health_report()
    assert square.seen().state is CameraState.ONLINE
    assert square.overview.fault is not None
    square.store.away = False
    square.look()
    assert square.overview.fault is None
