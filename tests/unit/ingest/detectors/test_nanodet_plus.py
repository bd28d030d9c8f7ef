"""NanoDet-Plus: from an ONNX file with known numbers to boxes."""

from pathlib import Path

import numpy as np
import pytest

from passerby.domain.errors import ModelError
from passerby.domain.road_user import RoadUser
from passerby.ingest.detectors.nanodet import PLUS_BINS, PLUS_MEAN, PLUS_STD, PLUS_STRIDES_PX, NanoDetPlus, cells
from passerby.ingest.detectors.session import open_session
from tests.unit.ingest.detectors.answering_model import answering_model, overheard

SIDE_PX = 128
CELLS = len(cells(SIDE_PX, SIDE_PX, PLUS_STRIDES_PX, 0.0))
INPUT = {"data": ("float32", [1, 3, SIDE_PX, SIDE_PX])}


def test_finds_what_the_network_says(tmp_path: Path) -> None:
    answer = np.zeros((1, CELLS, 112), np.float32)
    row = 16 * 6 + 8
    answer[0, row, 3] = 0.7
    answer[0, row, 80:] = -50
    answer[0, row, 80 + np.arange(4) * PLUS_BINS + (2, 1, 3, 4)] = 50
    answer[0, 5, 16] = 0.9
    detector = NanoDetPlus(open_session(answering_model(tmp_path / "m.onnx", INPUT, {"output": answer})))
    found = detector.find(np.zeros((128, 256, 3), np.uint8))
    assert found.road_user.tolist() == [RoadUser.MOTORCYCLE], "the dog in row 5 is no road user"
    # Centre (64, 48) of the network's 128x128; the picture fills rows 32 to 96 of it at half size.
    np.testing.assert_allclose(found.xyxy_px, [[96, 16, 176, 96]], atol=1e-2)


def test_the_network_gets_a_normalised_bgr_picture(tmp_path: Path) -> None:
    silent = {"output": np.zeros((1, CELLS, 112), np.float32)}
    session = open_session(answering_model(tmp_path / "m.onnx", INPUT, silent))
    detector, heard = NanoDetPlus(session), overheard(session)
    detector.find(np.broadcast_to(np.array([10, 100, 200], np.uint8), (128, 256, 3)))
    np.testing.assert_allclose(
        heard[0]["data"][0, :, 64, 64], (np.array([10, 100, 200]) - PLUS_MEAN) / PLUS_STD, rtol=1e-5
    )
    np.testing.assert_allclose(heard[0]["data"][0, :, 0, 0], 0, atol=0.01)


def test_another_shape_is_an_error(tmp_path: Path) -> None:
    wrong = {"output": np.zeros((1, CELLS, 85), np.float32)}
    detector = NanoDetPlus(open_session(answering_model(tmp_path / "m.onnx", INPUT, wrong)))
    with pytest.raises(ModelError, match=r"answers with \(1, 340, 112\), got \(1, 340, 85\)"):
        detector.find(np.zeros((128, 128, 3), np.uint8))
