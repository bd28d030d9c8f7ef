"""Expected boxes move on with their tracks, and become less certain."""

import numpy as np
import pytest

from passerby.domain.expected_boxes import ExpectedBoxes


def test_boxes_move_on_and_spread() -> None:
    place, speeds, unseen = (np.array([value], np.float32) for value in (3.0, 8.0, 0.0))
    box, speed = np.array([[10, 20, 30, 60]], np.float32), np.array([[10.0, -4.0]], np.float32)
    expected = ExpectedBoxes(2.0, box, speed, place, speeds, unseen, np.array([True]))
    assert expected.at(2.5)[0] == pytest.approx([15, 18, 35, 58])
    assert expected.spread_at(2.5)[0] == pytest.approx(5.0)
    assert expected.at(1.0)[0] == pytest.approx([10, 20, 30, 60])


def test_no_tracks_are_no_boxes() -> None:
    assert ExpectedBoxes.none().at(4.0).shape == (0, 4)
    assert len(ExpectedBoxes.none(1.0)) == 0


def test_columns_of_other_lengths_are_refused() -> None:
    one = np.zeros(1, np.float32)
    with pytest.raises(ValueError, match="speed_px_s"):
        ExpectedBoxes(0.0, np.zeros((1, 4), np.float32), np.zeros((2, 2), np.float32), one, one, one, np.array([True]))
