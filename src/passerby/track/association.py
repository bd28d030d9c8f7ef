"""Which detection continues which track: a cost from motion, overlap and class, solved as one assignment."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.geometry.boxes import pairwise_iou
from passerby.scipy_parts import linear_sum_assignment
from passerby.track.motion import BoxMotion, Floats, MotionNoise, boxes_from_feet, feet_from_boxes

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class GatingLimits:
    """Limits beyond which a track and a detection are never joined.

    Attributes:
        distance: largest distance of foot points, in standard deviations.
        size_ratio: largest ratio of heights, either way.
        other_class_cost: added where detection and track are of different kinds (a person is not a car).
        same_box: an overlap (intersection over union) beyond which both may be one at any distance, and of different
            kinds: what is taken for something else now has kept its box, and a car beside a lost walker has not theirs.
    """

    distance: float = 3.5
    size_ratio: float = 1.6
    other_class_cost: float = 0.6
    same_box: float = 0.4


def association_cost(
    motion: BoxMotion,
    scale_px: Floats,
    measured: Floats,
    same_kind: npt.NDArray[np.bool_],
    size_px: tuple[int, int],
    noise: MotionNoise,
    gating: GatingLimits,
) -> Floats:
    """Returns float64 (T, D): the cost of joining each track with each detection, inf where they cannot be the same.

    Args:
        motion: T predicted boxes.
        scale_px: float64 (T,).
        measured: float64 (D, 4), foot x, foot y, width, height.
        same_kind: bool (T, D), whether the classes can be one and the same road user.
        size_px: width and height of the picture; of a road user at its edge, only what is inside can be detected.
        noise: of a measurement.
        gating: the limits.
    """
    if not len(motion) or not len(measured):
        return np.empty((len(motion), len(measured)))
    spread2 = motion.var_value[:, None, :2] + (noise.position * scale_px)[:, None, None] ** 2
    visible = np.clip(motion.xyxy_px, 0.0, np.array([*size_px, *size_px]))
    expected = feet_from_boxes(visible)
    difference = measured[None, :, :2] - expected[:, None, :2]
    distance2 = (difference**2 / spread2).sum(2)
    ratio = np.abs(np.log(measured[None, :, 3] / np.maximum(expected[:, None, 3], 1.0)))
    overlap = pairwise_iou(visible, boxes_from_feet(measured))
    cost = distance2 / gating.distance**2 + ratio + (1 - overlap) + np.where(same_kind, 0.0, gating.other_class_cost)
    same_box = overlap > gating.same_box
    possible = ((distance2 < gating.distance**2) & same_kind | same_box) & (ratio < np.log(gating.size_ratio))
    return np.where(possible, cost, np.inf)


def assign(cost: Floats) -> tuple[Rows, Rows]:
    """Returns the pairs (rows, columns) of the cheapest assignment, the impossible ones left out."""
    if not cost.size:
        return np.empty(0, np.intp), np.empty(0, np.intp)
    finite = np.isfinite(cost)
    ceiling = 1e3 + (np.abs(cost[finite]).max() if finite.any() else 0.0)
    rows, columns = linear_sum_assignment(np.where(finite, cost, ceiling))
    held = finite[rows, columns]
    return rows[held].astype(np.intp), columns[held].astype(np.intp)
