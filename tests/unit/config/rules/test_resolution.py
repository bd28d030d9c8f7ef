"""How many people on a square metre a camera can distinguish."""

import numpy as np
import pytest

from passerby.config.rules.resolution import CELL_PX, resolved_per_m2
from passerby.domain.layout import GroundPlane
from passerby.ingest.crops import CROP_GAIN, FULL_FRAME_MAX_PX

UNIT = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


def flat(width_m: float, height_m: float) -> GroundPlane:
    """Ground seen from straight above: the picture is `width_m` x `height_m`."""
    return GroundPlane(np.diag([width_m, height_m, 1.0]), 0.0, UNIT.astype(np.float32))


def test_seen_from_above_a_cell_is_the_picture_s_ground_over_its_cells() -> None:
    whole, crop = resolved_per_m2(flat(40, 30), UNIT.astype(np.float32))
    assert whole == pytest.approx(FULL_FRAME_MAX_PX / CELL_PX**2 / 1200)
    assert crop == pytest.approx(whole * CROP_GAIN**2)


def test_where_the_zone_is_seen_best_counts() -> None:
    tilted = GroundPlane(np.array([[10.0, 0, 0], [0, 10.0, 0], [0, 0.9, 0.1]]), 0.0, UNIT.astype(np.float32))
    near = np.array([[0.4, 0.8], [0.6, 0.8], [0.5, 1.0]], np.float32)
    both = np.concatenate([near, [[0.5, 0.3]]]).astype(np.float32)
    assert resolved_per_m2(tilted, near) == resolved_per_m2(tilted, both)
    assert resolved_per_m2(tilted, near)[0] > resolved_per_m2(tilted, near - np.float32(0.3))[0]


def test_nothing_is_resolved_beyond_the_horizon() -> None:
    tilted = GroundPlane(
        np.array([[1.0, 0, 0], [0, 0, 1.0], [0, 1.0, -0.5]]), 0.0, (UNIT * 0.4 + 0.6).astype(np.float32)
    )
    assert resolved_per_m2(tilted, np.array([[0.1, 0.1], [0.2, 0.1], [0.2, 0.2]], np.float32)) == (0.0, 0.0)
