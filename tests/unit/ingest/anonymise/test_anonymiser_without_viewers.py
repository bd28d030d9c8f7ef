"""Without a viewer the anonymiser costs nothing: none of its functions runs, and no picture is made for it."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import passerby.ingest.anonymise
from passerby.ingest.anonymise.anonymiser import Anonymiser
from passerby.ingest.anonymise.silhouettes import Silhouettes
from passerby.ingest.attention.frame_detector import FrameDetector
from passerby.ingest.crops import CropPlan
from passerby.ingest.detectors.detector import Boxes
from passerby.ingest.stage import FileStage
from testing.pictures.frames import Parts, TellingDetector, boxes

FOLDER = Path(passerby.ingest.anonymise.__file__).parent
FRAMES = 30


def called(work: Callable[[], None]) -> dict[str, int]:
    """File of the anonymiser -> how often one of its functions was called."""
    calls: dict[str, int] = {}

    def count(frame: FrameType, event: str, argument: object) -> None:
        path = Path(frame.f_code.co_filename)
        if event == "call" and path.parent == FOLDER:
            calls[path.name] = calls.get(path.name, 0) + 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls


class Camera:
    """A camera that is counted, with an anonymiser beside it that has learned before."""

    def __init__(self, street) -> None:
        self.finds = 0
        self.frames = [street.raw(number / 5, [(40, 60, 60, 120)]) for number in range(2 * FRAMES)]
        self.anonymiser = Anonymiser(street.size_px, finders=[self.find])
        self.watch(self.frames[:FRAMES], viewed=True)

    def find(self, picture: object) -> Boxes:
        self.finds += 1
        return Boxes.none()

    def watch(self, frames: list, *, viewed: bool) -> None:
        frame_detector = FrameDetector(TellingDetector(full=boxes((40.0, 60.0, 60.0, 120.0))), CropPlan(), Parts())
        for raw, result in zip(frames, FileStage(frames, frame_detector, Parts()), strict=True):
            detections = result.detections
            assert detections is not None
            if viewed:
                self.anonymiser.learn(raw, detections)
                self.anonymiser.show(raw, detections, Silhouettes(detections.xyxy_px, detections.road_user))


def test_nothing_of_the_anonymiser_runs_without_a_viewer(street) -> None:
    camera = Camera(street)
    finds = camera.finds
    calls = called(lambda: camera.watch(camera.frames[FRAMES:], viewed=False))
    assert calls == {"masks.py": FRAMES + 1}, "only the static masks, once a frame and once to begin"
    assert camera.finds == finds


def test_the_counting_of_calls_can_fail(street) -> None:
    camera = Camera(street)
    finds = camera.finds
    calls = called(lambda: camera.watch(camera.frames[FRAMES:], viewed=True))
    assert calls["anonymiser.py"] > FRAMES
    assert calls["drawing.py"] > FRAMES
    assert camera.finds > finds
