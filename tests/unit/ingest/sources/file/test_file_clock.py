"""Time in a recording runs forward and stays true, whatever its stamps do."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.ingest.sources.file.file_clock import FileClock, TimedPicture
from passerby.units import DAY_S

STAMPS = st.lists(st.none() | st.floats(-1e6, 1e6), min_size=1, max_size=60)


def read_all(
    stamps_s: list[float | None], period_s: float | None = 0.1, *, joins: bool = False, claimed_s: float | None = None
) -> list[float]:
    """The time of each picture, in their order."""
    clock: FileClock[int] = FileClock(period_s, joins=joins, claimed_s=claimed_s)
    placed: list[TimedPicture[int]] = []
    for number, stamp_s in enumerate(stamps_s):
        placed += clock.put(number, stamp_s)
    placed += clock.end()
    assert [each.picture for each in placed] == list(range(len(stamps_s)))
    return [each.stream_s for each in placed]


def steady(start_s: float, count: int, step_s: float = 0.1) -> list[float | None]:
    return [start_s + number * step_s for number in range(count)]


def test_it_counts_from_the_first_picture() -> None:
    assert read_all([7.0, 7.1, 7.35]) == pytest.approx([0.0, 0.1, 0.35])
    assert read_all([-3.0, -2.9, -2.8]) == pytest.approx([0.0, 0.1, 0.2])
    assert read_all([7.0]) == [0.0]


def test_stamps_that_are_missing_follow_the_rate() -> None:
    assert read_all([3.0, 3.1, None, None, 3.4]) == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4])
    assert read_all([None, None, None]) == pytest.approx([0.0, 0.1, 0.2])
    assert read_all([None, None, 5.0, 5.1]) == pytest.approx([0.0, 0.1, 0.2, 0.3])


def test_without_stamps_and_without_a_rate_there_is_no_time() -> None:
    with pytest.raises(ValueError, match="neither time stamps nor a frame rate"):
        FileClock[int](None).put(0, None)


def test_a_small_step_back_is_held_until_time_has_caught_up() -> None:
    assert read_all([0.0, 0.2, 0.1, 0.3]) == pytest.approx([0.0, 0.2, 0.2, 0.3])


@pytest.mark.parametrize("joins", [False, True])
@pytest.mark.parametrize(
    ("place", "off_s"),
    [
        (place, off_s)
        for place in (0, 1, 2, 30, 57, 58, 59)
        for off_s in (3.0, -3.0, 9.0, -9.0, 60.0, -60.0, 5000.0, -5000.0, 1e6, -1e6, 2.0**62 / 90_000)
    ],
)
def test_one_absurd_stamp_costs_nothing(off_s: float, place: int, joins: bool) -> None:
    stamps_s = steady(100.0, 60)
    stamps_s[place] = (stamps_s[place] or 0.0) + off_s
    assert read_all(stamps_s, joins=joins) == pytest.approx([number / 10 for number in range(60)], abs=0.02)


@pytest.mark.parametrize("off_s", [4.0, 77.0, -77.0, 1e5])
@pytest.mark.parametrize("length", [2, 3])
def test_a_few_absurd_stamps_in_a_row_cost_nothing(off_s: float, length: int) -> None:
    stamps_s = [
        (stamp_s or 0.0) + (off_s if 20 <= number < 20 + length else 0) for number, stamp_s in enumerate(steady(0, 60))
    ]
    assert read_all(list(stamps_s)) == pytest.approx([number / 10 for number in range(60)], abs=0.02)


def test_several_absurd_stamps_near_each_other_and_all_different() -> None:
    stamps_s = steady(0.0, 100)
    for place, stamp_s in ((10, 1e6), (12, -5e4), (13, 2e9), (40, 44.0), (41, -1.0e9), (70, None), (71, 7e7)):
        stamps_s[place] = stamp_s
    assert read_all(stamps_s) == pytest.approx([number / 10 for number in range(100)], abs=0.02)


@pytest.mark.parametrize("starts_s", [(90_000, 5), (5, 90_000), (5, 90_000, 5, 3), (0, 0, 0, 0), (500, 5, 200, 40_000)])
def test_a_transport_stream_whose_clock_starts_anew_goes_on(starts_s: tuple[float, ...]) -> None:
    stamps_s = [stamp_s for start_s in starts_s for stamp_s in steady(start_s, 100)]
    assert read_all(stamps_s, joins=True) == pytest.approx([number / 10 for number in range(len(stamps_s))], abs=0.05)


def test_stamps_that_start_anew_go_on_in_every_container() -> None:
    stamps_s = [*steady(50.0, 30), *steady(0.0, 30)]
    assert read_all(stamps_s) == pytest.approx([number / 10 for number in range(60)], abs=0.02)
    assert read_all(stamps_s, None) == pytest.approx([number / 10 for number in range(60)], abs=0.02)


@pytest.mark.parametrize("gap_s", [0.7, 3.0, 9.0, 100.0, 40_000.0])
def test_a_gap_stays_a_gap(gap_s: float) -> None:
    stamps_s = [*steady(0.0, 30), *steady(3.0 + gap_s, 30)]
    expected_s = [(stamp_s or 0.0) for stamp_s in stamps_s]
    assert read_all(stamps_s) == pytest.approx(expected_s)
    assert read_all(stamps_s, claimed_s=6.0 + gap_s) == pytest.approx(expected_s)
    if gap_s < 10:
        assert read_all(stamps_s, joins=True) == pytest.approx(expected_s)


@pytest.mark.parametrize("gap_s", [0.7, 1.0, 4.0])
def test_what_is_no_lone_picture_of_a_film_without_gaps_is_behind_a_gap(gap_s: float) -> None:
    two_at_the_end = [*steady(0.0, 30), *steady(3.0 + gap_s, 2)]
    assert read_all(two_at_the_end)[-1] == pytest.approx(3.1 + gap_s)
    two_at_the_start = [*steady(0.0, 2), *steady(0.2 + gap_s, 30)]
    assert read_all(two_at_the_start)[-1] == pytest.approx(3.1 + gap_s)
    had_gaps = [*steady(0.0, 30), *steady(8.0, 30), 11.0 + gap_s]
    assert read_all(had_gaps)[-1] == pytest.approx(11.0 + gap_s)
    few: list[float | None] = [0.0, 0.1, 0.2 + gap_s]
    assert read_all(few)[-1] == pytest.approx(0.2 + gap_s)


def test_an_absurd_stamp_before_a_gap_changes_neither() -> None:
    stamps_s = [*steady(0.0, 30), -5e5, *steady(8.0, 30)]
    times_s = read_all(stamps_s)
    assert times_s[31:] == pytest.approx([8.0 + number / 10 for number in range(30)])


def test_a_jump_beyond_what_the_header_promises_is_none_of_the_recording() -> None:
    stamps_s = [*steady(0.0, 100), *steady(5000.0, 100)]
    assert read_all(stamps_s, claimed_s=20.0)[-1] == pytest.approx(19.9, abs=0.02)
    assert read_all([*steady(0.0, 100), *steady(3.0 * DAY_S, 100)])[-1] == pytest.approx(19.9, abs=0.02)


def test_bytes_that_did_not_decode_took_their_time_in_a_transport_stream() -> None:
    for lost_bytes, end_s in ((30_000, 39.9), (0, 19.9)):
        clock: FileClock[int] = FileClock(0.1, joins=True)
        times_s: list[TimedPicture[int]] = []
        for number in range(200):
            late = number >= 100
            byte = number * 100 + (lost_bytes if late else 0)
            times_s += clock.put(number, number / 10 + (20.0 if late else 0.0), byte)
        times_s += clock.end()
        assert times_s[-1].stream_s == pytest.approx(end_s, abs=0.02)


@given(st.lists(st.floats(0.001, 9.0), max_size=60), st.floats(-1e5, 1e5), st.booleans())
def test_irregular_stamps_in_order_are_taken_as_they_are(steps_s: list[float], first_s: float, joins: bool) -> None:
    if steps_s:  # the first and the last picture do not stand alone
        steps_s[0], steps_s[-1] = min(steps_s[0], 1.0), min(steps_s[-1], 1.0)
    stamps_s: list[float | None] = [first_s]
    for step_s in steps_s:
        stamps_s.append((stamps_s[-1] or 0.0) + step_s)
    assert read_all(stamps_s, joins=joins) == pytest.approx(
        [(stamp_s or 0.0) - first_s for stamp_s in stamps_s], abs=1e-6
    )


def test_pictures_that_become_rare_keep_their_times() -> None:
    stamps_s = [*steady(0.0, 40), *steady(60.0, 40, 60.0), *steady(2500.0, 40)]
    assert read_all(stamps_s) == pytest.approx([stamp_s or 0.0 for stamp_s in stamps_s])


@given(STAMPS, st.none() | st.floats(0.001, 10), st.booleans())
def test_it_never_goes_back_and_loses_no_picture(
    stamps_s: list[float | None], period_s: float | None, joins: bool
) -> None:
    if period_s is None:
        stamps_s = [stamp_s if stamp_s is not None else 0.0 for stamp_s in stamps_s]
    times_s = read_all(stamps_s, period_s, joins=joins)
    assert times_s[0] == 0.0
    assert all(later >= earlier for earlier, later in pairwise(times_s))


def test_what_was_asked_for_and_not_given_is_known() -> None:
    clock: FileClock[int] = FileClock(0.1)
    stamps_s = [0.0, 0.1, 1e6, 0.3, 0.4]
    for number, stamp_s in enumerate(stamps_s):
        clock.put(number, stamp_s)
    assert (clock.farthest_s, clock.restarts) == (1e6, 0)


def test_pictures_behind_a_new_start_are_of_another_stretch() -> None:
    clock: FileClock[int] = FileClock(0.1)
    placed: list[TimedPicture[int]] = []
    for number, stamp_s in enumerate([*steady(50.0, 20), *steady(0.0, 20), *steady(10.0, 20)]):
        placed += clock.put(number, stamp_s)
    placed += clock.end()
    assert [each.stretch for each in placed] == [0] * 20 + [1] * 40
