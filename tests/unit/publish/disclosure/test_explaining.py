"""What was done to a number is said with its reason; what will go out is known before anything is drawn."""

from dataclasses import replace
from datetime import date

import pytest

from passerby.domain.class_groups import ClassGroup
from passerby.domain.errors import PasserbyError
from passerby.domain.published import Audience, BinStatus, Way
from passerby.publish.disclosure.explaining import ExplainedNumber, explained, previewed
from passerby.units import NS_PER_S
from testing.store_keeper import MONDAY_S
from testing.trial_service.publishing import PublishingSite, made_plan

MONDAY = date(2026, 9, 28)


def monday(site: PublishingSite, audience: Audience = Audience.PUBLIC) -> list[ExplainedNumber]:
    """Those on foot over the north line, forward, from midnight UTC on."""
    found = site.keeper.run(explained(site.store, site.plan, "north", MONDAY, site.keeper.clock()))
    return [
        one for one in found
        if (one.audience, one.group, one.way) == (audience, ClassGroup.ON_FOOT, Way.FORWARD)
        and one.from_ns >= MONDAY_S * NS_PER_S
    ]  # fmt: skip


def test_each_state_of_a_number_has_its_reason(site):
    site.count(range(15), 20)
    site.count(range(15, 30), 0)
    site.count(range(45, 59), 20)
    site.run(3600 + 2700)
    shown, below, gap, missing, *_ = monday(site)
    assert (shown.measured, shown.status, shown.published) == (300, BinStatus.PUBLISHED, shown.drawn)
    assert "epsilon 0.5" in shown.why
    assert (below.measured, below.status, below.published) == (0, BinStatus.BELOW_THRESHOLD, None)
    assert below.drawn is not None
    assert below.why == "withheld: with its noise it is below 10."
    assert gap.status is BinStatus.WAITING
    assert gap.measured is None
    assert missing.why == "minutes are missing: they are waited for until 2026-09-29 01:00 UTC"


def test_a_number_that_is_not_due_says_when(site):
    site.count(range(30), 20)
    site.run(2000)
    first = monday(site)[0]
    assert (first.status, first.published, first.why) == (
        BinStatus.WAITING,
        None,
        "published at 2026-09-28 01:15 UTC",
    )
    assert monday(site, Audience.PARTNER)[0].status is BinStatus.PUBLISHED


def test_what_came_late_is_said(site):
    site.count(range(15), 20, coverage=0.5)
    site.run(900 + 3600)
    before = monday(site)[0]
    site.count(range(15), 30)
    after = monday(site)[0]
    assert after == replace(before, measured=450, coverage=1.0, why=after.why)
    assert after.why.endswith("More was measured than when it was drawn, and changes nothing.")


def test_a_name_that_was_never_published_is_refused_with_those_that_were(site):
    with pytest.raises(PasserbyError, match=r"south: no line or zone .* published are: square: north, square: plaza"):
        site.keeper.run(explained(site.store, site.plan, "south", MONDAY, site.keeper.clock()))


def test_a_preview_says_how_much_goes_out_and_draws_nothing(site):
    site.count(range(1440), 3)
    site.keeper.clock.now_s = MONDAY_S + 86_400
    found = site.keeper.run(previewed(site.store, site.plan, site.keeper.clock()))
    north = {one.audience: one for one in found if one.place == "north"}
    public, partner = north[Audience.PUBLIC], north[Audience.PARTNER]
    assert (public.numbers, public.bin_s) == (95 * 6, 900)
    # 45 on foot a quarter, 15 on bicycles, and four series without anybody.
    assert 95 * 1.95 < public.published < 95 * 2.0 < partner.published < 95 * 2.05
    assert public.published + public.withheld + public.gaps == pytest.approx(public.numbers)
    assert public.error is not None
    assert 0.04 < public.error < 0.13
    plaza = next(one for one in found if one.place == "plaza")
    assert (plaza.gaps, plaza.error) == (plaza.numbers, None)
    assert site.keeper.run(site.store.published.drawn_bins(0)) == frozenset()


def test_a_site_that_publishes_nothing_has_no_preview(site):
    with pytest.raises(PasserbyError, match="no `publish`"):
        site.keeper.run(previewed(site.store, made_plan(publish=None), site.keeper.clock()))
