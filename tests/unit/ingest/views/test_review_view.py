"""The pictures of a review film: of a place that is known from the first, with no pixel of the frame in them."""

import cv2
import numpy as np
import pytest

from passerby.domain.detections import Detections
from passerby.domain.frames import AnonymousFrame
from passerby.domain.tracks import Tracks
from passerby.ingest.anonymise.masks import StaticMasks
from passerby.ingest.raw import RawFrame
from passerby.ingest.views.review_view import AHEAD_S, ReviewView, ahead_fps
from testing.pictures.frames import boxes, raw_from

SIZE_PX = (320, 240)
GROUND = np.random.default_rng(1).integers(60, 200, (60, 80), np.uint8)
OTHER = np.random.default_rng(2).integers(60, 200, (60, 80), np.uint8)


def raw_at(stream_s: float, ground: np.ndarray = GROUND) -> RawFrame:
    grey = cv2.resize(ground, SIZE_PX, interpolation=cv2.INTER_LINEAR)
    return raw_from(np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8), stream_s)


def found(raw: RawFrame) -> Detections:
    none = boxes()
    return Detections(raw.stamp, none.xyxy_px, none.confidence, none.road_user)


def shown(view: ReviewView, raw: RawFrame) -> AnonymousFrame:
    view.learn(raw, found(raw))
    return view.picture(raw, found(raw), Tracks.none(raw.stamp))


def looked_ahead(seconds: float = 8.0) -> ReviewView:
    view = ReviewView((), ())
    frames = (raw_at(number / 5) for number in range(round(5 * seconds)))
    view.look_ahead(frames, found, seconds, StaticMasks(), lambda: None)
    return view


def test_the_first_picture_shows_the_place() -> None:
    view = looked_ahead()
    frame = shown(view, raw_at(0.0))
    assert (frame.method, view.why) == ("redrawn", "")
    assert frame.image.std() > 15


def test_without_a_look_ahead_the_place_is_learned_on_the_way() -> None:
    view = ReviewView((), ())
    first = shown(view, raw_at(0.0))
    assert (first.method, view.why) == ("masked", "learning the background")
    for second in range(1, 60):
        last = shown(view, raw_at(float(second)))
    assert (last.method, view.why) == ("redrawn", "")


def test_where_nothing_can_be_drawn_the_place_is_shown_as_it_was_known() -> None:
    view = looked_ahead()
    place = shown(view, raw_at(0.0))
    frame = shown(view, raw_at(0.2, OTHER))
    assert view.why == "another scene"
    assert frame.method == "redrawn"
    assert frame.stamp.stream_s == 0.2
    live = raw_at(0.2, OTHER).picture(SIZE_PX)
    assert np.abs(frame.image.astype(int) - place.image).mean() < 10
    assert np.abs(frame.image.astype(int) - live).mean() > 25


def test_a_look_ahead_ends_after_two_minutes_and_says_how_it_goes() -> None:
    asked, steps = [], []

    def frames():
        for number in range(10_000):
            asked.append(number)
            yield raw_at(number * 20.0)

    ReviewView((), ()).look_ahead(frames(), found, 7200.0, StaticMasks(), lambda: steps.append(1))
    assert len(steps) == AHEAD_S // 20 + 1
    assert len(asked) == len(steps) + 1


@pytest.mark.parametrize(
    ("duration_s", "fps"), [(3.0, 1 / 0.15), (50.0, 2.0), (120.0, 1 / 1.2), (86_400.0, 1 / 1.2), (0.0, 1 / 1.2)]
)
def test_a_look_ahead_takes_some_hundred_frames(duration_s: float, fps: float) -> None:
    assert ahead_fps(duration_s) == pytest.approx(fps)
