"""An allowance that is used up, and grows with time."""

from hypothesis import given
from hypothesis import strategies as st

from passerby.sandbox.token_bucket import TokenBucket


def test_it_begins_full_and_grows_no_further_than_that() -> None:
    for first_s in (0.0, 1e6):
        bucket = TokenBucket(per_s=10.0, burst=3.0)
        assert [bucket.take(first_s) for _ in range(3)] == [0, 0, 0]
        assert bucket.take(first_s) == 0.1
        assert [bucket.take(first_s + 1e5) for _ in range(3)] == [0, 0, 0]
        assert bucket.take(first_s + 1e5) > 0


def test_what_was_taken_beyond_it_grows_again_first() -> None:
    bucket = TokenBucket(per_s=2.0, burst=4.0)
    assert bucket.take(0.0, 10.0) == 3.0
    assert bucket.take(1.0, 0.0) == 2.0
    assert bucket.take(3.0, 0.0) == 0
    assert bucket.take(3.0, 0.5) == 0.25


def test_a_clock_that_goes_back_gives_nothing() -> None:
    bucket = TokenBucket(per_s=1.0, burst=1.0)
    assert bucket.take(100.0) == 0
    assert bucket.take(50.0) == 1.0


@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0, 5)), max_size=50))
def test_no_more_is_given_than_the_burst_and_what_grew(asked: list[tuple[float, float]]) -> None:
    bucket, now_s, given_out = TokenBucket(per_s=1.0, burst=3.0), 0.0, 0.0
    for step_s, amount in asked:
        now_s += step_s
        if bucket.take(now_s, amount) == 0:
            given_out += amount
    assert given_out <= 3.0 + now_s + 1e-6
