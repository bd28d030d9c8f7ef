import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.counting.tune import sightings
from benchmarks.counting.tune.place import FARTHER, NEARER, VEHICLES, WHOLE, Look, Place
from benchmarks.counting.tune.sightings import KeptAnswers, full_look, runs_of, viewed
from passerby.domain.frames import FrameStamp
from passerby.domain.moving_things import MovingThings
from passerby.ingest import crops
from passerby.ingest.detectors.detector import Boxes
from passerby.ingest.raw import Picture, RawFrame
from passerby.ingest.stage import FrameResult
from testing.pictures.walks import Seen, detections

LANE = Place(
    "lane", WHOLE, Path("lane.mp4"), (Look(5.0, 2), Look(1.0, 1)), (), {("a", "forward", VEHICLES): 1}
)  # fmt: skip


class Counted:
    """A detector that finds one box in every picture, and remembers how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def find(self, picture: Picture) -> Boxes:
        self.asked += 1
        return Boxes(np.array([[1, 2, 3, 4]], np.float32), np.array([0.5], np.float32), np.array([2], np.int16))

    def find_each(self, pictures: Sequence[Picture]) -> list[Boxes]:
        return [self.find(picture) for picture in pictures]


def picture(grey: int, size: tuple[int, int] = (4, 6)) -> Picture:
    return np.full((*size, 3), grey, np.uint8)


def test_a_picture_is_looked_at_once() -> None:
    real = Counted()
    kept = KeptAnswers(real, "code", sqlite3.connect(":memory:"))
    first, again = kept.find_each([picture(1), picture(1)])
    assert real.asked == 1
    for column in ("xyxy_px", "confidence", "road_user"):
        assert (getattr(first, column) == getattr(again, column)).all()
    kept.find_each([picture(2), picture(1, (6, 4))])
    assert real.asked == 3


def test_other_code_asks_anew() -> None:
    real, store = Counted(), sqlite3.connect(":memory:")
    for code in ("before", "after"):
        KeptAnswers(real, code, store).find(picture(1))
    assert real.asked == 2


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    found = [detections(0.0, []), detections(0.2, [Seen((100, 300)), Seen((50.5, 60), 0.4)]), detections(0.4, [])]
    moving = MovingThings(found[2].stamp, np.array([[1, 2, 3, 4]], np.float32))
    film = [FrameResult(found[0]), FrameResult(found[1]), FrameResult(found[2], moving=moving)]
    sightings._write(tmp_path / "run.npz", film)
    read = sightings._read(tmp_path / "run.npz")
    assert [len(frame.moving or ()) for frame in read] == [0, 0, 1]
    again = [frame.detections for frame in read if frame.detections is not None]
    assert [frame.stamp.stream_s for frame in again] == [0.0, 0.2, 0.4]
    assert [len(frame) for frame in again] == [0, 2, 0]
    assert (again[1].xyxy_px == found[1].xyxy_px).all()
    assert (again[1].confidence == found[1].confidence).all()
    assert again[1].stamp.size_px == found[1].stamp.size_px


def test_runs_begin_with_every_phase() -> None:
    assert [(run.fps, run.phase) for run in runs_of(LANE)] == [(5.0, 0), (5.0, 1), (1.0, 0)]
    assert [(run.fps, run.phase) for run in runs_of(LANE, [Look(2.0, 1)])] == [(2.0, 0)]


@pytest.mark.parametrize("view", [NEARER, FARTHER])
def test_a_view_shows_the_middle_of_the_picture(view: object) -> None:
    luma = np.zeros((100, 200), np.uint8)
    luma[48:52, 98:102] = 255
    chroma = np.full((50, 100), 7, np.uint8)
    raw = RawFrame(FrameStamp("lane", 3, 30, 0.3, (200, 100)), luma, chroma, chroma)
    seen = viewed(raw, replace(LANE, view=view))  # type: ignore[arg-type]
    left, top, right, bottom = view.corners_px((200, 100))  # type: ignore[attr-defined]
    assert seen.size_px == seen.stamp.size_px == (right - left, bottom - top)
    assert seen.chroma_u.shape == ((bottom - top) // 2, (right - left) // 2)
    assert seen.luma[50 - top, 100 - left] == 255
    assert (seen.luma == 255).sum() == 16
    assert (seen.stamp.index, seen.stamp.stream_s) == (3, 0.3)


def test_the_whole_view_is_the_frame_itself() -> None:
    plane = np.zeros((10, 10), np.uint8)
    raw = RawFrame(FrameStamp("lane", 0, 0, 0.0, (10, 10)), plane, plane[:5, :5], plane[:5, :5])
    assert viewed(raw, LANE) is raw


def test_a_larger_full_look_is_as_much_larger_in_wide_pictures_and_only_for_a_while() -> None:
    usual = crops.full_frame_size((1920, 1080))
    with full_look(crops.FULL_FRAME_SIDE_PX * 2):
        assert crops.full_frame_size((1920, 1080)) == pytest.approx((usual[0] * 2, usual[1] * 2), abs=32)
    with full_look(None):
        assert crops.full_frame_size((1920, 1080)) == usual
