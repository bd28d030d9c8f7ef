"""Which parts of a minute count, and who can have measured them."""

import pytest

from passerby.domain.leases import (
    MINUTE_MS,
    NS_PER_MS,
    Lease,
    MinuteSpan,
    WatchedPart,
    holding_fault,
    is_added,
    next_began_ns,
    part_fault,
    parts_of,
)
from passerby.domain.observations import Observation, Quantity
from passerby.units import MINUTE_S, NS_PER_S

MINUTE_NS = MINUTE_S * NS_PER_S


def lease(number: int, node: str = "hall", began_ms: int | None = None) -> Lease:
    return Lease("square", number, node, "worker-1", 0, None if began_ms is None else began_ms * NS_PER_MS)


def flow(start_ns: int, coverage: float) -> Observation:
    return Observation("square", "gate", Quantity.FLOW, None, "forward", start_ns, MINUTE_S, 1.0, 1, coverage)


def test_the_first_of_the_higher_leases_that_has_begun_ends_a_part() -> None:
    leases = [lease(1, began_ms=0), lease(2), lease(3, began_ms=90_000), lease(4, began_ms=70_000)]
    assert [next_began_ns(number, leases) for number in range(5)] == [
        0, 70_000 * NS_PER_MS, 70_000 * NS_PER_MS, 70_000 * NS_PER_MS, None,
    ]  # fmt: skip
    assert is_added(WatchedPart("square", MINUTE_NS, 1, 0, 10_000), leases)
    assert not is_added(WatchedPart("square", MINUTE_NS, 1, 0, 10_001), leases)
    assert is_added(WatchedPart("square", 5 * MINUTE_NS, 4, 0, MINUTE_MS), leases)


def test_a_part_without_anything_watched_adds_nothing_to_another() -> None:
    some, none = WatchedPart("square", 0, 1, 20_000, 30_000), WatchedPart("square", 0, 1, 0, 0)
    assert some.plus(none) == none.plus(some) == some
    assert (none.empty, some.empty) == (True, False)


def test_a_span_that_is_shorter_than_what_was_watched_is_taken_to_be_whole() -> None:
    spans = [MinuteSpan(0, 0, 30_000), MinuteSpan(MINUTE_NS, 0, 30_000)]
    rows = {start_ns: [flow(start_ns, coverage)] for start_ns, coverage in ((0, 0.5), (MINUTE_NS, 0.6))}
    rows[2 * MINUTE_NS] = [flow(2 * MINUTE_NS, 0.0)]
    found = parts_of("square", 7, spans, rows)
    assert [(one.lease, one.from_ms, one.to_ms) for one in found.values()] == [
        (7, 0, 30_000), (7, 0, MINUTE_MS), (7, 0, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("span", "why"),
    [
        (MinuteSpan(1, 0, 10), "start_ns: must be a whole minute"),
        (MinuteSpan(0, 10, 9), "from_ms, to_ms: 0 to 60000 in order, got 10 and 9"),
        (MinuteSpan(0, -1, 9), "from_ms, to_ms"),
        (MinuteSpan(0, 0, MINUTE_MS + 1), "from_ms, to_ms"),
    ],
)
def test_there_are_no_such_spans(span: MinuteSpan, why: str) -> None:
    assert why in str(part_fault(span))
    assert part_fault(MinuteSpan(0, 0, MINUTE_MS)) is None


def test_who_holds_a_number_may_deliver_under_it_for_ever() -> None:
    leases = [lease(1, "hall"), lease(2, "cabinet")]
    assert holding_fault(WatchedPart("square", 0, 1, 0, 1, "hall"), leases) is None
    assert holding_fault(WatchedPart.whole("square", 0), leases) is None
    assert "given to cabinet, not to hall" in str(holding_fault(WatchedPart("square", 0, 2, 0, 1, "hall"), leases))
