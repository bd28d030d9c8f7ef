"""The face finder's decoder, from file to boxes, and its real file where that was built."""

from pathlib import Path

import numpy as np
import pytest

from passerby.domain.errors import ModelError
from passerby.domain.road_user import RoadUser
from passerby.ingest.detectors import centerface, registry
from passerby.ingest.detectors.centerface import CenterFace, open_face_finder
from passerby.ingest.detectors.session import open_session
from tests.unit.ingest.detectors.answering_model import Port, answering_model, overheard

PICTURE: dict[str, Port] = {"picture": ("uint8", ["N", "H", "W", 3])}


def answers(faces: list[tuple[int, int, float]]) -> dict[str, np.ndarray]:
    """What the network says of a 64x64 picture: faces of 8x12 px with their middle in cells (row, column)."""
    heat = np.zeros((1, 1, 16, 16), np.float32)
    for row, column, score in faces:
        heat[0, 0, row, column] = score
    log_size = np.log(np.broadcast_to(np.array([3, 2], np.float32)[None, :, None, None], (1, 2, 16, 16)))
    shift = np.full((1, 2, 16, 16), 0.25, np.float32)
    return {"heat": heat, "log_size": np.ascontiguousarray(log_size), "shift": shift}


def test_decodes_faces_as_boxes_of_people(tmp_path: Path) -> None:
    faces = [(5, 7, 0.9), (5, 8, 0.5), (12, 2, 0.3), (2, 2, 0.1)]
    model = answering_model(tmp_path / "faces.onnx", PICTURE, answers(faces))
    found = CenterFace(open_session(model), 0.2).find(np.zeros((64, 64, 3), np.uint8))
    assert found.confidence.tolist() == pytest.approx([0.9, 0.3])
    assert found.xyxy_px[0].tolist() == pytest.approx([31 - 4, 23 - 6, 31 + 4, 23 + 6])
    assert found.road_user.tolist() == [RoadUser.PEDESTRIAN] * 2


def test_a_picture_of_any_size_is_padded_and_no_face_lies_outside_it(tmp_path: Path) -> None:
    model = answering_model(tmp_path / "faces.onnx", PICTURE, answers([(0, 0, 0.9), (15, 15, 0.8)]))
    session = open_session(model)
    heard = overheard(session)
    found = CenterFace(session, 0.2).find(np.zeros((50, 60, 3), np.uint8))
    assert heard[0]["picture"].shape == (1, 64, 64, 3)
    assert (found.xyxy_px >= 0).all()
    assert (found.xyxy_px <= [60, 50, 60, 50]).all()


def test_another_model_is_refused(tmp_path: Path) -> None:
    model = answering_model(tmp_path / "other.onnx", PICTURE, {"scores": np.zeros(1, np.float32)})
    with pytest.raises(ModelError, match="a centerface model has inputs picture"):
        CenterFace(open_session(model), 0.2)


def test_without_its_file_nothing_is_opened_and_the_error_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_SHIPPED_FOLDER", tmp_path)
    with pytest.raises(ModelError, match=r"centerface-int8\.onnx: .* is not there\. Install passerby again"):
        open_face_finder()
    (tmp_path / "centerface-int8.onnx").write_bytes(b"another")
    with pytest.raises(ModelError, match=r"not the file of the model centerface: sha256"):
        open_face_finder()


def test_it_cannot_be_chosen_as_a_detector() -> None:
    assert registry.FACE_FINDER not in {model.name for model in registry.known_models()}
    with pytest.raises(ModelError, match="model centerface: not known"):
        registry.known_model(registry.FACE_FINDER)


def test_it_is_shipped_to_find_faces_and_nothing_more() -> None:
    model = registry.face_finder()
    assert model.shipped
    assert model.purpose.startswith("face detection (found only to be hidden")
    found = centerface.open_face_finder().find(np.full((96, 96, 3), 127, np.uint8))
    assert len(found) == 0
