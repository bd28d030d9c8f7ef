"""A live camera's door: numbers come out, pictures only when asked for, and silence is told as silence."""

from collections.abc import Iterator

import numpy as np
import pytest

from passerby.domain.detections import Detections
from passerby.domain.film import Mode
from passerby.domain.health import CameraState, SourceCondition
from passerby.domain.tracks import Tracks
from passerby.ingest.anonymise.masks import StaticMasks
from passerby.ingest.attention.frame_detector import FrameDetector
from passerby.ingest.crops import CropPlan
from passerby.ingest.raw import RawFrame
from passerby.ingest.stage import LiveStage
from passerby.ingest.view_health.image_quality import ImageQualityMeter
from passerby.ingest.views.live_view import LiveView
from testing.pictures.frames import Parts, TellingDetector, boxes, flat

SIZE_PX = (640, 480)


class Frames:
    """Gives what a test puts in."""

    def __init__(self, *frames: RawFrame | None) -> None:
        self.frames = frames
        self.stopped = False
        self.condition = SourceCondition(CameraState.ONLINE, 0, "pictures come")

    def __iter__(self) -> Iterator[RawFrame | None]:
        for frame in self.frames:
            if self.stopped:
                return
            yield frame

    def take_counts(self) -> tuple[int, int, int]:
        return 3, 1, 2

    def show(self, shown_fps: float | None) -> None:
        self.shown_fps = shown_fps

    def attend(self, index: int, *, quiet: bool, small: float = 0.0) -> None:
        self.attended = (index, quiet, small)

    def leave_out(self, stretch: int, size_px: tuple[int, int], before_s: float) -> None: ...

    def stop(self) -> None:
        self.stopped = True


def stage_of(frames: Frames, detector: TellingDetector | None = None, masks: StaticMasks | None = None) -> LiveStage:
    telling = detector or TellingDetector(full=boxes((10.0, 10.0, 40.0, 90.0)))
    view = LiveView(Mode.REDRAWN, (), ())
    return LiveStage(frames, lambda: FrameDetector(telling, CropPlan(), Parts()), ImageQualityMeter(), view, masks)


def tracks_of(detections: Detections) -> Tracks:
    count = len(detections)
    return Tracks(
        stamp=detections.stamp,
        track_id=np.arange(count),
        xyxy_px=detections.xyxy_px,
        road_user=detections.road_user,
        confidence=detections.confidence,
        confirmed=np.ones(count, np.bool_),
        ended=np.empty(0, np.int64),
    )


def test_every_frame_gives_detections_and_silence_gives_none() -> None:
    stage = stage_of(Frames(flat(SIZE_PX), None, flat(SIZE_PX, stream_s=0.2)))
    seen = list(stage)
    assert [one.detections is None for one in seen] == [False, True, False]
    assert seen[0].detections is not None
    assert len(seen[0].detections) == 1
    assert stage.condition.why == "pictures come"
    assert stage.take_counts() == (3, 1, 2)
    times = stage.detect_ms()
    assert times is not None
    assert 0 < times[0] <= times[1]


def test_there_is_no_picture_of_silence() -> None:
    stage = stage_of(Frames(flat(SIZE_PX), None))
    looks = iter(stage)
    first = next(looks)
    assert first.detections is not None
    tracks = tracks_of(first.detections)
    assert stage.preview(tracks) is not None
    next(looks)
    assert stage.preview(tracks) is None
    assert stage_of(Frames()).detect_ms() is None


def test_the_first_pictures_are_masked_and_say_why() -> None:
    stage = stage_of(Frames(flat(SIZE_PX)))
    seen = next(iter(stage))
    assert seen.detections is not None
    preview = stage.preview(tracks_of(seen.detections))
    assert preview is not None
    assert preview.method == "masked"
    assert preview.why
    assert bytes(preview.jpeg[:2]) == b"\xff\xd8"
    assert preview.camera == "square"
    # Boxes are shares of the picture: they hold in any size it is shown in.
    assert preview.xyxy[0] == pytest.approx(seen.detections.xyxy_px[0] / (640, 480, 640, 480))


def test_a_new_resolution_is_looked_at_anew() -> None:
    made: list[FrameDetector] = []

    def make() -> FrameDetector:
        made.append(FrameDetector(TellingDetector(), CropPlan(), Parts()))
        return made[-1]

    frames = Frames(flat(SIZE_PX), flat(SIZE_PX, stream_s=0.1), flat((320, 240), stream_s=0.2))
    stage = LiveStage(frames, make, ImageQualityMeter(), LiveView(Mode.REDRAWN, (), ()))
    for seen in stage:
        assert seen.detections is not None
        assert stage.preview(tracks_of(seen.detections)) is not None
    assert len(made) == 2


def test_what_is_masked_nobody_looks_at() -> None:
    raw = flat(SIZE_PX, grey=200)
    everything = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    looked: list[int] = []

    class Watching(TellingDetector):
        def find(self, picture):
            looked.append(int(picture.max()))
            return super().find(picture)

    list(stage_of(Frames(raw), Watching(), StaticMasks((everything,))))
    assert looked
    assert max(looked) < 200


def test_stop_ends_the_looks() -> None:
    frames = Frames(*(flat(SIZE_PX, stream_s=number / 10) for number in range(5)))
    stage = stage_of(frames)
    for count, _ in enumerate(stage, 1):
        if count == 2:
            stage.stop()
    assert count == 2
