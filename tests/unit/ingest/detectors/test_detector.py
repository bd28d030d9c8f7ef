"""Boxes: checked when made, chosen, moved, joined."""

import numpy as np
import pytest

from passerby.domain.road_user import RoadUser
from passerby.ingest.detectors.detector import COCO_KEPT, ROAD_USER_OF_COCO, Boxes


def boxes(*rows: tuple[float, ...]) -> Boxes:
    table = np.array(rows, np.float32).reshape(-1, 6)
    return Boxes(table[:, :4], table[:, 4], table[:, 5].astype(np.int16))


def test_row_k_of_the_kept_scores_is_road_user_k() -> None:
    assert [ROAD_USER_OF_COCO[int(coco)] for coco in COCO_KEPT] == list(RoadUser)[:6]


def test_refuses_what_does_not_fit_together() -> None:
    with pytest.raises(ValueError, match="xyxy_px"):
        Boxes(np.zeros((1, 4), np.float32), np.zeros(2, np.float32), np.zeros(2, np.int16))
    with pytest.raises(TypeError, match="float32"):
        Boxes(np.zeros((1, 4)), np.zeros(1, np.float32), np.zeros(1, np.int16))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="finite"):
        Boxes(np.full((1, 4), np.inf, np.float32), np.zeros(1, np.float32), np.zeros(1, np.int16))


def test_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        boxes((0, 0, 1, 1, 0.5, 0)).xyxy_px[0, 0] = 3


def test_rows_are_chosen_by_mask_and_by_number() -> None:
    found = boxes((0, 0, 1, 1, 0.5, 0), (2, 2, 3, 3, 0.4, 2))
    assert found[found.confidence > 0.45].road_user.tolist() == [0]
    assert found[np.array([1, 0])].road_user.tolist() == [2, 0]


def test_moving_scales_first_and_shifts_then() -> None:
    found = boxes((1, 2, 3, 4, 0.5, 0)).moved((2.0, 3.0), (10.0, 20.0))
    assert found.xyxy_px.tolist() == [[12, 26, 16, 32]]


def test_joins_several_and_none() -> None:
    one = boxes((0, 0, 1, 1, 0.5, 0))
    assert len(Boxes.joined([one, Boxes.none(), one])) == 2
    assert len(Boxes.joined([])) == 0
