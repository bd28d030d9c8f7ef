"""What is due is drawn once: not early, not twice, not again after a restart, a late delivery or an outage."""

from dataclasses import replace

from passerby.domain.published import Audience, BinStatus, Way
from passerby.domain.queries import EventQuery
from passerby.units import DAY_S, HOUR_S, NS_PER_S
from testing.store_keeper import MONDAY_S
from testing.trial_service.publishing import PLACES, PUBLISH, PublishingSite, made_plan

PUBLIC_ONLY = replace(PUBLISH, audiences={Audience.PUBLIC: PUBLISH.audiences[Audience.PUBLIC]}, places=PLACES[:1])


def feed(site: PublishingSite, minutes: range, number: int = 20) -> None:
    for place in ("north", "plaza"):
        site.count(minutes, number, place=place)


def walked(site: PublishingSite, audience: Audience = Audience.PUBLIC) -> list[int | None]:
    """The published numbers of those who walked over the north line."""
    bins = site.read(audience, counters=(site.counter("north", audience).id,))
    return [one.value for one in bins if one.way is Way.FORWARD and one.group == "on foot"]


def test_a_bin_is_drawn_when_the_first_audience_gets_it_and_shown_to_each_in_time(site):
    feed(site, range(60))
    assert site.run(900 + 899).bins == 0
    assert site.run(900 + 900).bins == 2
    assert walked(site)[0] is None
    partner = walked(site, Audience.PARTNER)[0]
    assert partner is not None
    site.run(900 + 3600)
    assert walked(site, Audience.PARTNER)[0] == partner
    assert walked(site)[0] is not None
    assert abs((walked(site)[0] or 0) - 300) < 60


def test_with_the_public_alone_it_waits_for_its_own_delay(site):
    site.plan = made_plan(publish=PUBLIC_ONLY)
    feed(site, range(60))
    assert site.run(900 + 3599).bins == 0
    assert site.run(900 + 3600).bins == 1
    assert site.keeper.run(site.reader.counters(Audience.PARTNER)) == ()
    assert site.read(Audience.PARTNER) == ()


def test_nothing_changes_once_it_is_published(site):
    feed(site, range(60))
    site.run(7200)
    before = [one for one in site.read() if one.status is not BinStatus.WAITING]
    site.count(range(60), 35)
    site.count(range(30), 3, coverage=0.9)
    site.publisher = site.another_publisher()
    assert site.run(7300).bins == 0
    assert [one for one in site.read() if one.status is not BinStatus.WAITING] == before
    assert len(before) == 2 * 4 * 6


def test_a_second_hub_draws_nothing_that_the_first_has_drawn(site):
    feed(site, range(60))
    site.run(5000)
    second = site.another_publisher()
    assert site.keeper.run(second.run_once()).bins == 0


def test_minutes_that_are_missing_are_waited_for_a_day_and_then_it_is_published_as_it_is(site):
    feed(site, range(14))
    feed(site, range(15, 60))
    run = site.run(HOUR_S + 1000)
    assert (run.bins, run.waiting) == (6, 2)
    assert site.read()[0].status is BinStatus.WAITING
    assert site.run(900 + DAY_S - 1).waiting >= 2
    site.run(900 + DAY_S)
    first = site.read()[0]
    assert (first.status, first.coverage) == (BinStatus.PUBLISHED, 0.93)


def test_what_was_not_watched_is_a_gap_and_no_zero(site):
    run = site.run(DAY_S + 2 * HOUR_S)
    assert run.bins == run.gaps > 0
    first = site.read()[0]
    assert (first.status, first.value, first.coverage) == (BinStatus.GAP, None, 0.0)


def test_after_an_outage_what_is_due_is_caught_up_with_and_no_more(site):
    feed(site, range(1440))
    site.run(3 * DAY_S)
    assert sum(one.status is BinStatus.PUBLISHED for one in site.read(counters=(site.counter().id,))) >= 96
    site.run(40 * DAY_S)
    later = [one for one in site.read(days=40) if one.from_ns > (MONDAY_S + 4 * DAY_S) * NS_PER_S]
    closed = [one for one in later if one.status is not BinStatus.WAITING]
    assert min(one.from_ns for one in closed) == (MONDAY_S + 26 * DAY_S) * NS_PER_S


def test_without_publish_nothing_is_drawn(site):
    site.plan = made_plan(publish=None)
    feed(site, range(60))
    run = site.run(7200)
    assert (run.bins, run.ended) == (0, 2)
    assert site.read() == ()


def test_each_run_is_in_the_audit_record_without_a_number(site):
    feed(site, range(60), number=17)
    site.run(5000)
    rows = site.keeper.run(site.store.audit(EventQuery(0, (MONDAY_S + DAY_S) * NS_PER_S))).rows
    actions = [row.action for row in rows if row.action.startswith("disclosure")]
    assert actions == ["disclosure.counters-changed", "disclosure.published"]
    assert "255" not in rows[-1].detail
