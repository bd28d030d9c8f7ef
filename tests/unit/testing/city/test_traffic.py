"""Made traffic is the same whoever watches, and in however many parts."""

from hypothesis import given
from hypothesis import strategies as st

from testing.city.traffic import MINUTE_NS, ROWS_A_MINUTE, crossings, rows, span


@given(st.integers(0, 10_000), st.integers(0, 20), st.integers(0, 2**31), st.integers(0, 60))
def test_the_parts_of_a_minute_add_up_to_it(camera: int, series: int, minute: int, cut_s: int) -> None:
    parts = crossings(camera, series, minute, 0, cut_s) + crossings(camera, series, minute, cut_s)
    assert parts == crossings(camera, series, minute) == 5


def test_the_rows_of_a_part_say_how_much_was_watched() -> None:
    found = list(rows(7, "camera-00007", 3 * MINUTE_NS, 0, 24))
    assert len(found) == ROWS_A_MINUTE
    assert {(one.coverage, one.start_ns) for one in found} == {(0.4, 3 * MINUTE_NS)}
    assert (span(0, 0, 24).from_ms, span(0, 0, 24).to_ms) == (0, 24_000)
