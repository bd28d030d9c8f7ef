"""The shipped detector on real streets: average precision on labelled pictures, and 8 bits against floats."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from passerby.domain.road_user import RoadUser
from passerby.ingest.detectors.detector import Detector
from passerby.ingest.detectors.loader import open_detector
from passerby.ingest.detectors.nanodet import MEAN_BGR, NanoDet
from passerby.ingest.detectors.network_input import letterboxed
from passerby.ingest.detectors.registry import FileState, known_model, model_state
from passerby.ingest.detectors.riders import join_riders
from passerby.ingest.detectors.session import open_session
from passerby.ingest.raw import Picture
from tools.detector_build.building import float_model, model_bytes
from tools.detector_build.weights_package import MEMBERS, PublishedWeights, cache_folder

pytestmark = [pytest.mark.slow, pytest.mark.footage]

NETWORK_PX = (416, 416)


@pytest.fixture(scope="module")
def detector() -> Detector:
    if model_state(known_model("nanodet-g")).state is FileState.ABSENT:
        pytest.skip("the default model is not built; run `python -m tools.detector_build`")
    return open_detector(floor=0.05)


def frames(video: Path, every: int) -> Iterator[tuple[int, Picture]]:
    """Frame numbers, from 1 as the labels count, and pictures."""
    capture = cv2.VideoCapture(str(video))
    number = 0
    while capture.grab():
        number += 1
        if number % every == 1 % every:
            good, picture = capture.retrieve()
            assert good
            yield number, np.asarray(picture, np.uint8)
    assert number, f"{video} holds no picture"


def overlaps(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Intersection over union: float64 (N, M)."""
    first, last = np.maximum(one[:, None, :2], other[None, :, :2]), np.minimum(one[:, None, 2:], other[None, :, 2:])
    common = np.clip(last - first, 0, None).prod(axis=2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(axis=1) for boxes in (one, other)]
    return np.asarray(common / (areas[0][:, None] + areas[1][None] - common))


def average_precision(detector: Detector, video: Path, labels: np.ndarray, every: int) -> float:
    """Of persons at an overlap of 0.5: the area under precision made falling, over recall (PASCAL VOC 2010)."""
    rows: list[tuple[float, bool]] = []
    people = 0
    for number, picture in frames(video, every):
        fitted = letterboxed(picture, NETWORK_PX, MEAN_BGR, centred=True)
        found = detector.find(fitted.picture)
        found = found[found.road_user == RoadUser.PEDESTRIAN]
        truth = labels[labels[:, 0] == number, 2:6].copy()
        truth[:, 2:] += truth[:, :2]
        people += len(truth)
        overlap = overlaps(fitted.to_original(found.xyxy_px), truth)
        for row, confidence in enumerate(found.confidence):
            best = int(overlap[row].argmax()) if len(truth) else 0
            hit = bool(len(truth)) and overlap[row, best] >= 0.5
            rows.append((float(confidence), hit))
            if hit:
                overlap[:, best] = 0
    rows.sort(key=lambda row: -row[0])
    hits = np.cumsum([hit for _, hit in rows])
    precision = np.maximum.accumulate((hits / np.arange(1, len(hits) + 1))[::-1])[::-1]
    return float(np.sum(np.diff(hits, prepend=0) / people * precision))


def test_finds_the_people_of_a_labelled_square(detector: Detector, footage: Path) -> None:
    folder = footage / "pets09-s2l1"
    labels = np.loadtxt(folder / "gt.txt", delimiter=",")
    assert average_precision(detector, folder / "video.avi", labels, every=20) >= 0.88


def test_eight_bits_find_what_floats_find(detector: Detector, footage: Path, tmp_path: Path) -> None:
    folder = cache_folder()
    if not all((folder / name).is_file() for name in MEMBERS):
        pytest.skip("the published weights are not in the cache; run `python -m tools.detector_build`")
    path = tmp_path / "float.onnx"
    path.write_bytes(model_bytes(float_model(PublishedWeights(folder / "nanodet.json", folder / "nanodet.bin"))))
    floats = NanoDet(open_session(path), floor=0.05)
    sure = same = 0
    for _, picture in frames(footage / "pets09-s2l1" / "video.avi", every=60):
        small = cv2.resize(picture, (640, 384), interpolation=cv2.INTER_AREA)
        meant, got = floats.find(np.asarray(small, np.uint8)), detector.find(np.asarray(small, np.uint8))
        wanted = meant[meant.confidence >= 0.5]
        overlap = overlaps(wanted.xyxy_px, got.xyxy_px) * (wanted.road_user[:, None] == got.road_user[None])
        sure += len(wanted)
        same += int((overlap.max(axis=1) >= 0.7).sum())
    assert sure > 50
    assert same >= 0.95 * sure


def test_a_cyclist_is_found_as_one_vehicle(detector: Detector, footage: Path) -> None:
    ridden = (RoadUser.BICYCLE, RoadUser.MOTORCYCLE)
    two_wheelers, doubled = 0, 0
    for _, picture in frames(footage / "mixed" / "video.mp4", every=3):
        small = np.asarray(cv2.resize(picture, (640, 384), interpolation=cv2.INTER_AREA), np.uint8)
        found = join_riders(detector.find(small))
        found = found[found.confidence >= 0.4]
        vehicles = found.xyxy_px[np.isin(found.road_user, ridden)]
        people = found.xyxy_px[found.road_user == RoadUser.PEDESTRIAN]
        two_wheelers += len(vehicles)
        doubled += int((overlaps(vehicles, people) > 0.3).any(axis=1).sum()) if len(people) else 0
    assert two_wheelers >= 20
    assert doubled <= 0.1 * two_wheelers
