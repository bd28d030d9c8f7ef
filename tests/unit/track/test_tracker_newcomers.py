"""Who comes into the picture fast, in part, among others, or at times that are not evenly spaced."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.domain.detections import Detections
from passerby.domain.moving_things import MovingThings
from passerby.domain.road_user import RoadUser
from passerby.track.tracker import Tracker
from passerby.track.usual_motion import cut_by_edge
from testing.pictures.walks import FAINT, SIZE_PX, Seen, detections, walk

CAR_PX = (90.0, 40.0)


def car(x_px: float, y_px: float = 300.0) -> Seen:
    """A car, of which what lies outside the picture is not seen."""
    left, right = max(x_px - CAR_PX[0] / 2, 0.0), min(x_px + CAR_PX[0] / 2, SIZE_PX[0])
    return Seen(((left + right) / 2, y_px), road_user=RoadUser.CAR, size_px=(right - left, CAR_PX[1]))


@pytest.mark.parametrize("speed_px", [500.0, 700.0, -500.0, -700.0])
@pytest.mark.parametrize("seen_part_px", [12.0, 30.0])
def test_a_car_that_comes_in_over_the_edge_at_five_frames_a_second_is_one(speed_px: float, seen_part_px: float) -> None:
    start = seen_part_px - 45 if speed_px > 0 else SIZE_PX[0] - seen_part_px + 45
    tracker = Tracker()
    ids = [tracker.update(detections(n / 5, [car(start + speed_px * n / 5)])).track_id.tolist() for n in range(6)]
    assert ids == [[1]] * 6


def lanes(now_s: float, seconds: float = 1.7) -> list[tuple[int, Seen]]:
    """Cars of two lanes, a car every `seconds` at 650 px/s, the lower lane half a headway later: number, car."""
    seen = []
    for lane, y_px in enumerate((300.0, 345.0)):
        for number in range(int(now_s / seconds) + 1):
            x_px = -40 + 650 * (now_s - number * seconds - lane * seconds / 2)
            if x_px + 45 > 0 and -40 <= x_px < SIZE_PX[0]:
                seen.append((2 * number + lane, car(x_px, y_px)))
    return seen


def test_lanes_that_were_driven_in_before_keep_their_cars_apart() -> None:
    tracker = Tracker()
    ids: dict[int, set[int]] = {}
    for frame in range(150):
        seen = lanes(frame / 5)
        tracks = tracker.update(detections(frame / 5, [one for _, one in seen]))
        for track_id, foot in zip(tracks.track_id.tolist(), tracks.foot_xy_px.tolist(), strict=True):
            nearest = min(seen, key=lambda pair: np.hypot(pair[1].foot[0] - foot[0], pair[1].foot[1] - foot[1]))
            ids.setdefault(nearest[0], set()).add(track_id)
    assert len(ids) > 30
    assert all(len(each) == 1 for number, each in ids.items() if number > 8)


STEPS_S = st.lists(st.sampled_from([0.04, 0.1, 0.2, 0.5]), min_size=20, max_size=30)


@settings(max_examples=12)
@given(STEPS_S)
def test_a_walker_and_a_car_keep_their_ids_over_unequal_steps(steps_s: list[float]) -> None:
    tracker, ids = Tracker(), set()
    for now_s in np.cumsum(steps_s).tolist():
        seen = [Seen((50 + 60 * now_s, 500)), car(100 + 50 * now_s, 200)]
        ids |= set(tracker.update(detections(now_s, seen)).track_id.tolist())
    assert ids == {1, 2}


@settings(max_examples=12)
@given(st.permutations(range(5)), st.integers(4, 12))
def test_the_order_of_detections_does_not_matter(order: list[int], frames: int) -> None:
    ways = [walk((100 + 170 * n, 200 + 70 * n), (6 - 3 * n, n), frames, confidence=0.9 - 0.05 * n) for n in range(5)]
    boxes = []
    for turned in (list(range(5)), order):
        tracker = Tracker()
        for number in range(frames):
            found = detections(number / 10, [way[number] for way in ways])
            tracks = tracker.update(found[np.array(turned)])
        assert len(tracks) == 5
        boxes.append(np.array(sorted(tracks.xyxy_px.tolist())))
    assert boxes[0] == pytest.approx(boxes[1], abs=1e-3)


def test_nothing_usual_is_kept_over_an_interruption() -> None:
    tracker, fresh = Tracker(), Tracker()
    for frame in range(40):
        tracker.update(detections(frame / 5, [one for _, one in lanes(frame / 5)]))
    tracker.start_anew()
    found: list[Detections] = [detections(100 + n / 5, [car(300 - 20 * n)]) for n in range(4)]
    for one in found:
        ours, theirs = tracker.update(one), fresh.update(one)
    assert ours.xyxy_px == pytest.approx(theirs.xyxy_px, abs=1e-3)


@pytest.mark.parametrize(
    ("foot", "cut"), [((500, 300), (False, False)), ((20, 300), (True, False)), ((500, 598), (False, True)),
                      ((990, 599), (True, True)), ((500, 82), (False, True))]
)  # fmt: skip
def test_a_box_at_the_edge_goes_on_beyond_it(foot: tuple[float, float], cut: tuple[bool, bool]) -> None:
    assert tuple(cut_by_edge(np.array([[*foot, 40.0, 80.0]]), SIZE_PX)[0].tolist()) == cut


def test_a_newcomer_that_was_lost_does_not_take_what_another_has_been_followed_to() -> None:
    """Someone is seen twice and lost; someone else, who moved there undetected, is detected a little way off."""
    tracker = Tracker()
    for frame in range(7):
        now = frame / 10
        walker = Seen((500.0, 300.0), FAINT if frame < 6 else 0.9)
        seen = [walker, Seen((450.0, 340.0))] if frame < 2 else [walker]
        found = detections(now, seen)
        tracks = tracker.update(found, MovingThings(found.stamp, found.xyxy_px[:1]))
        if frame == 1:
            (lost,) = tracks.track_id[tracks.confidence > 0.5].tolist()
    assert lost not in tracks.track_id.tolist()


@pytest.mark.parametrize("far_px", [150.0, 250.0])
def test_of_a_walker_whom_the_edge_cuts_no_more_than_half_a_walker_is_hidden(far_px: float) -> None:
    """Someone at the edge is lost, and the next who is found is more than a walker's step away: another."""
    tracker = Tracker()
    tall = {"size_px": (60.0, 180.0)}
    tracker.update(detections(0.0, [Seen((30.0, 400.0), **tall)]))  # type: ignore[arg-type]
    tracks = tracker.update(detections(0.1, [Seen((30.0 + far_px, 380.0), **tall)]))  # type: ignore[arg-type]
    assert tracks.track_id.tolist() == [2]
