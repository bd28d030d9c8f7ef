"""What somebody can do with published numbers who has all of them: no true small number comes out."""

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from passerby.domain.class_groups import ClassGroup
from passerby.domain.published import (
    OUTSIDE,
    Audience,
    DrawnNumber,
    PlaceKind,
    PublishedCounter,
    WantedSum,
    Way,
    noise_sd,
    published,
)
from passerby.domain.queries import EventQuery
from passerby.publish.disclosure.counting import CountedBin, DueBin
from passerby.publish.disclosure.noise import NoiseSource
from passerby.publish.disclosure.publisher import drawn_numbers
from passerby.units import DAY_S, NS_PER_S
from testing.store_keeper import MONDAY_S
from testing.trial_service.publishing import NORTH, PLACES, PUBLISH, made_plan

TRIES = 4000
BIN_NS = 900 * NS_PER_S
COUNTER = PublishedCounter(
    "square-north-1f", "square", "north", PlaceKind.LINE, ("forward", "backward"), (ClassGroup.ON_FOOT,), False, "00", 0
)  # fmt: skip


def drawn(counts: dict[Way, int], tries: int = TRIES) -> list[DrawnNumber]:
    """The same true numbers in many bins, each drawn as a run draws it."""
    bins = [DueBin(number * BIN_NS, (number + 1) * BIN_NS, COUNTER) for number in range(tries)]
    true = {(ClassGroup.ON_FOOT, way): count for way, count in counts.items()}
    return drawn_numbers([CountedBin(one, true, 1.0, True) for one in bins], NoiseSource())


def noisy(numbers: list[DrawnNumber], audience: Audience, way: Way = Way.FORWARD) -> np.ndarray:
    return np.array([one.for_audience(audience) for one in numbers if one.way is way])


def surely_told_apart(one: np.ndarray, other: np.ndarray) -> float:
    """How often the better of all guesses between two neighbouring truths is right; 0.5 is a coin."""
    values = np.union1d(one, other)
    right = sum(max(np.mean(one == value), np.mean(other == value)) for value in values)
    return float(right / 2)


def test_averaging_ten_thousand_requests_gives_one_draw(site):
    site.count(range(15), 2)
    site.run(900 + 3600)
    counter = site.counter()
    wanted = WantedSum(counter, Audience.PUBLIC, MONDAY_S * NS_PER_S, MONDAY_S * NS_PER_S + BIN_NS)
    answers = set()
    for request in range(100):
        if request % 25 == 0:  # a restart, or another hub
            site.publisher = site.another_publisher()
            site.run()
        numbers = site.keeper.run(site.store.published.drawn(0, 2**62, (counter.id,)))
        answers |= {published(wanted, numbers, 2**62) for _ in range(100)}
    assert len(answers) == 1


@pytest.mark.parametrize("audience", OUTSIDE)
def test_whether_one_more_passed_is_known_no_better_than_epsilon_allows(audience):
    """The best guess between 3 and 4 is right e^eps / (1 + e^eps) of the time at most (Wasserman and Zhou, 2010)."""
    one, other = (noisy(drawn({Way.FORWARD: count, Way.BACKWARD: 0}), audience) for count in (3, 4))
    epsilon = {Audience.PARTNER: 1.0, Audience.PUBLIC: 0.5}[audience]
    bound = np.exp(epsilon) / (1 + np.exp(epsilon))
    assert surely_told_apart(one, other) <= bound + 0.03


def test_both_audiences_together_give_away_no_more_than_the_partners_number():
    pairs = []
    for count in (3, 4):
        numbers = drawn({Way.FORWARD: count, Way.BACKWARD: 0}, tries=20_000)
        partner, public = (noisy(numbers, each) for each in OUTSIDE)
        # The best that both can be combined to, whatever it is, is a function of the partner's number.
        pairs.append(np.clip(partner, -6, 12) * 100 + np.clip(public - partner, -3, 3))
    alone = [np.clip(noisy(drawn({Way.FORWARD: count, Way.BACKWARD: 0}, tries=20_000), Audience.PARTNER), -6, 12)
             for count in (3, 4)]  # fmt: skip
    assert surely_told_apart(*pairs) <= surely_told_apart(*alone) + 0.03


@pytest.mark.parametrize("audience", OUTSIDE)
def test_the_difference_of_two_zones_or_bins_has_the_noise_of_both(audience):
    """Two zones of which one also holds a doorway, or two bins: their difference shows who came out only with noise."""
    first, second = (noisy(drawn({Way.FORWARD: count, Way.BACKWARD: 0}), audience) for count in (40, 39))
    epsilon = {Audience.PARTNER: 1.0, Audience.PUBLIC: 0.5}[audience]
    difference = first - second
    assert np.std(difference) == pytest.approx(noise_sd(epsilon) * np.sqrt(2), rel=0.1)
    assert np.mean(difference == 1) < 0.35


def test_a_whole_less_its_published_parts_is_a_noisy_number_never_the_counted_one(site):
    """A withheld part can be had from the whole: what comes out then is the number with its noise, as it was drawn."""
    site.count(range(15), 20)
    site.run(900 + 3600)
    one = site.counter()
    parts = site.read(counters=(one.id,), to_ns=(MONDAY_S + 900) * NS_PER_S)
    whole = site.read(counters=(one.id,), to_ns=(MONDAY_S + 900) * NS_PER_S, add_groups=True, add_ways=True)[0]
    stored = {
        (each.group, each.way): each.for_audience(Audience.PUBLIC)
        for each in site.keeper.run(site.store.published.drawn(0, 2**62, (one.id,)))
        if each.from_ns == MONDAY_S * NS_PER_S
    }
    withheld = [part for part in parts if part.value is None]
    assert withheld
    assert whole.value is not None
    rest = whole.value - sum(part.value or 0 for part in parts)
    assert rest == sum(stored[part.group, part.way] or 0 for part in withheld if part.group and part.way)


def test_no_bin_is_published_of_two_outlines(site):
    """Before and after a line is moved a little, the same time is never counted by both, nor a time in between."""
    site.count(range(600), 20)
    site.run(6 * 3600)
    before = site.counter()
    moved = replace(NORTH, points=NORTH.points + np.float32(0.01))
    site.plan = made_plan(lines=(moved,))
    site.run(6 * 3600 + 60)
    site.count(range(600, 3 * 1440), 20)
    site.run(3 * DAY_S)
    after = site.counter()
    assert after.id != before.id
    bins = [one for one in site.read(days=3) if one.counter in (before.id, after.id)]
    ends = max(one.to_ns for one in bins if one.counter == before.id)
    begins = min(one.from_ns for one in bins if one.counter == after.id)
    assert begins - ends >= DAY_S * NS_PER_S


def test_another_time_zone_of_the_site_draws_no_time_again(site):
    """Bins of an hour would begin half an hour later by the new clock, and the same crossings would be in two draws."""
    site.plan = made_plan(publish=replace(PUBLISH, places=(replace(PLACES[0], sensitive=True),)))
    site.run(60)
    site.run(5 * DAY_S)
    before = site.keeper.run(site.store.published.drawn(0, 2**62, (site.counter().id,)))
    site.plan = replace(site.plan, time_zone="Asia/Kolkata")
    site.publisher = site.another_publisher()
    site.run(5 * DAY_S + 60)
    assert site.keeper.run(site.store.published.drawn(0, 2**62, (site.counter().id,))) == before
    site.run(6 * DAY_S)
    times = {(one.from_ns, one.to_ns) for one in site.keeper.run(site.store.published.drawn(0, 2**62))}
    of_one = sorted(each for each in times if each[1] - each[0] == 3600 * NS_PER_S)
    assert len(of_one) > 90
    assert all(one[1] <= other[0] for one, other in pairwise(of_one))
    assert any(one.to_ns in {each[1] for each in of_one} for one in site.read(days=6))


def test_coverage_does_not_tell_how_busy_it_was(site):
    """A machine that has more to do drops more pictures: a few thousandths, which nobody gets to see."""
    site.count(range(15), 20, coverage=0.9987)
    site.count(range(15, 30), 0, coverage=0.9999)
    site.run(7200)
    bins = site.read(counters=(site.counter().id,), to_ns=(MONDAY_S + 1800) * NS_PER_S)
    assert len({one.from_ns for one in bins}) == 2
    assert {one.coverage for one in bins} == {1.0}


def test_no_log_holds_what_was_counted_or_drawn(site, caplog):
    site.count(range(15), 777)
    with caplog.at_level("DEBUG"):
        site.run(900 + 3600)
    (value,) = [one.value for one in site.read(to_ns=MONDAY_S * NS_PER_S + BIN_NS) if one.value and one.value > 9000]
    assert abs(value - 15 * 777) < 60
    audit = str(site.keeper.run(site.store.audit(EventQuery(0, 2**62))).rows)
    assert not {str(15 * 777), str(value)} & set(re.findall(r"\\d+", caplog.text + audit))


def test_the_mean_error_at_a_busy_line_is_at_most_five_percent():
    numbers = drawn({Way.FORWARD: 40, Way.BACKWARD: 40}, tries=10_000)
    for audience, limit in ((Audience.PUBLIC, 0.05), (Audience.PARTNER, 0.025)):
        assert np.mean(np.abs(noisy(numbers, audience) - 40)) / 40 <= limit
