"""Numbers come out of the stage of a recording, in order, and nothing else."""

from typing import Any, cast

import numpy as np

from passerby.domain.detections import Detections
from passerby.domain.standing_things import StandingThings
from passerby.domain.tracks import Tracks
from passerby.ingest.attention.frame_detector import FrameDetector
from passerby.ingest.crops import CropPlan
from passerby.ingest.raw import RawFrame
from passerby.ingest.stage import FileStage
from testing.pictures.frames import Parts, TellingDetector, boxes, flat

SIZE_PX = (640, 480)


def test_a_set_of_detections_for_every_frame_in_order() -> None:
    source = [flat(SIZE_PX, stream_s=number / 10) for number in range(4)]
    detector = TellingDetector(full=boxes((10.0, 10.0, 40.0, 90.0)))
    found = list(FileStage(source, FrameDetector(detector, CropPlan(), Parts()), Parts()))
    assert all(type(one.detections) is Detections and one.quality is None for one in found)
    assert [one.detections.stamp for one in found if one.detections] == [raw.stamp for raw in source]
    assert [len(one.detections or ()) for one in found] == [1, 1, 1, 1]


def test_an_empty_place_gives_empty_detections() -> None:
    found = list(FileStage([flat(SIZE_PX)], FrameDetector(TellingDetector(), CropPlan(), Parts()), Parts()))
    assert [len(one.detections) for one in found if one.detections is not None] == [0]


def test_no_frames_no_detections() -> None:
    stage = FileStage([], FrameDetector(TellingDetector(), CropPlan(), Parts()), Parts())
    assert list(stage) == []
    assert stage.empty_scene() is None


def test_frames_are_read_one_at_a_time() -> None:
    read = []

    def source():
        for number in range(3):
            read.append(number)
            yield flat(SIZE_PX, stream_s=number / 10)

    stage = iter(FileStage(source(), FrameDetector(TellingDetector(), CropPlan(), Parts()), Parts()))
    next(stage)
    assert read == [0]


def test_the_time_between_frames_is_decoding() -> None:
    parts = Parts()
    list(FileStage([flat(SIZE_PX)], FrameDetector(TellingDetector(), CropPlan(), parts), parts))
    assert parts.names[0] == parts.names[-1] == "decode"
    assert {"scale", "detect"} <= set(parts.names)


def test_detections_hold_no_memory_of_the_picture() -> None:
    raw = flat(SIZE_PX)
    (result,) = list(
        FileStage([raw], FrameDetector(TellingDetector(full=boxes((1.0, 1.0, 9.0, 9.0))), CropPlan(), Parts()), Parts())
    )
    found = result.detections
    assert found is not None
    for column in (found.xyxy_px, found.confidence, found.road_user):
        assert not any(np.shares_memory(column, plane) for plane in (raw.luma, raw.chroma_u, raw.chroma_v))


def test_things_are_looked_for_in_the_newest_frame_alone() -> None:
    class Finder:
        def is_due(self, stream_s: float) -> bool:
            return stream_s >= 0

        def update(self, raw: RawFrame, detections: Detections, tracks: Tracks) -> StandingThings:
            assert raw.stamp == detections.stamp == tracks.stamp
            return StandingThings.none(raw.stamp)

    source = [flat(SIZE_PX, stream_s=number / 10) for number in range(3)]
    look = FrameDetector(TellingDetector(), CropPlan(), Parts())
    without = FileStage(source, look, Parts())
    assert without.standing_things(Tracks.none(source[0].stamp)) is None
    stage = FileStage(source, look, Parts(), finder=cast("Any", Finder()))
    stamps = []
    for result in stage:
        assert result.detections is not None
        things = stage.standing_things(Tracks.none(result.detections.stamp))
        assert things is not None
        stamps.append(things.stamp)
    assert stamps == [raw.stamp for raw in source]
    assert list(without)
    assert without.standing_things(Tracks.none(source[-1].stamp)) is None
