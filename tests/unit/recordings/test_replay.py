"""A recording held against rules: which of them can be watched, and what a sandbox is believed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from passerby.domain.errors import WorkerError
from passerby.domain.event_rules import EventRule, Profile, RuleKind, WeeklyHours
from passerby.domain.layout import Layout, Zone
from passerby.domain.place_events import EventState, PlaceEvent
from passerby.domain.progress import Progress
from passerby.events.subjects import Unwatched
from passerby.messages.sandbox_orders import CountPlan
from passerby.recordings.count import _own
from passerby.recordings.replay import replay_in_sandbox, watchable
from testing.films import film
from testing.web.made import open_event

SQUARE = Zone("square", np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32))
FULL = EventRule("full", RuleKind.OVERCROWDING, "square", 4, "1", hours=(WeeklyHours(frozenset({4}), 0, 9),))
DENSE = EventRule("dense", RuleKind.OVERCROWDING, "square", 2, "m-2")
MARKET = EventRule("market", RuleKind.OVERCROWDING, "square", 4, "1", profiles=frozenset({"market day"}))


def plan(*rules: EventRule, video: Path = Path("a.mp4"), switched_on: frozenset[str] | None = None) -> CountPlan:
    layout = Layout((), (SQUARE,), (), None)
    return CountPlan(video, "cam", layout, rules=rules, profiles=(Profile("market day"),), switched_on=switched_on)


def test_a_rule_that_lacks_something_is_left_out_with_the_reason() -> None:
    watched, left_out = watchable(plan(FULL, DENSE), start_known=True)
    assert watched.rules == (FULL,)
    assert left_out == (Unwatched("dense", ("the camera has no calibrated ground, which m-2 needs",)),)


def test_hours_are_kept_only_where_it_is_known_when_the_recording_began() -> None:
    assert watchable(plan(FULL), start_known=True)[0].rules == (FULL,)
    assert watchable(plan(FULL), start_known=False)[0].rules == (replace(FULL, hours=()),)


@pytest.mark.parametrize(
    ("switched_on", "start_known", "watched"),
    [
        (None, True, True),  # the calendar says when
        (None, False, False),
        (frozenset({"market day"}), False, True),
        (frozenset({"fair"}), True, False),
    ],
)
def test_a_profile_is_on_by_hand_or_by_the_calendar(
    switched_on: frozenset[str] | None, *, start_known: bool, watched: bool
) -> None:
    found, left_out = watchable(plan(MARKET, switched_on=switched_on), start_known=start_known)
    assert bool(found.rules) is watched
    assert [each.why for each in left_out] == (
        [] if watched else ["it is watched only in market day, which is not switched on"]
    )


@pytest.mark.parametrize("change", [
    {"camera": "other"}, {"rule": "other"}, {"kind": RuleKind.QUEUE}, {"place": "lawn"}, {"unit": "m-2"},
])  # fmt: skip
def test_a_sandbox_reports_events_of_its_own_rules_alone(change: dict[str, str]) -> None:
    event = replace(open_event("cam", "full", 0), kind=FULL.kind, place=FULL.place, unit=FULL.unit)
    assert _own((event,), plan(FULL)) == (event,)
    with pytest.raises(WorkerError, match="an event of a rule that it was not given"):
        _own((replace(event, **change),), plan(FULL))  # type: ignore[arg-type]


@pytest.mark.slow
def test_events_come_out_of_a_sandbox_as_they_are_raised(tmp_path: Path) -> None:
    times_s = [number / 10 for number in (*range(20), *range(80, 100))]
    video = film(tmp_path / "gap.mp4", size_px=(160, 128), times_s=times_s)
    gap = EventRule("gap", RuleKind.CAMERA_STATE, "", 4, "s", cool_down_s=0.5)
    came: list[Progress | PlaceEvent] = []
    found = replay_in_sandbox(plan(gap, video=video), came.append, came.append)
    (event,) = found.events
    assert event.state is EventState.CLOSED
    states = [each.state for each in came if isinstance(each, PlaceEvent)]
    assert states == [EventState.OPEN, EventState.CLOSED]
    assert isinstance(came[0], Progress)
    assert not found.counted.complete  # the gap
