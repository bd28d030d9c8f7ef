"""Sums over hours, days and months by the site's clock, of places that are published now."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from passerby.domain.intervals import Intervals
from passerby.domain.published import Audience, BinStatus
from passerby.ports.published import PublishedQuery, Span
from passerby.publish.disclosure import reading
from passerby.publish.disclosure.reading import span_around
from passerby.units import DAY_S, HOUR_S, NS_PER_S
from testing.store_keeper import MONDAY_S, Keeper
from testing.trial_service.publishing import PLACES, PUBLISH, PublishingSite, made_plan


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublishingSite]:
    """Three days of the north line and a gap of the plaza, published."""
    with Keeper(f"sqlite:///{tmp_path_factory.mktemp('store')}/passerby.db") as keeper:
        site = PublishingSite(keeper)
        site.count(range(3 * 1440), 3)
        site.run(3 * DAY_S)
        yield site


@pytest.fixture
def published_day(filled: PublishingSite) -> Iterator[PublishingSite]:
    """The same with its own plan each time."""
    filled.plan = made_plan()
    yield filled


@pytest.mark.parametrize(("span", "count"), [(Span.HOUR, 24), (Span.DAY, 1)])
def test_bins_add_up_to_longer_spans(published_day, span, count):
    one_way = {"counters": (published_day.counter().id,), "add_groups": True}
    bins = published_day.read(days=2, **one_way)
    sums = published_day.read(days=1, span=span, **one_way)
    # A day begins at midnight in Belgrade, two hours before UTC's.
    assert len(sums) == 2 * count
    for whole in sums:
        parts = [one for one in bins if whole.from_ns <= one.from_ns < whole.to_ns and one.way is whole.way]
        assert len(parts) == (whole.to_ns - whole.from_ns) // (900 * NS_PER_S)
        if all(part.status is BinStatus.PUBLISHED for part in parts):
            assert whole.value == sum(part.value or 0 for part in parts)
        assert whole.series == 3 * len(parts)


def test_a_span_that_is_not_over_waits_and_a_day_in_which_it_began_is_partly_covered(published_day):
    days = published_day.read(
        days=3, span=Span.DAY, counters=(published_day.counter().id,), add_groups=True, add_ways=True,
        from_ns=(MONDAY_S - DAY_S) * NS_PER_S,
    )  # fmt: skip
    assert [one.status for one in days] == [BinStatus.PUBLISHED] * 3 + [BinStatus.WAITING]
    # From the first bin after 23:53 UTC, which is 1:53 in Belgrade.
    assert days[0].coverage == 0.92  # 22 of 24 hours
    assert days[1].coverage == pytest.approx(1.0)


def test_a_month_is_by_the_sites_clock():
    zone = ZoneInfo("Europe/Belgrade")
    october = span_around(Span.MONTH, Intervals(zone), zone, MONDAY_S + 5 * DAY_S)
    assert october.length_s == 31 * DAY_S + HOUR_S
    december = span_around(Span.MONTH, Intervals(zone), zone, october.end_s + 40 * DAY_S)
    assert december.length_s == 31 * DAY_S


def test_a_place_that_is_taken_out_is_not_shown_any_more(published_day):
    published_day.plan = made_plan(publish=replace(PUBLISH, places=PLACES[1:]))
    assert {one.place for one in published_day.keeper.run(published_day.reader.counters(Audience.PUBLIC))} == {"plaza"}


def test_what_was_published_of_a_place_before_it_was_sensitive_is_not_shown_any_more(published_day):
    published_day.plan = made_plan(publish=replace(PUBLISH, places=(replace(PLACES[0], sensitive=True),)))
    assert published_day.keeper.run(published_day.reader.counters(Audience.PUBLIC)) == ()


def test_nothing_is_read_for_those_inside(published_day):
    with pytest.raises(ValueError, match="internal"):
        published_day.read(Audience.INTERNAL)


def test_an_empty_range_has_nothing(published_day):
    query = PublishedQuery(Audience.PUBLIC, MONDAY_S * NS_PER_S + 1, MONDAY_S * NS_PER_S + 2)
    assert published_day.keeper.run(published_day.reader.bins(query)) == ()


def test_numbers_are_worked_out_beside_the_loop(published_day, monkeypatch):
    ran_in: set[int] = set()
    worked_out = reading._published

    def noted(*arguments):
        ran_in.add(threading.get_ident())
        return worked_out(*arguments)

    monkeypatch.setattr(reading, "_published", noted)
    assert published_day.read(days=1)
    assert ran_in
    assert published_day.keeper.run(_thread()) not in ran_in


async def _thread() -> int:
    return threading.get_ident()
