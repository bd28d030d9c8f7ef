"""Tracks: who keeps an id, who gets one, and when it is gone for good."""

import inspect
import tracemalloc
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.domain.detections import Detections
from passerby.domain.moving_things import MovingThings
from passerby.domain.road_user import HEAVY, KNOWN_ROAD_USERS, RoadUser
from passerby.domain.tracks import Tracks
from passerby.track.tracker import KIND, Tracker, TrackerSettings, restore_feet
from testing.pictures.walks import FAINT, FPS, SIZE_PX, SURE, Seen, detections, followed, walk, weak

SETTINGS = TrackerSettings()
HIDDEN_FRAMES = int(SETTINGS.hidden_s * FPS)
TENTATIVE_FRAMES = int(SETTINGS.tentative_s * FPS)


def ids(frames: list[Tracks]) -> list[set[int]]:
    return [set(frame.track_id.tolist()) for frame in frames]


def alone(seen: list[Seen]) -> list[list[Seen]]:
    """A film of one road user."""
    return [[one] for one in seen]


def hidden(film: list[list[Seen]], first: int, last: int) -> list[list[Seen]]:
    return [[] if first <= number < last else seen for number, seen in enumerate(film)]


def test_somebody_who_walks_keeps_one_id_and_is_confirmed_after_a_while() -> None:
    frames = followed(alone(walk((100, 300), (5, 0), 30)))
    assert set.union(*ids(frames)) == {1}
    confirmed = [bool(frame.confirmed[0]) for frame in frames]
    assert not confirmed[0]
    assert confirmed[SETTINGS.confirm_sightings + int(SETTINGS.confirm_s * FPS) + 1]
    assert sorted(confirmed) == confirmed, "a confirmed track stays confirmed"


def test_the_box_follows_the_feet() -> None:
    last = followed(alone(walk((100, 300), (5, 2), 30)))[-1]
    assert last.foot_xy_px[0] == pytest.approx((100 + 29 * 5, 300 + 29 * 2), abs=3)


def test_a_weak_detection_starts_no_track() -> None:
    frames = followed(alone(walk((100, 300), (5, 0), 20, confidence=weak())))
    assert not set.union(*ids(frames))


def test_weak_detections_continue_a_track_and_faint_ones_do_not() -> None:
    sure = walk((100, 300), (4, 0), 40)
    for confidence, kept in ((weak(), True), (FAINT, False)):
        film = alone([*sure[:12], *(Seen(one.foot, confidence) for one in sure[12:])])
        assert bool(len(followed(film)[-1])) is kept


def test_a_sure_detection_is_joined_before_a_weak_one() -> None:
    film = alone(walk((100, 300), (0, 0), 12))
    film.append([Seen((100, 300), weak()), Seen((104, 300), SURE)])
    last = followed(film)[-1]
    assert last.track_id.tolist() == [1]
    assert last.confidence[0] == pytest.approx(SURE)


def test_hidden_for_a_moment_and_found_again_is_the_same() -> None:
    film = hidden(alone(walk((100, 300), (6, 0), 60)), 25, 25 + HIDDEN_FRAMES // 2)
    frames = followed(film)
    assert not len(frames[26])
    assert set.union(*ids(frames)) == {1}
    assert not any(len(frame.ended) for frame in frames)


def test_hidden_for_too_long_ends_and_who_comes_then_is_another() -> None:
    film = hidden(alone(walk((100, 300), (0, 0), 80)), 20, 20 + 2 * HIDDEN_FRAMES)
    frames = followed(film)
    ended = [number for number, frame in enumerate(frames) if 1 in frame.ended]
    assert len(ended) == 1
    assert 20 + HIDDEN_FRAMES - 1 <= ended[0] <= 20 + HIDDEN_FRAMES + 1
    assert frames[-1].track_id.tolist() == [2]


def test_an_unconfirmed_track_ends_sooner() -> None:
    film = [[Seen((100, 300))], *[[] for _ in range(HIDDEN_FRAMES)]]
    ended = [number for number, frame in enumerate(followed(film)) if len(frame.ended)]
    assert len(ended) == 1
    assert ended[0] <= TENTATIVE_FRAMES + 1


def test_who_leaves_the_picture_ends_at_once() -> None:
    # The walker is seen to the edge; then the track goes on alone and is out within a few frames.
    film = [*alone(walk((900, 300), (10, 0), 11)), *[[] for _ in range(HIDDEN_FRAMES)]]
    ended = [number for number, frame in enumerate(followed(film)) if 1 in frame.ended]
    assert len(ended) == 1
    assert ended[0] < 11 + HIDDEN_FRAMES - 2


@pytest.mark.parametrize(
    ("foot", "gone"), [((-14.5, 300), False), ((-15.5, 300), True), ((500, 0.5), False), ((500, -0.5), True),
                       ((1014.5, 300), False), ((1015.5, 300), True), ((500, 679.5), False), ((500, 680.5), True)]
)  # fmt: skip
def test_a_track_is_out_of_the_picture_when_nothing_of_its_box_is_left_in_it(
    foot: tuple[float, float], gone: bool
) -> None:
    frames = followed([[Seen(foot)], []])
    assert (frames[1].ended.tolist() == [1]) is gone


def test_two_who_cross_each_other_keep_their_ids() -> None:
    left = walk((200, 300), (8, 0), 60)
    right = walk((680, 306), (-8, 0), 60)
    frames = followed([[*pair] for pair in zip(left, right, strict=True)])
    assert set.union(*ids(frames)) == {1, 2}
    first, last = frames[2], frames[-1]
    assert [int(x) for x in first.track_id] == [1, 2]
    where = dict(zip(last.track_id.tolist(), last.foot_xy_px[:, 0].tolist(), strict=True))
    assert where[1] > 600
    assert where[2] < 300


def test_two_who_cross_while_one_is_hidden_keep_their_ids() -> None:
    left = walk((200, 300), (8, 0), 60)
    right = walk((680, 302), (-8, 0), 60)
    film = [
        [one] if abs(one.foot[0] - other.foot[0]) < 25 else [one, other] for one, other in zip(left, right, strict=True)
    ]
    frames = followed(film)
    where = dict(zip(frames[-1].track_id.tolist(), frames[-1].foot_xy_px[:, 0].tolist(), strict=True))
    assert where.keys() == {1, 2}
    assert where[1] > where[2]


def test_a_class_is_what_most_evidence_is_for() -> None:
    seen = walk((100, 300), (5, 0), 30, road_user=RoadUser.CAR, size_px=(90.0, 60.0))
    film = alone(seen)
    for number in (9, 16, 23):
        film[number] = [Seen(seen[number].foot, SURE, RoadUser.TRUCK, (90.0, 60.0))]
    frames = followed(film)
    assert set.union(*ids(frames)) == {1}
    assert {RoadUser(int(frame.road_user[0])) for frame in frames} == {RoadUser.CAR}


def test_a_class_taken_wrongly_at_first_is_put_right() -> None:
    seen = walk((100, 300), (5, 0), 30, road_user=RoadUser.CAR, size_px=(90.0, 60.0))
    seen[0] = Seen(seen[0].foot, SURE, RoadUser.TRUCK, (90.0, 60.0))
    frames = followed(alone(seen))
    assert frames[0].road_user[0] == RoadUser.HEAVY_VEHICLE
    assert frames[-1].road_user[0] == RoadUser.CAR


def test_everybody_at_once_is_the_same_as_one_by_one() -> None:
    walks = [walk((60 + 230 * lane, 150 + 110 * lane), (3 + lane, 1 - lane), 25) for lane in range(4)]
    together = followed([list(seen) for seen in zip(*walks, strict=True)])
    for lane, one in enumerate(walks):
        apart = followed(alone(one))
        for frame, single in zip(together, apart, strict=True):
            row = frame.track_id.tolist().index(lane + 1)
            assert frame.xyxy_px[row] == pytest.approx(single.xyxy_px[0], abs=1e-3)
            assert frame.confirmed[row] == single.confirmed[0]


def test_the_order_of_the_detections_does_not_matter() -> None:
    walks = [walk((60 + 230 * lane, 150 + 110 * lane), (3 + lane, 1 - lane), 25) for lane in range(4)]
    film = [list(seen) for seen in zip(*walks, strict=True)]
    first = followed(film)[-1]
    second = followed([film[0], *(seen[::-1] for seen in film[1:])])[-1]
    assert dict(zip(first.track_id, map(tuple, first.xyxy_px), strict=True)) == dict(
        zip(second.track_id, map(tuple, second.xyxy_px), strict=True)
    )


def test_time_that_goes_back_is_refused() -> None:
    tracker = Tracker()
    tracker.update(detections(1.0, []))
    tracker.update(detections(1.0, []))
    with pytest.raises(ValueError, match="went back"):
        tracker.update(detections(0.9, []))


def test_nobody_at_all() -> None:
    assert [len(frame) for frame in followed([[], [], []])] == [0, 0, 0]


FOOT = st.tuples(st.floats(-200, 1200), st.floats(-200, 900))
SEEN = st.builds(
    Seen,
    FOOT,
    st.floats(0, 1, width=32),
    st.sampled_from(RoadUser),
    st.tuples(st.floats(0.5, 900), st.floats(0.5, 900)),
)
STEP_S = st.sampled_from([0.0, 0.001, 0.1, 0.1, 0.1, 0.5, 3.0, 1000.0])


@settings(max_examples=60)
@given(st.lists(st.tuples(STEP_S, st.lists(SEEN, max_size=6)), max_size=25))
def test_whatever_is_seen_tracks_stay_sane(film: list[tuple[float, list[Seen]]]) -> None:
    tracker, now_s = Tracker(), 0.0
    known: set[int] = set()
    gone: set[int] = set()
    for step_s, seen in film:
        now_s += step_s
        tracks = tracker.update(detections(now_s, seen))
        present, ended = set(tracks.track_id.tolist()), set(tracks.ended.tolist())
        assert len(present) == len(tracks.track_id), "an id is there once"
        assert np.isfinite(tracks.xyxy_px).all()
        assert (tracks.xyxy_px[:, 2:] >= tracks.xyxy_px[:, :2]).all()
        assert not present & gone, "who has ended never comes again"
        assert not ended & gone, "nobody ends twice"
        assert ended <= known | present, "only who was there can end"
        assert len(present - known) == 0 or min(present - known) > max(known, default=0), "ids are never reused"
        known |= present
        gone |= ended


@pytest.mark.parametrize("size_px", [(0.0, 0.0), (30.0, 0.0), (0.0, 80.0)])
def test_a_box_cut_to_a_line_by_the_pictures_edge_does_no_harm(size_px: tuple[float, float]) -> None:
    film = [*alone(walk((100, 300), (5, 0), 5)), *alone(walk((125, 300), (5, 0), 5, size_px=size_px))]
    film += alone(walk((900, 100), (0, 0), 5, size_px=size_px))
    for frame in followed(film):
        assert np.isfinite(frame.xyxy_px).all()


@pytest.mark.slow
@pytest.mark.no_cover
def test_memory_is_flat_after_many_tracks() -> None:
    tracker = Tracker()

    def passers(many: int, start_s: float) -> None:
        for number in range(many):
            at_s = start_s + number
            tracker.update(detections(at_s, [Seen((number * 37 % 900 + 50, 300))]))
            tracker.update(detections(at_s + 0.1, [Seen((number * 37 % 900 + 50, 300))]))

    passers(1000, 0.0)
    tracemalloc.start()
    try:
        passers(300, 2000.0)
        before, _ = tracemalloc.get_traced_memory()
        passers(600, 4000.0)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 20_000


def test_nothing_but_boxes_times_and_classes_comes_in() -> None:
    assert list(inspect.signature(Tracker.update).parameters) == ["self", "detections", "moving"]
    assert {one.name for one in fields(MovingThings)} == {"stamp", "xyxy_px"}
    assert {one.name for one in fields(Detections)} == {"stamp", "xyxy_px", "confidence", "road_user"}
    assert detections(0.0, []).stamp.size_px == SIZE_PX


def test_feet_hidden_behind_a_bench_are_put_back_under_the_head() -> None:
    predicted = np.array([[100.0, 300.0, 30.0, 80.0]])
    seen_half = np.array([[100.0, 262.0, 30.0, 42.0]])
    values, known = restore_feet(seen_half, predicted, 600)
    assert not known[0]
    assert values[0] == pytest.approx((100, 300, 30, 80))


def test_feet_that_are_seen_are_left_where_they_are() -> None:
    predicted = np.array([[100.0, 300.0, 30.0, 80.0], [100.0, 300.0, 30.0, 80.0]])
    measured = np.array([[103.0, 304.0, 30.0, 81.0], [100.0, 240.0, 15.0, 40.0]])
    values, known = restore_feet(measured, predicted, 600)
    assert known.tolist() == [True, True]
    assert (values == measured).all()


def test_feet_cut_by_the_lower_edge_are_put_back() -> None:
    values, known = restore_feet(np.array([[100.0, 599.0, 30.0, 74.0]]), np.array([[100.0, 605.0, 30.0, 80.0]]), 600)
    assert not known[0]
    assert values[0, 1] == pytest.approx(605)


def test_riders_and_walkers_are_of_one_kind_and_vehicles_of_another() -> None:
    vehicles = {RoadUser.CAR, *HEAVY}
    for one in KNOWN_ROAD_USERS:
        assert KIND[one] != KIND[RoadUser.UNCLASSIFIED]
        for other in KNOWN_ROAD_USERS:
            assert (KIND[one] == KIND[other]) is np.bool_((one in vehicles) == (other in vehicles))


def test_a_weak_detection_takes_no_track_that_a_sure_one_continues() -> None:
    """Whichever of the two is listed first."""
    sure = walk((100, 300), (4, 0), 12)
    weaker = Seen(sure[-1].foot, weak())
    for both in ([sure[-1], weaker], [weaker, sure[-1]]):
        last = followed([*alone(sure[:-1]), both])[-1]
        assert last.confidence[last.track_id == 1].tolist() == [np.float32(SURE)]


def test_weak_detections_continue_a_track_at_two_frames_a_second() -> None:
    sure = walk((100, 300), (4, 0), 6)
    film = alone([*sure, *(Seen(one.foot, weak()) for one in walk((124, 300), (4, 0), 6))])
    assert ids(followed(film, fps=1 / SETTINGS.weak_s)) == [{1}] * 12


def test_numbers_of_tracks_begin_with_one_and_none_is_given_twice() -> None:
    one_by_one = [[Seen((100 + 80 * number, 300), SURE)] for number in range(6)]
    seen = [number for frame in followed(one_by_one) for number in frame.track_id.tolist()]
    assert seen == [1, 2, 3, 4, 5, 6]


def test_the_kind_decides_between_two_in_one_place() -> None:
    person, car = Seen((300, 300), 0.9, size_px=(60, 60)), Seen((306, 300), 0.8, RoadUser.CAR, (60, 60))
    film = [[person, car]] * 10
    # Each is found a little nearer to where the other was.
    film.append([Seen((304, 300), 0.9, size_px=(60, 60)), Seen((302, 300), 0.8, RoadUser.CAR, (60, 60))])
    for frame in followed(film)[-2:]:
        assert dict(zip(frame.road_user.tolist(), frame.confidence.tolist(), strict=True)) == pytest.approx(
            {RoadUser.PEDESTRIAN: 0.9, RoadUser.CAR: 0.8}
        )


def test_a_sure_sighting_says_more_of_the_class_than_a_weak_one() -> None:
    cars = [Seen((300, 300), 0.95, RoadUser.CAR, (90, 60))] * 6
    trucks = [Seen((300, 300), 0.55, RoadUser.TRUCK, (90, 60))] * 8
    last = followed(alone([*cars, *trucks]))[-1]
    assert RoadUser(last.road_user[0]) is RoadUser.CAR  # 5.7 against 4.4


def test_a_box_within_the_first_detection_of_a_frame_starts_no_track() -> None:
    person, bag = Seen((100, 300)), Seen((100, 290), size_px=(20, 40))
    frames = followed([[person]] * 5 + [[person, bag]] * 5)
    assert set.union(*ids(frames)) == {1}


@pytest.mark.parametrize(
    ("start", "step"), [((900, 300), (40, 0)), ((100, 300), (-40, 0)), ((500, 500), (0, 60)), ((500, 200), (0, -60))]
)
def test_who_has_left_the_picture_by_any_side_ends_at_once(
    start: tuple[float, float], step: tuple[float, float]
) -> None:
    width, height = SIZE_PX
    inside = [
        one for one in walk(start, step, 12, road_user=RoadUser.CAR)
        if 15 < one.foot[0] < width - 15 and 80 < one.foot[1] < height
    ]  # fmt: skip
    film = [*alone(inside), *([[]] * 4)]
    ended = [frame.ended.tolist() for frame in followed(film)]
    assert [1] in ended[len(inside) : len(inside) + 4]


def test_who_stands_half_out_of_the_picture_and_is_hidden_is_kept() -> None:
    half_out = [Seen((990, 300))] * 8
    frames = followed([*alone(half_out), *([[]] * 3), [Seen((990, 300))]])
    assert frames[-1].track_id.tolist() == [1]


def test_a_track_is_confirmed_by_its_third_sighting_where_time_allows() -> None:
    tracker = Tracker(TrackerSettings(confirm_s=0.0))
    confirmed = [bool(frame.confirmed[0]) for frame in followed(alone(walk((100, 300), (2, 0), 5)), tracker)]
    assert confirmed == [False, False, True, True, True]


def test_an_unconfirmed_track_waits_for_exactly_so_long() -> None:
    settings = TrackerSettings(tentative_s=0.5)
    for gap_s, same in ((0.5, True), (0.75, False)):
        tracker = Tracker(settings)
        tracker.update(detections(0.0, [Seen((100, 300))]))
        if gap_s > 0.5:
            tracker.update(detections(0.625, []))
        else:
            tracker.update(detections(0.5, []))
        last = tracker.update(detections(gap_s + 0.25, [Seen((100, 300))]))
        assert (last.track_id.tolist() == [1]) is same


def test_a_track_is_as_old_as_it_was_seen_whenever_the_stream_began() -> None:
    tracker = Tracker()
    confirmed = [
        bool(tracker.update(detections(5000.0 + number / FPS, [one])).confirmed[0])
        for number, one in enumerate(walk((100, 300), (2, 0), 6))
    ]
    assert confirmed == [False, False, False, False, True, True]
