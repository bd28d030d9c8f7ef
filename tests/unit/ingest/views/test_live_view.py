"""The anonymous live picture of one camera."""

import cv2
import numpy as np
import pytest

from passerby.domain.detections import Detections
from passerby.domain.frames import AnonymousFrame
from passerby.domain.preview import Preview
from passerby.domain.tracks import Tracks
from passerby.ingest.anonymise.anonymiser import Anonymiser
from passerby.ingest.anonymise.drawing import Mode
from passerby.ingest.raw import RawFrame
from passerby.ingest.views.live_view import LiveView, encoded
from testing.pictures.frames import boxes, raw_from, stamp

SIZE_PX = (320, 240)
GROUND = np.random.default_rng(1).integers(60, 200, (60, 80), np.uint8)


def raw_at(stream_s: float, size_px: tuple[int, int] = SIZE_PX) -> RawFrame:
    grey = cv2.resize(GROUND, size_px, interpolation=cv2.INTER_LINEAR)
    return raw_from(np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8), stream_s)


def tracks_of(raw: RawFrame, *rows: tuple[tuple[float, float, float, float], bool]) -> Tracks:
    count = len(rows)
    return Tracks(
        raw.stamp,
        np.arange(count, dtype=np.int64),
        np.array([box for box, _ in rows], np.float32).reshape(-1, 4),
        np.full(count, 0.9, np.float32),
        np.full(count, 2, np.int16),
        np.array([confirmed for _, confirmed in rows], np.bool_),
        np.empty(0, np.int64),
    )


def decoded(jpeg: np.ndarray) -> np.ndarray:
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)


def previews(view: LiveView, seconds: int, size_px: tuple[int, int] = SIZE_PX, start_s: float = 0.0) -> list[Preview]:
    shown = []
    for step in range(5 * seconds):
        raw = raw_at(start_s + step / 5, size_px)
        none = boxes()
        shown.append(
            view.picture(raw, Detections(raw.stamp, none.xyxy_px, none.confidence, none.road_user), tracks_of(raw))
        )
    return shown


@pytest.mark.parametrize("mode", list(Mode))
def test_a_picture_is_masked_with_its_reason_until_the_background_is_known(mode: Mode) -> None:
    shown = previews(LiveView(mode, (), ()), 8)
    assert (shown[0].method, shown[0].why, shown[0].sharp_share) == ("masked", "learning the background", 0.0)
    assert (shown[-1].method, shown[-1].why) == (mode.value, "")
    assert shown[-1].sharp_share > 0.5
    picture = decoded(shown[-1].jpeg)
    assert (picture.shape[1], picture.shape[0]) == shown[-1].size_px == SIZE_PX


def test_boxes_of_confirmed_tracks_alone_are_sent_as_shares_of_the_picture() -> None:
    raw = raw_at(0.0)
    none = boxes()
    tracks = tracks_of(raw, ((32, 24, 64, 120), True), ((100, 100, 120, 140), False), ((300, 200, 400, 300), True))
    shown = LiveView(Mode.REDRAWN, (), ()).picture(
        raw, Detections(raw.stamp, none.xyxy_px, none.confidence, none.road_user), tracks
    )
    assert shown.xyxy.tolist() == [
        pytest.approx([0.1, 0.1, 0.2, 0.5]),
        pytest.approx([0.9375, 200 / 240, 1.0, 1.0]),
    ]
    assert shown.road_user.tolist() == [2, 2]
    assert (shown.camera, shown.time_ns) == (raw.stamp.camera_id, raw.stamp.time_ns)


def test_what_was_learned_stays_for_the_next_viewer() -> None:
    view = LiveView(Mode.REDRAWN, (), ())
    previews(view, 8)
    assert previews(view, 1, start_s=3600.0)[0].method == "redrawn"


def test_another_picture_size_is_learned_anew() -> None:
    view = LiveView(Mode.REDRAWN, (), ())
    previews(view, 8)
    shown = previews(view, 8, (640, 480), start_s=8.0)
    assert shown[0].why == "learning the background"
    assert shown[-1].method == "redrawn"


def test_nothing_is_sharp_while_a_finder_has_not_inspected_it() -> None:
    looked_at: list[tuple[int, ...]] = []

    def finder(picture: np.ndarray):
        looked_at.append(picture.shape)
        return boxes((0, 0, picture.shape[1], picture.shape[0]))

    shown = previews(LiveView(Mode.REDRAWN, (), (finder,)), 10)
    assert looked_at
    assert shown[-1].sharp_share == 0.0


def learned(seconds: int, mode: Mode = Mode.REDRAWN, *, quietly: bool = False) -> LiveView:
    """A view that has looked on for a while without a viewer, while somebody walked through."""
    view = LiveView(mode, (), ())
    for step in range(5 * seconds):
        left = 10 * step % 280
        grey = cv2.resize(GROUND, SIZE_PX, interpolation=cv2.INTER_LINEAR)
        grey[60:160, left : left + 30] = 255
        raw = raw_from(np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8), step / 5)
        walker = boxes((left, 60, left + 30, 160))
        found = Detections(raw.stamp, walker.xyxy_px, walker.confidence, walker.road_user)
        view.learn(raw, found, quietly=quietly)
    return view


@pytest.mark.parametrize("mode", list(Mode))
def test_the_empty_place_is_learned_without_a_viewer_and_holds_nothing_of_a_single_frame(mode: Mode) -> None:
    place = learned(12, mode).empty_place(SIZE_PX)
    assert place.size_px == SIZE_PX
    assert place.sharp_share > 0.4
    ground = np.asarray(cv2.resize(GROUND, SIZE_PX, interpolation=cv2.INTER_LINEAR), np.int16)
    shown = np.asarray(cv2.cvtColor(decoded(place.jpeg), cv2.COLOR_BGR2GRAY), np.int16)
    assert np.median(np.abs(shown - ground)) < 12
    assert shown.max() < 230  # the walker is white


def test_a_place_that_no_one_looks_at_is_learned_all_the_same_within_minutes() -> None:
    assert learned(12, quietly=True).empty_place(SIZE_PX).sharp_share == 0.0
    place = learned(150, quietly=True).empty_place(SIZE_PX)
    assert place.sharp_share > 0.4
    shown = np.asarray(cv2.cvtColor(decoded(place.jpeg), cv2.COLOR_BGR2GRAY), np.int16)
    assert shown.max() < 230  # the walker is white


def test_a_place_that_is_not_learned_has_no_picture() -> None:
    for view, size_px in ((LiveView(Mode.REDRAWN, (), ()), SIZE_PX), (learned(12), (640, 480)), (learned(1), SIZE_PX)):
        place = view.empty_place(size_px)
        assert (place.size_px, place.jpeg.size, place.sharp_share) == (size_px, 0, 0.0)


def test_a_frame_from_which_nothing_can_be_learned_gives_no_picture() -> None:
    view = learned(12)
    dark = raw_from(np.zeros((SIZE_PX[1], SIZE_PX[0], 3), np.uint8), 12.2)
    none = boxes()
    view.learn(dark, Detections(dark.stamp, none.xyxy_px, none.confidence, none.road_user))
    assert view.empty_place(SIZE_PX).jpeg.size == 0


def test_a_frame_is_learned_from_once_whether_there_is_a_viewer_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[float] = []
    learn = Anonymiser.learn

    def counted(self: Anonymiser, raw: RawFrame, detections: Detections | None) -> None:
        taken.append(raw.stamp.stream_s)
        learn(self, raw, detections)

    monkeypatch.setattr(Anonymiser, "learn", counted)
    view, none = LiveView(Mode.REDRAWN, (), ()), boxes()
    for raw in (raw_at(0.0), raw_at(0.2)):
        found = Detections(raw.stamp, none.xyxy_px, none.confidence, none.road_user)
        view.learn(raw, found)
        view.picture(raw, found, tracks_of(raw))
    assert taken == [0.0, 0.2]


def test_a_picture_is_encoded_as_jpeg() -> None:
    image = np.full((48, 64, 3), (20, 120, 200), np.uint8)
    jpeg = encoded(AnonymousFrame(stamp((64, 48)), image, "redrawn"))
    assert jpeg.ndim == 1
    assert np.abs(decoded(jpeg).astype(int) - image).max() <= 4
