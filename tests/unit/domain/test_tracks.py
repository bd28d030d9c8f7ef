import numpy as np
import pytest

from passerby.domain.detections import Detections
from passerby.domain.frames import AnonymousFrame, FrameStamp
from passerby.domain.tracks import Tracks

STAMP = FrameStamp("cam", 0, 0, 0.0, (100, 50))


def tracks(rows=2, ended=()):
    xyxy = np.tile(np.array([[10, 10, 20, 40]], np.float32), (rows, 1))
    return Tracks(
        STAMP,
        np.arange(rows),
        xyxy,
        np.ones(rows, np.float32),
        np.zeros(rows, np.int16),
        np.ones(rows, np.bool_),
        np.array(ended, np.int64),
    )


def test_the_foot_point_is_the_middle_of_the_lower_edge():
    assert tracks().foot_xy_px.tolist() == [[15.0, 40.0]] * 2
    assert tracks().foot_xy_px.dtype == np.float32


def test_nobody_is_no_rows():
    assert len(Tracks.none(STAMP)) == len(Detections.none(STAMP)) == 0
    assert Tracks.none(STAMP).foot_xy_px.shape == (0, 2)


def test_columns_must_be_of_one_length():
    with pytest.raises(ValueError, match="confidence"):
        Tracks(
            STAMP,
            np.arange(2),
            np.zeros((2, 4), np.float32),
            np.ones(3, np.float32),
            np.zeros(2, np.int16),
            np.ones(2, np.bool_),
            np.empty(0, np.int64),
        )


def test_detections_are_chosen_by_mask_or_by_number():
    found = Detections(
        STAMP, np.zeros((3, 4), np.float32), np.array([0.1, 0.5, 0.9], np.float32), np.array([0, 1, 2], np.int16)
    )
    assert found[found.confidence > 0.3].road_user.tolist() == [1, 2]
    assert found[np.array([2])].road_user.tolist() == [2]
    assert not found.xyxy_px.flags.writeable


def test_an_anonymous_frame_shares_no_memory_with_what_it_was_made_from():
    image = np.zeros((4, 6, 3), np.uint8)
    frame = AnonymousFrame(STAMP, image, "redrawn")
    assert not np.shares_memory(frame.image, image)
    with pytest.raises(TypeError, match="uint8"):
        AnonymousFrame(STAMP, image.astype(np.float32), "redrawn")
