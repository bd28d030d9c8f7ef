"""What an outlet has not been sent: each counter's bins in order, none twice, none that waits."""

import asyncio
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.domain.published import Audience
from passerby.publish.numbers.due import due_bins, due_count
from passerby.units import HOUR_S, NS_PER_S
from tests.unit.publish.published_numbers import BEGAN_NS, COUNTERS, LINE, QUARTER_NS, ZONE, SomePublishedNumbers

DAY_NS = 24 * HOUR_S * NS_PER_S


def due(numbers: SomePublishedNumbers, until: dict[str, int], now_ns: int) -> list[tuple[str, int]]:
    """The bins that are due, each as its counter and its number."""

    async def all_of_them() -> list[tuple[str, int]]:
        found = due_bins(numbers, Audience.PUBLIC, numbers.known, until, now_ns)
        return [(one.counter.id, (one.from_ns - BEGAN_NS) // QUARTER_NS) async for some in found for one in some]

    return asyncio.run(all_of_them())


def test_an_outage_of_a_day_is_made_up_for_a_quarter_of_a_day_at_a_time() -> None:
    numbers = SomePublishedNumbers(until=96)
    found = due(numbers, {one.id: BEGAN_NS for one in COUNTERS}, BEGAN_NS + DAY_NS + HOUR_S * NS_PER_S)
    assert sorted(found) == sorted((one.id, at) for one in COUNTERS for at in range(96))
    assert [at for _, at in found] == sorted(at for _, at in found)
    assert len(numbers.asked) == 4


def test_who_has_everything_is_not_read_for() -> None:
    numbers = SomePublishedNumbers(until=8)
    assert due(numbers, {one.id: BEGAN_NS + 8 * QUARTER_NS for one in COUNTERS}, BEGAN_NS + 12 * QUARTER_NS) == []
    assert numbers.asked == []


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 70))
def test_each_goes_on_from_where_it_was(first: int, second: int, published: int) -> None:
    numbers = SomePublishedNumbers(until=published)
    until = {ZONE.id: BEGAN_NS + first * QUARTER_NS, LINE.id: BEGAN_NS + second * QUARTER_NS}
    found = due(numbers, until, BEGAN_NS + (published + 4) * QUARTER_NS)
    for counter, start in ((ZONE, first), (LINE, second)):
        assert [at for one, at in found if one == counter.id] == list(range(start, published))


def test_a_counter_that_ended_has_no_bins_after_its_end() -> None:
    ended = replace(LINE, ended_ns=BEGAN_NS + 3 * QUARTER_NS)
    assert due_count(ended, Audience.PUBLIC, BEGAN_NS, BEGAN_NS + DAY_NS) == 3
    assert due_count(LINE, Audience.PARTNER, BEGAN_NS, BEGAN_NS + 3 * QUARTER_NS) == 2
    assert due_count(LINE, Audience.PUBLIC, BEGAN_NS + DAY_NS, BEGAN_NS) == 0
