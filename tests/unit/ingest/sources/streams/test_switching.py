"""A switch ends one connection, and what comes over the next one is taken only where it shows the same view."""

from dataclasses import replace

import av
import numpy as np
import pytest

from passerby.domain.sources import CameraSource, SourceKind
from passerby.ingest.display_shape import AS_CODED, DisplayShape
from passerby.ingest.sources.streams.choice import StreamSettings
from passerby.ingest.sources.streams.switching import PictureRate, StreamSwitch

CAMERA = CameraSource(SourceKind.RTSP, "10.0.0.9", 554, "/main", "viewer", "secret", streams=("/sub", "/third?x=1"))
SOON = StreamSettings(every_s=1.0, looks=3)
MAIN, SUB = (640, 352), (320, 176)


def picture(size_px: tuple[int, int], *, seed: int = 1, part: float = 1.0) -> av.VideoFrame:
    """A place in that size; `part` of its sides."""
    coarse = np.random.default_rng(seed).integers(30, 220, (11, 20)).astype(np.uint8)
    fine = np.kron(coarse, np.ones((64, 64), np.uint8))
    height, width = (round(side * part) for side in fine.shape)
    rows = np.arange(size_px[1]) * height // size_px[1]
    columns = np.arange(size_px[0]) * width // size_px[0]
    planes = np.full((size_px[1] * 3 // 2, size_px[0]), 128, np.uint8)
    planes[: size_px[1]] = fine[rows][:, columns]
    return av.VideoFrame.from_ndarray(planes, format="yuv420p")


class Received:
    """Pictures of one stream after the other, one a second."""

    def __init__(self, source: CameraSource = CAMERA) -> None:
        self.switch, self.now_s = StreamSwitch(source, 1.0, SOON), 100.0

    def comes(self, frame: av.VideoFrame | None, small: float = 0.0, shape: DisplayShape = AS_CODED) -> bool:
        self.now_s += 1.0
        self.switch.attend(small)
        return self.switch.goes_on(frame, shape, self.now_s)

    def until_switched(self, size_px: tuple[int, int] = MAIN, small: float = 0.4) -> None:
        self.switch.begin()
        for _ in range(50):
            if not self.comes(picture(size_px), small):
                return
        raise AssertionError("it did not switch")

    def first(self, frame: av.VideoFrame) -> bool:
        self.switch.begin()
        return self.comes(frame)


def test_a_switch_changes_the_path_alone_and_says_where_people_are_how_high() -> None:
    received = Received(replace(CAMERA, streams=("/sub",)))
    assert received.switch.source == replace(CAMERA, streams=("/sub",))
    received.until_switched()
    assert received.switch.switched
    assert received.switch.source.path == "/sub"
    assert (received.switch.source.host, received.switch.source.password) == (CAMERA.host, CAMERA.password)
    assert received.first(picture(SUB))
    assert not received.switch.switched
    assert received.switch.notice == "watches its second stream, 320x176: small road users are 70 px high there"


def test_a_stream_of_another_shape_is_left_before_a_frame_of_it_is_taken() -> None:
    received = Received(replace(CAMERA, streams=("/sub",)))
    received.until_switched()
    assert not received.first(picture((320, 240)))
    assert received.switch.source.path == "/main"
    assert received.first(picture(MAIN))
    assert received.switch.notice.startswith("watches its first stream, 640x352")
    assert received.switch.notice.endswith(
        "its second stream is not watched: its picture of 320x240 has another shape than that of the first"
    )


def test_a_stream_that_shows_a_part_of_the_view_is_left_at_once() -> None:
    received = Received(replace(CAMERA, streams=("/sub",)))
    received.until_switched()
    assert not received.first(picture(SUB, part=0.9))
    assert received.first(picture(MAIN))
    assert "it does not show the same view as the first, in 320x176" in received.switch.notice


def test_where_too_little_can_be_seen_it_stays() -> None:
    received = Received(replace(CAMERA, streams=("/sub",)))
    received.until_switched()
    dark = av.VideoFrame.from_ndarray(np.full((SUB[1] * 3 // 2, SUB[0]), 16, np.uint8), format="yuv420p")
    frame = dark
    received.switch._before = np.zeros((72, 128), np.float32)
    assert not received.first(frame)
    assert received.first(picture(MAIN))
    assert "too little can be seen" in received.switch.notice


def test_pixels_that_are_not_square_are_seen_as_they_are_meant() -> None:
    from fractions import Fraction

    received = Received(replace(CAMERA, streams=("/sub",)))
    received.until_switched()
    narrow = picture((160, 176))
    received.switch.begin()
    assert received.comes(narrow, shape=DisplayShape(Fraction(2)))
    assert "320x176" in received.switch.notice


def test_a_stream_that_cannot_be_opened_is_given_up_for_the_first_and_one_that_ran_is_not() -> None:
    received = Received(replace(CAMERA, streams=("/sub",)))
    received.switch.begin()
    assert not received.switch.give_up(received.now_s, "gone")
    received.until_switched()
    received.switch.begin()
    assert received.switch.give_up(received.now_s, "the camera answers 404")
    assert received.switch.source.path == "/main"
    assert received.first(picture(MAIN))
    assert received.switch.notice.endswith("its second stream is not watched: the camera answers 404")
    again = Received(replace(CAMERA, streams=("/sub",)))
    again.until_switched()
    assert again.first(picture(SUB))
    assert not again.switch.give_up(again.now_s, "the network is gone")
    assert again.switch.source.path == "/sub"


def test_a_stream_that_sends_too_few_pictures_is_given_up() -> None:
    received = Received(replace(CAMERA, streams=("/sub",)))
    received.until_switched()
    received.switch.begin()
    for _ in range(20):
        received.now_s += 1.0  # one picture in two seconds, where one in one is analysed
        if not received.comes(picture(SUB), 0.4):
            break
    assert received.switch.switched
    assert received.switch.source.path == "/main"
    assert received.first(picture(MAIN))
    assert received.switch.notice.endswith("it sends 0.5 pictures a second, and 0.8 are needed")


def test_a_stream_as_fast_as_a_first_that_is_slow_itself_is_watched() -> None:
    received = Received(replace(CAMERA, streams=("/sub",)))
    received.switch.begin()
    while True:
        received.now_s += 1.0
        if not received.comes(picture(MAIN), 0.4 if received.now_s > 130.0 else 0.0):
            break
    received.switch.begin()
    for _ in range(30):
        received.now_s += 1.0
        assert received.comes(picture(SUB), 0.4)
    assert received.switch.source.path == "/sub"


def test_a_rate_is_that_of_ten_seconds_awake() -> None:
    rate = PictureRate()
    for number in range(100):
        rate.add(number / 10, awake=True)
    assert rate.fps is None
    rate.add(10.0, awake=True)
    assert rate.fps == pytest.approx(10.0)
    slept = PictureRate()
    for number in range(200):
        slept.add(number / 10, awake=number % 50 != 0)
    assert slept.fps is None


def test_damaged_pictures_and_a_sleeping_decoder_change_nothing() -> None:
    received = Received()
    received.switch.begin()
    assert received.comes(None)
    for _ in range(50):
        received.now_s += 1.0
        received.switch.attend(0.4)
        assert received.switch.goes_on(picture(MAIN), AS_CODED, received.now_s, awake=False)
    assert not received.comes(picture(MAIN), 0.4)


@pytest.mark.parametrize("small", [float("nan"), float("inf"), -1.0, 0.0, 1.5])
def test_a_height_that_is_none_is_not_taken(small: float) -> None:
    received = Received()
    received.switch.begin()
    assert all(received.comes(picture(MAIN), small) for _ in range(30))


def test_a_camera_with_one_stream_is_never_looked_into() -> None:
    received = Received(replace(CAMERA, streams=()))
    received.switch.begin()
    assert all(received.comes(picture(MAIN), 0.4) for _ in range(30))
    assert received.switch.notice == ""
