"""Intervals cover all of time, once, in any zone; values combine to the same in any grouping."""

from dataclasses import replace
from functools import reduce
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.intervals import COMBINATIONS, Aggregate, Intervals, regroup
from passerby.domain.observations import Observation, Quantity
from passerby.domain.queries import Bin
from passerby.domain.road_user import RoadUser

ZONES = ("UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham")
times = st.integers(0, 4_000_000_000)


@given(zone=st.sampled_from(ZONES), length=st.sampled_from(Bin), time_s=times)
def test_an_interval_holds_its_time_and_meets_its_neighbours(zone, length, time_s):
    intervals = Intervals(ZoneInfo(zone))
    one = intervals.around(length, time_s)
    assert one.start_s <= time_s < one.end_s
    assert intervals.around(length, one.start_s) == one
    assert intervals.around(length, one.end_s - 1) == one
    assert intervals.around(length, one.end_s).start_s == one.end_s


@given(zone=st.sampled_from(ZONES), time_s=st.integers(1_000_000_000, 4_000_000_000))
def test_quarters_fit_into_days(zone, time_s):
    day = Intervals(ZoneInfo(zone)).around(Bin.DAY, time_s)
    assert day.start_s % Bin.QUARTER == 0
    assert day.end_s % Bin.QUARTER == 0


@pytest.mark.parametrize(("time_s", "hours"), [(1_774_742_400, 23), (1_792_900_000, 25), (1_790_553_600, 24)])
def test_days_on_which_clocks_change(time_s, hours):
    assert Intervals(ZoneInfo("Europe/Berlin")).around(Bin.DAY, time_s).length_s == hours * 3600


S = 1_000_000_000
BASE = Observation("cam", "gate", Quantity.FLOW, RoadUser.PEDESTRIAN, "forward", 0, 60, 3.0, 3, 1.0)


def test_regroup_weights_means_by_watched_time_and_speeds_by_count():
    means = [
        replace(BASE, quantity=Quantity.OCCUPANCY_MEAN, direction=None, value=4.0, coverage=0.25),
        replace(BASE, quantity=Quantity.OCCUPANCY_MEAN, direction=None, value=1.0, coverage=0.75, start_ns=60 * S),
    ]
    assert regroup(means, 900)[0].value == pytest.approx(1.75)
    speeds = [
        replace(BASE, quantity=Quantity.SPEED_MEAN, value=1.0, count=3, error=0.1),
        replace(BASE, quantity=Quantity.SPEED_MEAN, value=2.0, count=1, error=0.3, start_ns=60 * S),
    ]
    joined = regroup(speeds, 900)[0]
    assert (joined.value, joined.count, joined.error) == (1.25, 4, pytest.approx(0.15))


def test_regroup_counts_missing_and_unknown_intervals_as_unwatched():
    rows = [BASE, replace(BASE, start_ns=60 * S, value=None, count=0, coverage=0.0)]
    (joined,) = regroup(rows, 900)
    assert (joined.value, joined.length_s) == (3.0, 900)
    assert joined.coverage == pytest.approx(1 / 15)
    (nothing,) = regroup(rows[1:], 900)
    assert (nothing.value, nothing.coverage) == (None, 0.0)


def test_regroup_trusts_an_interval_only_if_all_of_it_can_be():
    rows = [BASE, replace(BASE, start_ns=60 * S, reliable=False), replace(BASE, start_ns=900 * S)]
    assert [one.reliable for one in regroup(rows, 900)] == [False, True]


def test_regroup_refuses_lengths_that_do_not_fit():
    with pytest.raises(ValueError, match="whole number"):
        regroup([BASE], 90)


def test_every_quantity_combines_in_one_way():
    assert set(COMBINATIONS) == set(Quantity)


@pytest.mark.parametrize(
    ("quantity", "value"),
    [(Quantity.FLOW, 7.0), (Quantity.OCCUPANCY_MAX, 4.0), (Quantity.DENSITY_MEAN, 3.25), (Quantity.SPEED_P85, 3.9)],
)
def test_each_kind_of_value_combines_by_its_rule(quantity, value):
    one = replace(BASE, quantity=quantity, value=3.0, count=1, coverage=0.75)
    other = replace(BASE, quantity=quantity, value=4.0, count=9, coverage=0.25)
    combined = Aggregate.of(one).plus(Aggregate.of(other), COMBINATIONS[quantity])
    assert combined.value == pytest.approx(value)
    assert (combined.count, combined.watched_s) == (10, 60.0)


def test_a_value_on_no_road_user_is_one_value_all_the_same():
    empty = replace(BASE, quantity=Quantity.SPEED_MEAN, value=2.0, count=0)
    assert Aggregate.of(empty).weight == 1.0
    assert Aggregate.of(replace(empty, value=None)).weight == 0.0


def test_coverage_is_a_share_of_the_time_and_never_more_than_all():
    one = Aggregate.of(replace(BASE, coverage=1.0))
    assert (one.coverage(120), one.coverage(30), one.coverage(0)) == (0.5, 1.0, 0.0)


whole = st.integers(0, 50)
observations = st.builds(
    lambda quantity, value, count, tenths, error, reliable: replace(
        BASE, quantity=quantity, value=value if tenths else None, count=count, coverage=tenths / 10,
        error=error if value is not None and tenths else None, reliable=reliable,
    ),
    st.sampled_from(Quantity), st.none() | whole.map(float), whole, st.integers(0, 10), st.none() | whole.map(float),
    st.booleans(),
)  # fmt: skip


@given(quantity=st.sampled_from(Quantity), rows=st.lists(observations, min_size=1, max_size=8), data=st.data())
def test_any_grouping_and_any_order_give_the_same(quantity, rows, data):
    parts = [Aggregate.of(replace(row, quantity=quantity)) for row in rows]
    rule = COMBINATIONS[quantity]

    def combined(some):
        return reduce(lambda one, other: one.plus(other, rule), some)

    cut = data.draw(st.integers(0, len(parts)))
    shuffled = data.draw(st.permutations(parts))
    groups = [combined(some) for some in (shuffled[:cut], shuffled[cut:]) if some]
    one, other = combined(parts), combined(groups)
    for name in ("value", "weight", "error", "error_weight", "count", "watched_s", "reliable"):
        assert getattr(one, name) == pytest.approx(getattr(other, name)), name
