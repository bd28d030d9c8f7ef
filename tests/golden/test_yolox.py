"""The YOLOX decoder on real weights: YOLOX-nano finds and counts what the truth says."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from passerby.domain.road_user import HEAVY, RoadUser
from passerby.geometry.boxes import pairwise_iou
from passerby.ingest.detectors.loader import open_detector
from tests.golden.counted import counted, crossings, lines_file

pytestmark = [pytest.mark.slow, pytest.mark.footage]

STEP = 75
CONFIDENCE = 0.4
MATCHES = 0.5


@pytest.fixture(scope="module")
def weights(footage: Path) -> Path:
    """YOLOX-nano's weights, beside the recordings."""
    path = footage.parent / "models" / "yolox_nano.onnx"
    if not path.is_file():
        pytest.skip(f"no real weights in {path}: bring YOLOX-nano's ONNX file there to prove the decoder on it")
    return path


def labelled(path: Path) -> dict[int, np.ndarray]:
    """Frame -> float64 (N, 4), the boxes that are labelled in it, those that are hidden included."""
    rows = [[float(cell) for cell in row.split(",")[:6]] for row in path.read_text().splitlines()]
    boxes: dict[int, list[list[float]]] = {}
    for frame, _, left, top, width, height in rows:
        boxes.setdefault(int(frame), []).append([left, top, left + width, top + height])
    return {frame: np.array(each) for frame, each in boxes.items()}


def test_people_are_found_where_they_are(footage: Path, weights: Path) -> None:
    detector, truth = open_detector(str(weights)), labelled(footage / "pets09-s2l1" / "gt.txt")
    video = cv2.VideoCapture(str(footage / "pets09-s2l1" / "video.avi"))
    people = found = answers = 0
    for frame in range(STEP, len(truth), STEP):
        video.set(cv2.CAP_PROP_POS_FRAMES, frame - 1)
        boxes = detector.find(np.asarray(video.read()[1], np.uint8))
        sure = (boxes.confidence >= CONFIDENCE) & (boxes.road_user == RoadUser.PEDESTRIAN)
        overlap = pairwise_iou(boxes.xyxy_px[sure].astype(np.float64), truth[frame]) >= MATCHES
        people, answers = people + len(truth[frame]), answers + int(sure.sum())
        found += int(overlap.any(axis=0).sum())
    assert people > 40
    assert found >= 0.8 * people
    assert answers <= 1.3 * people


def test_one_lorry_crosses_once_as_a_motor_vehicle(footage: Path, weights: Path, tmp_path: Path) -> None:
    lines = lines_file(tmp_path / "lines.yaml", middle=((0.4, 0.0), (0.4, 1.0)))
    document = counted(footage / "junction" / "cars-truck.mp4", tmp_path, "--lines", lines, "--model", weights)
    # These weights call it a car as often as a truck.
    found = crossings(document, "middle")
    assert found.keys() <= {user.label for user in (RoadUser.CAR, *HEAVY)}
    assert list(found.values()) == [(0, 1)]
    assert "yolox_nano.onnx" in document["model"]
