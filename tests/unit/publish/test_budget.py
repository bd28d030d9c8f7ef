"""How many notices there may be: a burst, and one in ten minutes in the long run."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from passerby.publish.budget import REMEMBERED_S, Budget
from passerby.units import NS_PER_S
from testing.web.deliveries import recipient


def made_within(times_s: list[float], burst: int, in_10_min: float) -> list[float]:
    """Asks at each time, and returns when there was one left."""
    who, made = recipient(burst=burst, in_10_min=in_10_min), list[float]()
    for now_s in times_s:
        now_ns = round(now_s * NS_PER_S)
        kept = [round(each * NS_PER_S) for each in made if now_s - each <= REMEMBERED_S]
        if Budget(who, kept, now_ns).take():
            made.append(now_s)
    return made


def test_a_burst_then_one_in_ten_minutes() -> None:
    made = made_within([second * 10.0 for second in range(3600 * 5 // 10)], burst=5, in_10_min=1)
    assert made[:5] == [0, 10, 20, 30, 40]
    assert {round(two - one) for one, two in pairwise(made[6:])} == {600}


@given(st.lists(st.floats(0, 86_400), min_size=1, max_size=80).map(sorted), st.integers(1, 10), st.floats(0.1, 6))
def test_no_ten_minutes_have_more_than_the_burst_and_the_rate(
    times_s: list[float], burst: int, in_10_min: float
) -> None:
    made = made_within(times_s, burst, in_10_min)
    for start_s in made:
        assert sum(start_s <= each < start_s + 600 for each in made) <= burst + in_10_min + 1e-6


def test_what_is_critical_counts_and_what_was_made_later_than_now_does_not() -> None:
    who = recipient(burst=2)
    budget = Budget(who, [], 0)
    budget.spend()
    assert (budget.left, budget.take(leave=1), budget.take(), budget.take()) == (1, False, True, False)
    # Made before the clock was set back: else all would be kept back until that time.
    assert Budget(who, [0, 100 * NS_PER_S, 101 * NS_PER_S], 0).left == 1
