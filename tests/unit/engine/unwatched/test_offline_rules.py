"""A camera that no process watches raises the event of its state by the supervisor, and once."""

from dataclasses import replace

import pytest

from passerby.domain.event_rules import EventRule, Profile, RuleKind
from passerby.domain.health import CameraState
from passerby.domain.intervals import SiteClock
from passerby.domain.place_events import EventState, PlaceEvent
from passerby.engine.unwatched.offline_rules import OfflineRules

NS_PER_S = 1_000_000_000
NOW_NS = 1_790_589_600 * NS_PER_S
RULE = EventRule("dead", RuleKind.CAMERA_STATE, "", 20.0, "s", cool_down_s=5.0)
CROWD = EventRule("full", RuleKind.OVERCROWDING, "benches", 2.0, "m-2")


def offline_rules(*rules: EventRule, profiles: tuple[Profile, ...] = ()) -> OfflineRules:
    return OfflineRules("square", rules or (RULE, CROWD), profiles, SiteClock)


def looked(one: OfflineRules, start_s: int, end_s: int) -> list[PlaceEvent]:
    return [event for second in range(start_s, end_s + 1) for event in one.look(NOW_NS + second * NS_PER_S)]


def test_an_event_is_raised_when_the_threshold_is_passed_and_not_before() -> None:
    one = offline_rules()
    one.begin(0.0, ())
    assert looked(one, 0, 20) == []
    (event,) = looked(one, 21, 21)
    assert (event.rule, event.state, event.start_ns) == ("dead", EventState.OPEN, NOW_NS + 21 * NS_PER_S)
    assert "The camera does not watch" in event.why


def test_each_process_that_cannot_start_goes_on_with_the_time_and_the_event() -> None:
    one, kept = offline_rules(), dict[str, PlaceEvent]()
    for start_s in range(0, 60, 12):  # ends after two seconds, again and again, having reported that it tries
        one.reported(CameraState.CONNECTING)
        one.begin(float(start_s), kept.values())
        for event in looked(one, start_s, start_s + 10):
            kept[event.event_id] = event
    (event,) = kept.values()
    assert (event.state, event.start_ns) == (EventState.OPEN, NOW_NS + 21 * NS_PER_S)
    assert event.value == pytest.approx(53, abs=5)


def test_a_camera_that_was_seen_well_begins_anew() -> None:
    one = offline_rules()
    one.begin(0.0, ())
    looked(one, 0, 15)
    one.reported(CameraState.ONLINE)
    one.begin(30.0, ())
    assert looked(one, 30, 50) == []
    assert len(looked(one, 51, 51)) == 1


def test_other_rules_are_nothing_to_it_and_their_events_stay_as_they_are() -> None:
    one = offline_rules(CROWD)
    one.begin(0.0, ())
    assert looked(one, 0, 100) == []
    both = offline_rules()
    both.begin(0.0, ())
    (event,) = looked(both, 0, 21)
    again = offline_rules()
    again.begin(0.0, [event, replace(event, rule="full", kind=RuleKind.OVERCROWDING)])
    assert {found.rule for found in looked(again, 22, 40)} == {"dead"}


def test_a_rule_of_a_profile_is_watched_while_that_is_on() -> None:
    one = offline_rules(replace(RULE, profiles=frozenset({"market day"})), profiles=(Profile("market day"),))
    one.begin(0.0, ())
    assert looked(one, 0, 60) == []
