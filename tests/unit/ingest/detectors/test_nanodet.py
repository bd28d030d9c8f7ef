"""NanoDet-g: from an ONNX file with known numbers to boxes."""

from pathlib import Path

import numpy as np
import pytest

from passerby.domain.errors import ModelError
from passerby.domain.road_user import RoadUser
from passerby.ingest.detectors.nanodet import BINS, STRIDES_PX, NanoDet, cells, edges_from_bins
from passerby.ingest.detectors.session import open_session
from tests.unit.ingest.detectors.answering_model import Port, answering_model

PICTURE: dict[str, Port] = {"picture": ("uint8", ["N", "H", "W", 3])}


def steps(*distances: int) -> np.ndarray:
    """Box numbers that say just these four distances in strides: float32 (44,)."""
    logits = np.full((4, BINS), -50.0, np.float32)
    logits[np.arange(4), distances] = 50.0
    return logits.ravel()


def test_cells_count_row_by_row_and_stride_by_stride() -> None:
    table = cells(64, 32, STRIDES_PX, 0.5)
    assert len(table) == 8 * 4 + 4 * 2 + 2
    assert table[0].tolist() == [4, 4, 8]
    assert table[1].tolist() == [12, 4, 8]
    assert table[8].tolist() == [4, 12, 8]
    assert table[32].tolist() == [8, 8, 16]
    assert table[-1].tolist() == [48, 16, 32]


def test_a_part_of_a_stride_makes_a_whole_cell() -> None:
    assert len(cells(416, 416, (64,), 0.0)) == 49


def test_distances_are_expectations() -> None:
    even = np.zeros(4 * BINS, np.float32)
    cell = np.array([[100, 100, 8]], np.float32)
    np.testing.assert_allclose(edges_from_bins(even[:, None], cell), [[60.0, 60, 140, 140]], atol=1e-4)
    np.testing.assert_allclose(edges_from_bins(steps(1, 2, 3, 4)[:, None], cell), [[92.0, 84, 124, 132]], atol=1e-4)
    np.testing.assert_allclose(
        edges_from_bins(np.float32(1e4) * steps(1, 2, 3, 4)[:, None], cell), [[92.0, 84, 124, 132]], atol=1e-4
    )


def known_answer(pictures: int = 1) -> dict[str, np.ndarray]:
    """For 96x64: a pedestrian at stride 8, the same again but weaker, a bus at stride 32, and something too faint."""
    count = len(cells(96, 64, STRIDES_PX, 0.5))
    scores, boxes = np.zeros((pictures, 6, count), np.float32), np.zeros((pictures, 44, count), np.float32)
    scores[0, RoadUser.PEDESTRIAN, 12 * 3 + 4] = 0.8
    boxes[0, :, 12 * 3 + 4] = steps(1, 2, 1, 3)
    scores[0, RoadUser.PEDESTRIAN, 12 * 3 + 5] = 0.6
    boxes[0, :, 12 * 3 + 5] = steps(2, 2, 0, 3)
    scores[0, RoadUser.BUS, -1] = 0.9
    boxes[0, :, -1] = steps(1, 1, 5, 5)
    scores[0, RoadUser.CAR, 0] = 0.05
    return {"scores": scores, "boxes": boxes}


def test_finds_what_the_network_says(tmp_path: Path) -> None:
    detector = NanoDet(open_session(answering_model(tmp_path / "m.onnx", PICTURE, known_answer())))
    found = detector.find(np.zeros((64, 96, 3), np.uint8))
    assert found.road_user.tolist() == [RoadUser.BUS, RoadUser.PEDESTRIAN]
    np.testing.assert_allclose(found.confidence, [0.9, 0.8])
    np.testing.assert_allclose(found.xyxy_px, [[48, 16, 96, 64], [28, 12, 44, 52]], atol=1e-3)


def test_the_floor_decides_what_is_reported(tmp_path: Path) -> None:
    session = open_session(answering_model(tmp_path / "m.onnx", PICTURE, known_answer()))
    picture = np.zeros((64, 96, 3), np.uint8)
    assert len(NanoDet(session, floor=0.85).find(picture)) == 1
    assert len(NanoDet(session, floor=0.04).find(picture)) == 3
    assert len(NanoDet(session, floor=0.95).find(picture)) == 0


def test_a_picture_that_is_no_multiple_is_padded_and_boxes_stay_inside_it(tmp_path: Path) -> None:
    detector = NanoDet(open_session(answering_model(tmp_path / "m.onnx", PICTURE, known_answer())))
    found = detector.find(np.zeros((40, 70, 3), np.uint8))
    np.testing.assert_allclose(found.xyxy_px, [[48, 16, 70, 40], [28, 12, 44, 40]], atol=1e-3)


def test_pictures_of_one_size_go_together(tmp_path: Path) -> None:
    detector = NanoDet(open_session(answering_model(tmp_path / "m.onnx", PICTURE, known_answer(2))))
    first, second = detector.find_each([np.zeros((64, 96, 3), np.uint8)] * 2)
    assert (len(first), len(second)) == (2, 0)
    assert detector.find_each([]) == []


def test_outputs_of_another_shape_are_an_error(tmp_path: Path) -> None:
    answer = known_answer()
    answer["boxes"] = answer["boxes"][:, :32]
    detector = NanoDet(open_session(answering_model(tmp_path / "m.onnx", PICTURE, answer)))
    with pytest.raises(ModelError, match="outputs of shapes"):
        detector.find(np.zeros((64, 96, 3), np.uint8))


def test_another_model_is_refused_at_once(tmp_path: Path) -> None:
    path = answering_model(tmp_path / "m.onnx", PICTURE, {"output": np.zeros((1, 1), np.float32)})
    with pytest.raises(ModelError, match=r"m\.onnx: a NanoDet-g model has .* got .* output"):
        NanoDet(open_session(path))
