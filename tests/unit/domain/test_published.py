"""What is published of numbers with noise: parts add up to wholes, and what is withheld, waits or is a gap is so."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.class_groups import ClassGroup
from passerby.domain.count_accuracy import accuracy_of
from passerby.domain.events import Direction
from passerby.domain.hand_counts import MinutePair
from passerby.domain.published import (
    OUTSIDE,
    SENSITIVE_RULES,
    STREET_RULES,
    Audience,
    BinStatus,
    DisclosureRules,
    DrawnNumber,
    PlaceKind,
    PublishedCounter,
    WantedSum,
    Way,
    noise_half_width,
    noise_sd,
    published,
)
from passerby.domain.published_errors import BELIEVED
from passerby.domain.road_user import RoadUser
from passerby.domain.true_crossings import added
from passerby.units import DAY_S, HOUR_S, NS_PER_S, QUARTER_S

BIN_NS = QUARTER_S * NS_PER_S
BEGAN_NS = 1_700_000_100 * NS_PER_S // BIN_NS * BIN_NS
LATER_NS = BEGAN_NS + 9 * DAY_S * NS_PER_S
COUNTER = PublishedCounter(
    "square-north-1f", "square", "north", PlaceKind.LINE, ("to the station", "to the river"),
    (ClassGroup.ON_FOOT, ClassGroup.BICYCLES), False, "00", BEGAN_NS,
)  # fmt: skip
SERIES = tuple(product(COUNTER.groups, COUNTER.ways))


def drawn_bin(number: int, values: Sequence[int | None], coverage: float = 1.0) -> list[DrawnNumber]:
    """The numbers of one bin of the counter, the partner's one higher than the public one."""
    from_ns = BEGAN_NS + number * BIN_NS
    return [
        DrawnNumber(
            COUNTER.id, group, way, from_ns, from_ns + BIN_NS, 0.0 if value is None else coverage,
            None if value is None else {Audience.PUBLIC: value, Audience.PARTNER: value + 1},
        )
        for (group, way), value in zip(SERIES, values, strict=True)
    ]  # fmt: skip


def wanted(bins: int = 1, first: int = 0, audience: Audience = Audience.PUBLIC) -> WantedSum:
    """The sum of so many bins over all groups and ways."""
    from_ns = BEGAN_NS + first * BIN_NS
    return WantedSum(COUNTER, audience, from_ns, from_ns + bins * BIN_NS, bins)


numbers = st.integers(-30, 400)
bins_of_numbers = st.lists(
    st.one_of(st.tuples(numbers, numbers, numbers, numbers), st.just((None,) * 4)), min_size=1, max_size=8
)


@given(bins_of_numbers, st.sampled_from(OUTSIDE))
def test_published_parts_add_up_to_published_wholes(values: list[tuple[int | None, ...]], audience: Audience) -> None:
    drawn = [one for number, of_bin in enumerate(values) for one in drawn_bin(number, of_bin)]
    whole = wanted(len(values), audience=audience)
    splits = {
        "bins": [replace(wanted(1, number, audience), bins=1) for number in range(len(values))],
        "groups": [replace(whole, group=group) for group in COUNTER.groups],
        "ways": [replace(whole, way=way) for way in COUNTER.ways],
        "groups and ways": [replace(whole, group=group, way=way) for group, way in SERIES],
    }
    total = published(whole, drawn, LATER_NS)
    for parts in ([published(one, drawn, LATER_NS) for one in split] for split in splits.values()):
        if total.value is not None and all(part.status in (BinStatus.PUBLISHED, BinStatus.GAP) for part in parts):
            assert total.value == sum(part.value or 0 for part in parts)
        assert sum(part.series for part in parts) == total.series


@given(numbers, st.sampled_from(OUTSIDE))
def test_only_numbers_at_the_threshold_or_above_are_published(value: int, audience: Audience) -> None:
    one = replace(wanted(audience=audience), group=ClassGroup.ON_FOOT, way=Way.FORWARD)
    got = published(one, drawn_bin(0, (value, 0, 0, 0)), LATER_NS)
    noisy = value + 1 if audience is Audience.PARTNER else value
    assert (got.value, got.status) == (
        (noisy, BinStatus.PUBLISHED) if noisy >= got.threshold else (None, BinStatus.BELOW_THRESHOLD)
    )
    assert (got.low is None, got.high is None) == (got.value is None,) * 2


@given(bins_of_numbers, st.integers(0, 3 * HOUR_S))
def test_a_number_waits_for_its_delay_and_for_all_its_parts(values: list[tuple[int | None, ...]], s: int) -> None:
    drawn = [one for number, of_bin in enumerate(values) for one in drawn_bin(number, of_bin)]
    whole = wanted(len(values))
    now_ns = whole.to_ns + s * NS_PER_S
    got = published(whole, drawn, now_ns)
    assert (got.status is BinStatus.WAITING) == (s < HOUR_S)
    assert published(whole, drawn[1:], LATER_NS).status is BinStatus.WAITING
    assert got.status is not BinStatus.WAITING or (got.value, got.coverage) == (None, None)


def test_a_gap_is_no_zero_and_lowers_the_coverage_of_a_sum() -> None:
    drawn = [*drawn_bin(0, (None,) * 4), *drawn_bin(1, (20, 30, 40, 50), coverage=0.5)]
    gap, half = published(wanted(1), drawn, LATER_NS), published(wanted(2), drawn, LATER_NS)
    assert (gap.status, gap.value, gap.coverage) == (BinStatus.GAP, None, 0.0)
    assert (half.status, half.value, half.coverage, half.series) == (BinStatus.PUBLISHED, 140, 0.25, 4)


def test_a_time_in_which_the_counter_was_not_there_is_a_gap() -> None:
    assert published(replace(wanted(4), bins=0), (), LATER_NS).status is BinStatus.GAP


def test_nothing_is_drawn_for_those_inside() -> None:
    with pytest.raises(ValueError, match="nothing is drawn for internal"):
        published(replace(wanted(), audience=Audience.INTERNAL), drawn_bin(0, (1, 2, 3, 4)), LATER_NS)


@given(st.sampled_from((0.25, 0.5, 1.0, 2.0)), st.integers(1, 60))
def test_the_reach_of_the_noise_is_that_of_its_distribution(epsilon: float, series: int) -> None:
    p, half = math.exp(-epsilon), noise_half_width(epsilon, series)
    assert noise_sd(epsilon) ** 2 == pytest.approx(2 * p / (1 - p) ** 2)
    if series == 1:
        outside = [2 * p ** (reach + 1) / (1 + p) for reach in (half, half - 1)]
        assert outside[0] <= 0.05 < outside[1]
    # By the central limit theorem, and a single number's tails are heavier.
    assert half == pytest.approx(1.96 * noise_sd(epsilon) * math.sqrt(series), rel=0.12, abs=1.5)


def test_an_interval_holds_the_noise_and_the_counters_own_error() -> None:
    one = published(replace(wanted(), way=Way.FORWARD), drawn_bin(0, (60, 0, 40, 0)), LATER_NS)
    own = added([BELIEVED.true_columns(np.array([60.0])), BELIEVED.true_columns(np.array([40.0]))]).at(0)
    assert (one.value, one.basis) == (100, "prior")
    assert one.low is not None
    assert one.high is not None
    assert one.low < own.low < own.high < one.high
    withheld = published(wanted(), drawn_bin(0, (0, 0, 0, 0)), LATER_NS)
    assert (withheld.low, withheld.high, withheld.basis) == (None, None, "")


def test_an_interval_is_narrower_where_the_line_was_counted_by_hand() -> None:
    counted = accuracy_of([MinutePair(0, RoadUser.PEDESTRIAN, Direction.FORWARD, 900, 900)])
    one = replace(wanted(), group=ClassGroup.ON_FOOT)
    believed = published(one, drawn_bin(0, (600, 400, 0, 0)), LATER_NS)
    validated = published(one, drawn_bin(0, (600, 400, 0, 0)), LATER_NS, {ClassGroup.ON_FOOT: counted})
    assert validated.value == believed.value == 1000
    assert validated.basis == "validated"
    widths = [(each.high or 0.0) - (each.low or 0.0) for each in (validated, believed)]
    assert widths[0] < widths[1]


def test_a_sum_of_groups_rests_on_the_least_known_one() -> None:
    counted = accuracy_of([MinutePair(0, RoadUser.PEDESTRIAN, Direction.FORWARD, 900, 900)])
    drawn = drawn_bin(0, (60, 0, 40, 0))
    assert published(wanted(), drawn, LATER_NS, {ClassGroup.ON_FOOT: counted}).basis == "prior"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"epsilon": None}, "without noise"),
        ({"epsilon": 0.0}, "above 0"),
        ({"bin_s": 7200}, "divide an hour"),
        ({"delay_s": -1}, "negative"),
    ],
)
def test_rules_that_would_publish_too_much_are_refused(changed: dict[str, float | None], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(STREET_RULES[Audience.PUBLIC], **changed)  # type: ignore[arg-type]


def test_the_rules_are_those_of_the_table() -> None:
    assert STREET_RULES[Audience.PUBLIC] == DisclosureRules(Audience.PUBLIC, 900, 3600, 0.5, 10, 30)
    assert STREET_RULES[Audience.PARTNER] == DisclosureRules(Audience.PARTNER, 900, 900, 1.0, 5, 10)
    assert {(one.bin_s, one.delay_s) for one in map(SENSITIVE_RULES.__getitem__, OUTSIDE)} == {(HOUR_S, DAY_S)}
    assert COUNTER.bin_s == 900
    assert replace(COUNTER, sensitive=True).bin_s == HOUR_S
