"""YOLOX: from an ONNX file with known numbers to boxes."""

from pathlib import Path

import numpy as np
import pytest

from passerby.domain.errors import ModelError
from passerby.domain.road_user import RoadUser
from passerby.ingest.detectors.nanodet import cells
from passerby.ingest.detectors.session import open_session
from passerby.ingest.detectors.yolox import STRIDES_PX, YoloX
from tests.unit.ingest.detectors.answering_model import answering_model, overheard

SIDE_PX = 96
CELLS = len(cells(SIDE_PX, SIDE_PX, STRIDES_PX, 0.0))
INPUT = {"images": ("float32", [1, 3, SIDE_PX, SIDE_PX])}


def answer(row: int, centre: tuple[float, float], size: tuple[float, float], sure: float, coco: int) -> np.ndarray:
    table = np.zeros((1, CELLS, 85), np.float32)
    table[0, row, :5] = [*centre, *np.log(size), sure]
    table[0, row, 5 + coco] = 0.5
    return table


def test_finds_what_the_network_says(tmp_path: Path) -> None:
    # Cell (4, 2) of stride 16: the centre lies at (4.5, 2.25) strides, the box is 2 by 1 strides.
    table = answer(144 + 2 * 6 + 4, (0.5, 0.25), (2.0, 1.0), 0.8, 7)
    detector = YoloX(open_session(answering_model(tmp_path / "m.onnx", INPUT, {"output": table})))
    found = detector.find(np.zeros((96, 192, 3), np.uint8))
    assert found.road_user.tolist() == [RoadUser.TRUCK]
    np.testing.assert_allclose(found.confidence, [0.4], rtol=1e-6)
    np.testing.assert_allclose(found.xyxy_px, [[112, 56, 176, 88]], rtol=1e-5)


def test_confidence_is_objectness_times_class(tmp_path: Path) -> None:
    table = answer(0, (0.5, 0.5), (1.0, 1.0), 0.15, 0)
    detector = YoloX(open_session(answering_model(tmp_path / "m.onnx", INPUT, {"output": table})), floor=0.1)
    assert len(detector.find(np.zeros((96, 96, 3), np.uint8))) == 0


def test_the_network_gets_plain_bgr_on_grey(tmp_path: Path) -> None:
    silent = {"output": np.zeros((1, CELLS, 85), np.float32)}
    session = open_session(answering_model(tmp_path / "m.onnx", INPUT, silent))
    detector, heard = YoloX(session), overheard(session)
    detector.find(np.broadcast_to(np.array([10, 100, 200], np.uint8), (96, 192, 3)))
    assert heard[0]["images"][0, :, 0, 0].tolist() == [10, 100, 200]
    assert heard[0]["images"][0, :, 95, 0].tolist() == [114, 114, 114]


def test_an_endless_box_ends_at_the_picture(tmp_path: Path) -> None:
    table = answer(0, (0.5, 0.5), (1.0, 1.0), 0.9, 0)
    table[0, 0, 2:4] = 1e6
    detector = YoloX(open_session(answering_model(tmp_path / "m.onnx", INPUT, {"output": table})))
    assert detector.find(np.zeros((96, 96, 3), np.uint8)).xyxy_px.tolist() == [[0, 0, 96, 96]]


def test_other_outputs_are_an_error(tmp_path: Path) -> None:
    two = {"a": np.zeros((1, 1), np.float32), "b": np.zeros((1, 1), np.float32)}
    with pytest.raises(ModelError, match="one input and one output"):
        YoloX(open_session(answering_model(tmp_path / "m.onnx", INPUT, two)))
    flat = answering_model(tmp_path / "f.onnx", {"x": ("float32", [1, 10])}, {"y": np.zeros((1, 1), np.float32)})
    with pytest.raises(ModelError, match="an input of shape"):
        YoloX(open_session(flat))
