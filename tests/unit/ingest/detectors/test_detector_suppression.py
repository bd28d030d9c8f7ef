"""Suppression against a slow plain reading of its definition."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.road_user import RoadUser
from passerby.ingest.detectors.detector import KIND, MAX_CANDIDATES, suppressed


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    sides = np.clip(np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2]), 0, None)
    common = float(sides.prod())
    return common / (float((one[2:] - one[:2]).prod()) + float((other[2:] - other[:2]).prod()) - common)


def slowly(xyxy: np.ndarray, confidence: np.ndarray, road_user: np.ndarray, iou: float) -> list[int]:
    kept: list[int] = []
    for row in np.argsort(-confidence, kind="stable"):
        if all(
            KIND[road_user[row]] != KIND[road_user[other]] or overlap(xyxy[row], xyxy[other]) <= iou for other in kept
        ):
            kept.append(int(row))
    return kept


@given(st.integers(0, 10_000), st.integers(0, 60))
def test_keeps_what_the_definition_keeps(seed: int, rows: int) -> None:
    random = np.random.default_rng(seed)
    corner = random.uniform(0, 60, (rows, 2))
    xyxy = np.concatenate([corner, corner + random.uniform(5, 40, (rows, 2))], axis=1).astype(np.float32)
    confidence = random.permutation(np.linspace(0.1, 0.9, rows)).astype(np.float32)
    road_user = random.integers(0, 6, rows).astype(np.int16)
    found = suppressed(xyxy, confidence, road_user, 0.5)
    kept = slowly(xyxy, confidence, road_user, 0.5)
    np.testing.assert_array_equal(found.xyxy_px, xyxy[kept])
    np.testing.assert_array_equal(found.road_user, road_user[kept])
    assert (np.diff(found.confidence) <= 0).all()


def three(first: RoadUser, second: RoadUser) -> int:
    xyxy = np.array([[0, 0, 50, 50], [2, 2, 52, 52]], np.float32)
    return len(suppressed(xyxy, np.array([0.8, 0.7], np.float32), np.array([first, second], np.int16)))


def test_a_van_is_one_vehicle_but_a_rider_and_a_bicycle_stay_two() -> None:
    assert three(RoadUser.CAR, RoadUser.TRUCK) == 1
    assert three(RoadUser.BICYCLE, RoadUser.MOTORCYCLE) == 1
    assert three(RoadUser.PEDESTRIAN, RoadUser.BICYCLE) == 2
    assert three(RoadUser.PEDESTRIAN, RoadUser.CAR) == 2


def test_noise_everywhere_is_cut_to_the_surest() -> None:
    rows = 3 * MAX_CANDIDATES
    corner = np.stack([np.arange(rows) * 10.0, np.zeros(rows)], axis=1)
    xyxy = np.concatenate([corner, corner + 5], axis=1).astype(np.float32)
    confidence = np.linspace(0.1, 0.9, rows).astype(np.float32)
    found = suppressed(xyxy, confidence, np.zeros(rows, np.int16))
    assert len(found) == MAX_CANDIDATES
    assert found.confidence.min() == confidence[-MAX_CANDIDATES]
