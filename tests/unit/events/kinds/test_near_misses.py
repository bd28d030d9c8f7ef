"""The rate of near misses, over what was watched."""

from dataclasses import replace

import pytest

from passerby.domain.event_rules import RuleKind
from passerby.domain.events import Encounter
from passerby.domain.place_events import PlaceEvent
from passerby.domain.road_user import RoadUser
from passerby.events.event_rules import EventRules

PERSON, CAR, BUS = RoadUser.PEDESTRIAN, RoadUser.CAR, RoadUser.BUS


def met(users=(PERSON, CAR), xy_m=(20.0, 12.0), near_miss=True):
    return Encounter(users, ("none", "none"), 0, xy_m, 1.0, 2.0, near_miss)


@pytest.fixture
def watch(rule, frame, layout):
    def events(encounters, seconds=700, gap_s=0.0, **more):
        """Frames a second apart; `encounters` by their second. Time goes on by a gap in the middle."""
        known = {"unit": "/h", "threshold": 20, "place": "", "hold_s": 0}
        rules = EventRules("cam", [rule(kind=RuleKind.NEAR_MISSES, **known | more)], layout)
        assert rules.unwatched == ()
        raised: list[PlaceEvent] = []
        for second in range(seconds):
            at = second + (gap_s if second > seconds / 2 else 0.0)
            seen = replace(frame(at), encounters=tuple(encounters.get(second, ())))
            raised += rules.update(seen)
        return raised

    return events


def test_a_single_near_miss_is_no_high_rate_and_several_are(watch):
    assert watch({60: [met()]}) == []
    assert watch({60: [met()] * 3}) == []
    events = watch({60: [met()] * 2, 90: [met()] * 2})
    assert events[0].value == pytest.approx(24)
    assert "near misses an hour watched" in events[0].why


def test_encounters_that_are_none_other_classes_and_other_places_do_not_count(watch):
    four = range(60, 64)
    assert watch({second: [met(near_miss=False)] for second in four}) == []
    assert watch({second: [met()] for second in four}, road_users=frozenset({CAR, BUS})) == []
    assert watch({second: [met((CAR, BUS))] for second in four}, road_users=frozenset({CAR, BUS}))
    assert watch({second: [met(xy_m=(60.0, 40.0))] for second in four}, place="square") == []
    assert watch({second: [met()] for second in four}, place="square")


def test_time_that_was_not_watched_is_not_in_the_rate(watch):
    events = watch({second: [met()] for second in (60, 61, 62, 63)}, seconds=900, gap_s=3000.0)
    assert events[-1].value is not None
    assert max(event.value or 0 for event in events) == pytest.approx(24)
    assert (events[-1].value or 0) > 4 * 3600 / 3900


def test_a_camera_that_does_not_count_them_says_so(rule, layout):
    uncounted = replace(layout, near_misses=None)
    rules = EventRules("cam", [rule(kind=RuleKind.NEAR_MISSES, unit="/h", threshold=20, place="")], uncounted)
    assert rules.unwatched[0].reasons == ("the camera does not count near misses",)
