"""What a live camera's attention leaves out: no picture rests on part of a frame, and no loss is forgotten."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from passerby.domain.expected_boxes import ExpectedBoxes
from passerby.domain.film import Mode
from passerby.domain.frames import FrameStamp
from passerby.domain.health import CameraState, SourceCondition
from passerby.domain.tracks import Tracks
from passerby.ingest.attention.attentive_detector import AttentiveDetector
from passerby.ingest.attention.rate import RateSettings
from passerby.ingest.crops import full_frame_size
from passerby.ingest.raw import RawFrame
from passerby.ingest.stage import FrameResult, LiveStage
from passerby.ingest.view_health.image_quality import ImageQualityMeter
from passerby.ingest.views.live_view import LiveView
from testing.pictures.frames import Parts, TellingDetector, boxes, flat

SIZE_PX = (640, 480)
FULL = (*full_frame_size(SIZE_PX)[::-1], 3)


class Frames:
    """Gives what a test puts in, and remembers what was answered for frames that were left out."""

    def __init__(self, *frames: RawFrame | FrameStamp) -> None:
        self.frames = frames
        self.answers: list[tuple[int, bool, float]] = []
        self.condition = SourceCondition(CameraState.ONLINE, 0, "pictures come")

    def __iter__(self) -> Iterator[RawFrame | FrameStamp]:
        return iter(self.frames)

    def take_counts(self) -> tuple[int, int, int]:
        return 0, 0, 0

    def attend(self, index: int, *, quiet: bool, small: float = 0.0) -> None:
        self.answers.append((index, quiet, small))

    def show(self, shown_fps: float | None) -> None: ...

    def leave_out(self, stretch: int, size_px: tuple[int, int], before_s: float) -> None:
        self.left_out = (stretch, size_px, before_s)

    def stop(self) -> None: ...


def known(stream_s: float) -> ExpectedBoxes:
    none, box = np.zeros(1, np.float32), np.array([[300, 200, 330, 280]], np.float32)
    return ExpectedBoxes(stream_s, box, np.zeros((1, 2), np.float32), none, none, none, np.array([True]))


def large(stream_s: float) -> ExpectedBoxes:
    """A group that fills half of the picture's height."""
    boxes, none = np.tile(np.array([[300, 100, 400, 380]], np.float32), (20, 1)), np.zeros(20, np.float32)
    return ExpectedBoxes(stream_s, boxes, np.zeros((20, 2), np.float32), none, none, none, np.ones(20, np.bool_))


def watched(frames: Frames, detector: TellingDetector, rate: RateSettings) -> list[FrameResult]:
    """Watches all frames, with one track that stands; returns what came."""
    looks = AttentiveDetector(detector, Parts(), rate=rate)
    stage = LiveStage(frames, lambda: looks, ImageQualityMeter(), LiveView(Mode.REDRAWN, (), ()))
    found = []
    for result in stage:
        assert result.detections is not None
        stage.expect(known(result.detections.stamp.stream_s))
        found.append(result)
    return found


def test_a_picture_rests_on_a_look_at_all_of_its_frame_and_is_learned_so() -> None:
    detector = TellingDetector(full=boxes((10.0, 10.0, 40.0, 90.0)))
    source = [flat(SIZE_PX, stream_s=0.0), flat(SIZE_PX, stream_s=0.2)]
    looks = AttentiveDetector(detector, Parts())
    stage = LiveStage(Frames(*source), lambda: looks, ImageQualityMeter(), LiveView(Mode.REDRAWN, (), ()))
    results = iter(stage)
    first = next(results)
    stage.expect(known(0.0))
    second = next(results)
    assert [shape == FULL for shape in detector.full_shapes] == [True, False]
    assert [one.quality is not None for one in (first, second)] == [True, False]
    stage.learn_place(quietly=True)
    assert len(detector.full_shapes) == 2
    assert stage.preview(Tracks.none(source[1].stamp)) is not None
    assert detector.full_shapes[2:] == [FULL]
    stage.learn_place()
    assert len(detector.full_shapes) == 3


def test_quality_is_measured_in_looks_at_all_of_a_frame_of_whatever_size() -> None:
    frames = Frames(*(flat(SIZE_PX, stream_s=float(second)) for second in range(4)))
    detector = TellingDetector()
    looks = AttentiveDetector(detector, Parts())
    stage = LiveStage(frames, lambda: looks, ImageQualityMeter(), LiveView(Mode.REDRAWN, (), ()))
    measured = []
    for result in stage:
        measured.append(result.quality is not None)
        stage.expect(large(float(len(measured) - 1)))
    assert measured == [True] * 4
    assert [shape == FULL for shape in detector.full_shapes] == [True, False, False, False]


def test_frames_that_are_not_due_are_left_out_and_a_loss_among_them_is_told_with_the_next() -> None:
    source = [flat(SIZE_PX, stream_s=number / 10) for number in range(5)]
    lost = replace(source[2].stamp, after_loss=True)
    source[2] = RawFrame(lost, source[2].luma, source[2].chroma_u, source[2].chroma_v)
    frames = Frames(*source)
    found = watched(frames, TellingDetector(), RateSettings(longest_s=0.4))
    stamps = [one.detections.stamp for one in found if one.detections is not None]
    assert [(stamp.stream_s, stamp.after_loss) for stamp in stamps] == [(0.0, False), (0.4, True)]
    assert frames.answers == [(1, False, 0.0), (2, False, 0.0), (3, False, 0.0)]
    assert frames.left_out[:2] == (0, SIZE_PX)
    assert 0.75 < frames.left_out[2] <= 0.8
    # Where the source leaves the pixels out, all is the same.
    bare = Frames(source[0], *(one.stamp for one in source[1:4]), source[4])
    again = watched(bare, TellingDetector(), RateSettings(longest_s=0.4))
    assert [one.detections.stamp for one in again if one.detections is not None] == stamps
    assert bare.answers == frames.answers


def test_a_picture_of_another_size_in_mid_stream_is_looked_at_as_a_whole_as_soon_as_one_is_due() -> None:
    sizes = (SIZE_PX, (320, 240), SIZE_PX)
    source = [flat(size_px, stream_s=0.4 * number) for number, size_px in enumerate(sizes)]
    detector = TellingDetector()
    found = watched(Frames(*source), detector, RateSettings())
    assert len(found) == 3
    assert detector.full_shapes == [(*full_frame_size(size_px)[::-1], 3) for size_px in sizes]


def test_a_camera_that_changes_its_size_with_each_picture_costs_no_more_than_any_other() -> None:
    sizes = (SIZE_PX, (320, 240))
    source = [flat(sizes[number % 2], stream_s=number / 20) for number in range(40)]
    detector, rate = TellingDetector(), RateSettings()
    watched(Frames(*source), detector, rate)
    assert len(detector.full_shapes) <= 2 * rate.whole_looks_s + 1
