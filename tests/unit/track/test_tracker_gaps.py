"""Gaps in time: an id never outlives `hidden_s` of absence, whatever comes after it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.domain.road_user import RoadUser
from passerby.track.tracker import Tracker, TrackerSettings
from testing.pictures.walks import SURE, Seen, detections, walk

HIDDEN_S = TrackerSettings().hidden_s


def walked(tracker: Tracker, frames: int = 12, from_s: float = 0.0) -> float:
    """Somebody walks to the right, ten frames a second; returns when they are last seen, at x = 100 + 10 * frames."""
    for number, seen in enumerate(walk((100, 300), (10, 0), frames)):
        tracks = tracker.update(detections(from_s + number / 10, [seen]))
    assert tracks.confirmed.all()
    return from_s + (frames - 1) / 10


@pytest.mark.parametrize("away_px", [0, 20, 300])
@pytest.mark.parametrize("gap_s", [1.6, 2.5, 60.0, 3600.0])
def test_who_is_found_after_a_long_gap_is_another(gap_s: float, away_px: int) -> None:
    tracker = Tracker()
    last_s = walked(tracker)
    tracks = tracker.update(detections(last_s + gap_s, [Seen((210 + away_px, 300))]))
    assert tracks.track_id.tolist() == [2]
    assert tracks.ended.tolist() == [1]
    assert not tracker.update(detections(last_s + gap_s + 0.1, [])).ended.tolist()


def test_a_gap_shorter_than_anybody_may_be_hidden_keeps_the_track() -> None:
    tracker = Tracker()
    last_s = walked(tracker)
    tracks = tracker.update(detections(last_s + HIDDEN_S - 0.1, [Seen((210 + 140, 300))]))
    assert tracks.track_id.tolist() == [1]
    assert not len(tracks.ended)


@pytest.mark.parametrize("fps", [1.0, 2.0])
def test_few_frames_a_second_still_make_a_track(fps: float) -> None:
    # The step is longer than an unconfirmed track may be unseen: it gets the next frame all the same.
    tracker = Tracker()
    for number, seen in enumerate(walk((100, 300), (20 / fps, 0), 6)):
        tracks = tracker.update(detections(number / fps, [seen]))
    assert tracks.track_id.tolist() == [1]
    assert tracks.confirmed.all()


def test_starting_anew_ends_everybody_before_anything_is_joined() -> None:
    tracker = Tracker()
    last_s = walked(tracker)
    tracker.start_anew()
    tracks = tracker.update(detections(last_s + 0.1, [Seen((220, 300))]))
    assert (tracks.track_id.tolist(), tracks.ended.tolist()) == ([2], [1])
    tracks = tracker.update(detections(last_s + 0.2, [Seen((230, 300))]))
    assert (tracks.track_id.tolist(), tracks.ended.tolist()) == ([2], [])


FOOT = st.tuples(st.floats(-50, 1050), st.floats(-50, 650))
SEEN = st.builds(
    Seen, FOOT, st.sampled_from([SURE, 0.42]), st.sampled_from(RoadUser),
    st.tuples(st.floats(5, 400), st.floats(5, 400)),
)  # fmt: skip
STEP_S = st.sampled_from([0.0, 0.1, 0.1, 0.1, 0.4, 1.0, 1.4, 1.5, 1.6, 3.0, 60.0]) | st.floats(0, 4)
STANDING = Seen((500, 300))


@settings(max_examples=80)
@given(st.lists(st.tuples(STEP_S, st.lists(SEEN | st.just(STANDING), max_size=4), st.booleans()), max_size=40))
def test_no_id_is_seen_after_it_was_absent_for_too_long(film: list[tuple[float, list[Seen], bool]]) -> None:
    tracker, now_s = Tracker(), 0.0
    seen_s: dict[int, float] = {}
    for step_s, seen, anew in film:
        now_s += step_s
        before = set(seen_s)
        if anew:
            tracker.start_anew()
        tracks = tracker.update(detections(now_s, seen))
        present = set(tracks.track_id.tolist())
        assert all(now_s - seen_s[one] <= HIDDEN_S for one in present & before)
        assert not (anew and present & before)
        seen_s |= dict.fromkeys(present, now_s)


def test_a_standing_crowd_is_counted_anew_after_a_gap_and_not_before() -> None:
    crowd = [Seen((100.0 + 80 * number, 300)) for number in range(10)]
    tracker = Tracker()
    for number in range(10):
        tracker.update(detections(number / 10, crowd))
    kept = tracker.update(detections(0.9 + 1.4, crowd))
    assert sorted(kept.track_id.tolist()) == list(range(1, 11))
    after = tracker.update(detections(2.3 + 1.6, crowd))
    assert sorted(after.track_id.tolist()) == list(range(11, 21))
    assert sorted(after.ended.tolist()) == list(range(1, 11))
    assert np.isfinite(after.xyxy_px).all()
