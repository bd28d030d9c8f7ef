"""Limits are checked before anything is deleted by them."""

import pytest

from passerby.domain.queries import EventQuery, ObservationQuery
from passerby.domain.retention import DEFAULT_KEEP_DAYS, Kind, Retention, RetentionLine


def test_the_defaults_are_sound():
    assert {kind: Retention().days(kind) for kind in Kind} == DEFAULT_KEEP_DAYS


def test_replays_go_with_their_events_at_the_latest():
    assert [Retention({Kind.EVENTS: days}).days(Kind.REPLAYS) for days in (1, 2, 90)] == [1, 2, 3]
    assert Retention({Kind.REPLAYS: 2}).days(Kind.REPLAYS) == 2


@pytest.mark.parametrize(
    "limits", [{Kind.EVENTS: 0}, {Kind.REPLAYS: 4}, {Kind.MINUTES: 500}, {Kind.HOURS: 30}, {Kind.DAYS: 399}]
)
def test_limits_that_cannot_hold_are_refused(limits):
    with pytest.raises(ValueError, match="retention"):
        Retention(limits)


@pytest.mark.parametrize(("oldest_ns", "kept"), [(None, True), (100, True), (99, False)])
def test_a_line_says_whether_its_limit_is_kept(oldest_ns, kept):
    assert RetentionLine(Kind.AUDIT, 1, 100, oldest_ns, None).kept is kept


@pytest.mark.parametrize("wrong", [{"end_ns": 0}, {"limit": 0}, {"limit": 10_001}])
def test_queries_that_ask_for_nothing_or_too_much_are_refused(wrong):
    for query in (ObservationQuery, EventQuery):
        with pytest.raises(ValueError, match=r"end_ns|limit"):
            query(**{"start_ns": 0, "end_ns": 1, **wrong})
