"""D-FINE: from ONNX files of both published forms with known numbers to boxes."""

from pathlib import Path

import numpy as np
import pytest

from passerby.domain.errors import ModelError
from passerby.domain.road_user import RoadUser
from passerby.ingest.detectors.dfine import DFine
from passerby.ingest.detectors.session import open_session
from tests.unit.ingest.detectors.answering_model import Array, Port, answering_model, overheard

QUERIES = 5
PICTURE: Port = ("float32", ["batch", 3, 64, 64])


def logits_form() -> dict[str, np.ndarray]:
    logits = np.full((1, QUERIES, 80), -9.0, np.float32)
    boxes = np.full((1, QUERIES, 4), 0.5, np.float32)
    logits[0, 3, 0] = 2.0
    logits[0, 3, 1] = 1.0
    boxes[0, 3] = [0.5, 0.5, 0.2, 0.4]
    logits[0, 1, 5] = 4.0
    boxes[0, 1] = [0.9, 0.1, 0.4, 0.4]
    logits[0, 0, 20] = 9.0
    return {"logits": logits, "pred_boxes": boxes}


def test_finds_what_the_exported_network_says(tmp_path: Path) -> None:
    path = answering_model(tmp_path / "m.onnx", {"pixel_values": PICTURE}, logits_form())
    found = DFine(open_session(path)).find(np.zeros((100, 200, 3), np.uint8))
    assert found.road_user.tolist() == [RoadUser.BUS, RoadUser.PEDESTRIAN], "one road user a query, and no elephant"
    np.testing.assert_allclose(found.confidence, 1 / (1 + np.exp([-4.0, -2.0])), rtol=1e-5)
    np.testing.assert_allclose(found.xyxy_px, [[140, 0, 200, 30], [80, 30, 120, 70]], rtol=1e-5)


def test_finds_what_the_original_network_says(tmp_path: Path) -> None:
    answer: dict[str, Array] = {
        "labels": np.array([[2, 16, 0]], np.int64),
        "boxes": np.array([[[10, 10, 50, 40], [0, 0, 9, 9], [-5, 0, 30, 90]]], np.float32),
        "scores": np.array([[0.6, 0.9, 0.7]], np.float32),
    }
    inputs: dict[str, Port] = {"images": PICTURE, "orig_target_sizes": ("int64", ["batch", 2])}
    found = DFine(open_session(answering_model(tmp_path / "m.onnx", inputs, answer))).find(
        np.zeros((80, 100, 3), np.uint8)
    )
    assert found.road_user.tolist() == [RoadUser.PEDESTRIAN, RoadUser.CAR]
    assert found.xyxy_px.tolist() == [[0, 0, 30, 80], [10, 10, 50, 40]]


def test_the_network_gets_rgb_from_0_to_1(tmp_path: Path) -> None:
    session = open_session(answering_model(tmp_path / "m.onnx", {"pixel_values": PICTURE}, logits_form()))
    detector, heard = DFine(session), overheard(session)
    detector.find(np.broadcast_to(np.array([0, 51, 255], np.uint8), (30, 40, 3)))
    assert heard[0]["pixel_values"].shape == (1, 3, 64, 64)
    np.testing.assert_allclose(heard[0]["pixel_values"][0, :, 63, 63], [1, 0.2, 0], rtol=1e-6)


def test_nothing_found_is_no_error(tmp_path: Path) -> None:
    path = answering_model(tmp_path / "m.onnx", {"pixel_values": PICTURE}, logits_form())
    assert len(DFine(open_session(path), floor=0.999).find(np.zeros((10, 10, 3), np.uint8))) == 0


def test_other_outputs_are_an_error(tmp_path: Path) -> None:
    wrong = answering_model(tmp_path / "w.onnx", {"p": PICTURE}, {"output": np.zeros((1, 3), np.float32)})
    with pytest.raises(ModelError, match="a D-FINE model has inputs p and outputs logits, pred_boxes"):
        DFine(open_session(wrong))
    answer = logits_form()
    answer["logits"] = answer["logits"][:, :, :7]
    seven = answering_model(tmp_path / "s.onnx", {"p": PICTURE}, answer)
    with pytest.raises(ModelError, match=r"\(1, 80\)"):
        DFine(open_session(seven)).find(np.zeros((10, 10, 3), np.uint8))
