import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.frames import FrameStamp
from passerby.measure.coverage import MAX_REST_S, Coverage, WatchedMinutes, WatchedSpan

S = 1_000_000_000
START_NS = 1_700_000_040 * S


def stamp(time_s, stream_s=None):
    return FrameStamp("cam", 0, round(time_s * S), time_s if stream_s is None else stream_s, (100, 100))


def watched(*times_s, max_gap_s=2.0):
    coverage = Coverage(max_gap_s=max_gap_s)
    for time_s in times_s:
        coverage.update(stamp(time_s))
    return coverage


def test_steady_frames_are_watched_throughout():
    coverage = watched(*range(11))
    assert coverage.share(0, 10 * S) == 1.0
    assert coverage.share(-10 * S, 10 * S) == 0.5
    assert coverage.total_s == 10.0


def test_a_longer_gap_is_lost_whole():
    coverage = watched(0, 1, 2, 12, 13)
    assert coverage.watched_s(0, 13 * S) == 3.0
    assert coverage.share(2 * S, 12 * S) == 0.0


def test_what_came_after_a_loss_was_not_watched():
    coverage = watched(0, 1)
    coverage.update(FrameStamp("cam", 0, 2 * S, 2.0, (100, 100), after_loss=True))
    coverage.update(stamp(3))
    assert coverage.watched_s(0, 3 * S) == 2.0
    assert coverage.share(1 * S, 2 * S) == 0.0


def test_the_last_frame_stands_for_as_long_as_the_step_before_it():
    coverage = watched(0, 0.5, 1.0)
    coverage.finish()
    assert coverage.total_s == pytest.approx(1.5)
    assert watched(0).finish() is None


def test_a_stretch_can_be_taken_back():
    coverage = watched(*range(11))
    coverage.lost(2 * S, 5 * S)
    assert coverage.watched_s(0, 10 * S) == 7.0
    assert coverage.share(2 * S, 5 * S) == 0.0


def test_a_wall_clock_set_back_counts_no_time_twice():
    coverage = Coverage()
    for step in range(10):
        coverage.update(stamp(100 + step, step))
    for step in range(10, 15):
        coverage.update(stamp(90 + step, step))
    assert coverage.share(99 * S, 109 * S) <= 1.0
    assert coverage.watched_s(0, 200 * S) == pytest.approx(10.0)


def test_a_wall_clock_that_jumps_ahead_makes_no_gap_and_hides_none():
    coverage = Coverage()
    for wall_s, stream_s in ((0, 0), (1, 1), (3602, 2), (3603, 3)):
        coverage.update(stamp(wall_s, stream_s))
    assert coverage.total_s == 3.0
    assert coverage.watched_s(2 * S, 3601 * S) == 0.0


def test_forgetting_keeps_the_total_and_the_rest():
    coverage = watched(*range(11))
    coverage.drop_before(4 * S)
    assert coverage.total_s == 10.0
    assert coverage.watched_s(4 * S, 10 * S) == 6.0


def test_an_interval_without_length_is_refused():
    with pytest.raises(ValueError, match="end after its start"):
        Coverage().share(5, 5)


def test_frames_exactly_the_longest_gap_apart_are_watched():
    assert watched(*(0.1 + 2.0 * n for n in range(50))).total_s == pytest.approx(98.0)


@given(st.lists(st.one_of(st.floats(0.01, 1.9), st.floats(2.1, 5.0)), min_size=1, max_size=40))
def test_parts_add_up_to_the_whole(steps_s):
    times = [0.0]
    for step_s in steps_s:
        times.append(times[-1] + step_s)
    coverage = watched(*times)
    end_ns = round(times[-1] * S)
    parts = sum(coverage.watched_s(start, start + S) for start in range(0, end_ns + S, S))
    assert parts == pytest.approx(coverage.total_s, abs=1e-6)
    assert coverage.total_s == pytest.approx(sum(step for step in steps_s if step <= 2.0), abs=1e-6)


def test_frames_that_come_early_or_late_leave_no_gaps() -> None:
    """A live camera's frames carry its own even clock, and arrive with some jitter on the wall's."""
    coverage = Coverage(max_gap_s=2.0)
    jitter_ms = (0, 40, -30, 90, 10, -60, 120, 0, -20, 70)
    for number in range(600):
        late_ns = jitter_ms[number % len(jitter_ms)] * 1_000_000
        time_ns = START_NS + number * 100_000_000 + late_ns
        coverage.update(FrameStamp("square", number, time_ns, number / 10, (640, 480)))
    last_ns = START_NS + 599 * 100_000_000 + jitter_ms[-1] * 1_000_000
    assert coverage.share(START_NS, last_ns) == 1.0
    assert coverage.total_s == pytest.approx((last_ns - START_NS) / 1e9)


def test_a_clock_that_was_set_is_no_jitter() -> None:
    coverage = Coverage(max_gap_s=2.0)
    for number, ahead_s in enumerate((0.0, 0.0, 30.0, 30.0)):
        time_ns = START_NS + round((number / 10 + ahead_s) * 1e9)
        coverage.update(FrameStamp("square", number, time_ns, number / 10, (640, 480)))
    assert coverage.total_s == pytest.approx(0.3)


def test_dropping_within_a_stretch_that_began_late_keeps_the_total():
    coverage = watched(100, 101, 102, 103, 104)
    coverage.drop_before(102 * S + S // 2)
    coverage.drop_before(103 * S)
    assert coverage.total_s == pytest.approx(4.0)
    assert coverage.watched_s(0, 200 * S) == pytest.approx(1.0)


def test_nothing_is_kept_of_what_was_dropped_whole():
    coverage, fresh = watched(*range(11)), Coverage()
    coverage.drop_before(10 * S)
    fresh.drop_before(10 * S)
    assert len(pickle.dumps(coverage)) - len(pickle.dumps(fresh)) < 100
    assert coverage.watched_s(10 * S, 20 * S) == 0.0


def rested(time_s, **more):
    return FrameStamp("cam", 0, round(time_s * S), time_s, (100, 100), after_rest=True, **more)


def test_time_at_rest_is_watched_as_far_as_a_sleeping_decoder_may_go_without_a_look():
    coverage = watched(0, 1)
    assert coverage.update(rested(9.0)).length_s == 8.0
    assert coverage.update(rested(9.0 + MAX_REST_S)).length_s == MAX_REST_S
    assert coverage.update(rested(10.0 + 2 * MAX_REST_S)).length_s == 0.0
    assert coverage.total_s == 9.0 + MAX_REST_S


def test_a_loss_at_rest_is_a_loss():
    coverage = watched(0, 1)
    assert coverage.update(rested(9.0, after_loss=True)).length_s == 0.0


def test_the_last_frame_stands_for_no_longer_than_a_gap_may_be():
    coverage = watched(0, 1)
    coverage.update(rested(9.0))
    assert coverage.finish().length_s == 2.0


def test_a_minute_is_watched_from_its_first_moment_to_its_last():
    minutes = WatchedMinutes()
    for first_s, end_s in ((10, 12), (12, 12), (30, 30.0015), (59, 62), (20, 21)):
        minutes.add(WatchedSpan(START_NS + round(first_s * S), START_NS + round(end_s * S)))
    found = minutes.take(START_NS + 60 * S)
    assert [((one.start_ns - START_NS) // S, one.from_ms, one.to_ms) for one in found] == [
        (0, 10_000, 60_000), (60, 0, 2000),
    ]  # fmt: skip
    assert minutes.take(START_NS + 120 * S) == found[1:]
    assert minutes.take(None) == ()
    minutes.add(WatchedSpan(START_NS + 1, START_NS + 2))
    assert [(one.from_ms, one.to_ms) for one in minutes.take(None)] == [(0, 1)]
