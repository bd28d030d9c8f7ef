"""From a name or a file to a detector."""

from pathlib import Path

import numpy as np
import pytest

from passerby.domain.errors import ModelError
from passerby.ingest.detectors.dfine import DFine
from passerby.ingest.detectors.loader import chosen_model, detector_from, open_detector
from passerby.ingest.detectors.nanodet import NanoDet, NanoDetPlus
from passerby.ingest.detectors.registry import FileState, known_model, model_state
from passerby.ingest.detectors.yolox import YoloX
from tests.unit.ingest.detectors.answering_model import answering_model


def test_a_file_is_opened_as_the_family_that_is_named(tmp_path: Path) -> None:
    inputs = {"images": ("float32", [1, 3, 32, 32])}
    path = answering_model(tmp_path / "own.onnx", inputs, {"output": np.zeros((1, 21, 85), np.float32)})
    detector = detector_from(path, "yolox")
    assert isinstance(detector, YoloX)
    assert len(detector.find(np.zeros((20, 20, 3), np.uint8))) == 0
    with pytest.raises(ModelError, match="a NanoDet-g model has"):
        detector_from(path, "nanodet")
    with pytest.raises(ModelError, match="decoder mask-rcnn is not known; there are nanodet, "):
        detector_from(path, "mask-rcnn")


YOLOX_ANSWER = {"output": np.zeros((1, 21, 85), np.float32)}
PLUS_ANSWER = {"output": np.zeros((1, 22, 112), np.float32)}
DFINE_ANSWER = {"logits": np.zeros((1, 9, 80), np.float32), "pred_boxes": np.zeros((1, 9, 4), np.float32)}
GRID_ANSWER = {"scores": np.zeros((1, 6, 21), np.float32), "boxes": np.zeros((1, 44, 21), np.float32)}


@pytest.mark.parametrize(
    ("name", "kind", "answer", "family"),
    [
        ("images", "float32", YOLOX_ANSWER, YoloX),
        ("data", "float32", PLUS_ANSWER, NanoDetPlus),
        ("pixel_values", "float32", DFINE_ANSWER, DFine),
        ("picture", "uint8", GRID_ANSWER, NanoDet),
    ],
)
def test_a_file_that_names_no_family_tells_it_itself(
    tmp_path: Path, name: str, kind: str, answer: dict[str, np.ndarray], family: type
) -> None:
    shape = [1, 3, 32, 32] if kind == "float32" else [1, 32, 32, 3]
    path = answering_model(tmp_path / "own.onnx", {name: (kind, shape)}, answer)
    assert isinstance(open_detector(str(path)), family)
    assert chosen_model(str(path)).title.startswith("own.onnx (sha256 ")


def test_a_model_of_no_family_is_explained(tmp_path: Path) -> None:
    path = answering_model(tmp_path / "own.onnx", {"x": ("float32", [1])}, {"y": np.zeros((1, 1000), np.float32)})
    with pytest.raises(ModelError, match=r"own\.onnx: a model of no family .* outputs are y"):
        open_detector(str(path))


def test_a_path_that_leads_nowhere_is_explained(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such model file"):
        chosen_model(str(tmp_path / "none.onnx"))
    with pytest.raises(ModelError, match="model nanodet: not known"):
        chosen_model("nanodet")


def test_a_known_models_file_is_known_under_any_name(tmp_path: Path) -> None:
    shipped = model_state(known_model("nanodet-g"))
    if shipped.state is FileState.ABSENT:
        pytest.skip("the default model is not built; run `python -m tools.detector_build`")
    (tmp_path / "renamed.onnx").symlink_to(shipped.path)
    assert chosen_model(str(tmp_path / "renamed.onnx")).decoder == "nanodet"
    assert chosen_model().path == shipped.path


def test_a_model_without_its_file_is_explained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with pytest.raises(ModelError, match="passerby models fetch yolox-s"):
        open_detector("yolox-s")


def test_the_default_answers_any_picture_the_same_alone_and_together() -> None:
    if model_state(known_model("nanodet-g")).state is FileState.ABSENT:
        pytest.skip("the default model is not built; run `python -m tools.detector_build`")
    detector = open_detector(floor=0.01)
    random = np.random.default_rng(3)
    pictures = [random.integers(0, 256, shape).astype(np.uint8) for shape in ((64, 96, 3), (1, 1, 3), (64, 96, 3))]
    together = detector.find_each(pictures)
    for picture, found in zip(pictures, together, strict=True):
        alone = detector.find(picture)
        np.testing.assert_allclose(found.xyxy_px, alone.xyxy_px, atol=1e-3)
        np.testing.assert_array_equal(found.road_user, alone.road_user)
        assert (found.xyxy_px <= [picture.shape[1], picture.shape[0]] * 2).all()
