"""Overlap of boxes, all pairs at once."""

import numpy as np
import numpy.typing as npt


def box_areas(xyxy: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Returns the areas of boxes, zero for a box whose edges are swapped.

    Args:
        xyxy: floating (N, 4), left, top, right, bottom.

    Returns:
        float64 (N,).
    """
    sides = np.maximum(xyxy[:, 2:].astype(np.float64) - xyxy[:, :2], 0.0)
    return np.asarray(sides[:, 0] * sides[:, 1], np.float64)


def pairwise_intersection(
    a_xyxy: npt.NDArray[np.floating], b_xyxy: npt.NDArray[np.floating]
) -> npt.NDArray[np.float64]:
    """Returns the area that each box of `a` shares with each box of `b`.

    Args:
        a_xyxy: floating (N, 4).
        b_xyxy: floating (M, 4).

    Returns:
        float64 (N, M).
    """
    top_left = np.maximum(a_xyxy[:, None, :2], b_xyxy[None, :, :2]).astype(np.float64)
    bottom_right = np.minimum(a_xyxy[:, None, 2:], b_xyxy[None, :, 2:])
    sides = np.maximum(bottom_right - top_left, 0.0)
    return np.asarray(sides[..., 0] * sides[..., 1], np.float64)


def pairwise_iou(a_xyxy: npt.NDArray[np.floating], b_xyxy: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Returns the intersection over union of each box of `a` with each box of `b`.

    Args:
        a_xyxy: floating (N, 4).
        b_xyxy: floating (M, 4).

    Returns:
        float64 (N, M), 0-1; 0 where both boxes are empty.

    >>> pairwise_iou(np.array([[0.0, 0, 2, 2]]), np.array([[1.0, 0, 3, 2]])).round(3).tolist()
    [[0.333]]
    """
    shared = pairwise_intersection(a_xyxy, b_xyxy)
    union = box_areas(a_xyxy)[:, None] + box_areas(b_xyxy)[None, :] - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def pairwise_ioa(a_xyxy: npt.NDArray[np.floating], b_xyxy: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Returns the share of each box of `a` that lies within each box of `b`.

    Args:
        a_xyxy: floating (N, 4).
        b_xyxy: floating (M, 4).

    Returns:
        float64 (N, M), 0-1; 0 for an empty box of `a`.

    >>> pairwise_ioa(np.array([[0.0, 0, 2, 2]]), np.array([[1.0, 0, 9, 9]])).tolist()
    [[0.5]]
    """
    shared = pairwise_intersection(a_xyxy, b_xyxy)
    area = np.broadcast_to(box_areas(a_xyxy)[:, None], shared.shape)
    return np.divide(shared, area, out=np.zeros_like(shared), where=area > 0)


def box_distances(a_xyxy: npt.NDArray[np.floating], b_xyxy: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Returns the shortest distance between each box of `a` and each box of `b`.

    Args:
        a_xyxy: floating (N, 4).
        b_xyxy: floating (M, 4).

    Returns:
        float64 (N, M), 0 where they touch or overlap.

    >>> box_distances(np.array([[0.0, 0, 2, 2]]), np.array([[5.0, 0, 9, 9], [1.0, 1, 3, 3]])).tolist()
    [[3.0, 0.0]]
    """
    before = a_xyxy[:, None, :2].astype(np.float64) - b_xyxy[None, :, 2:]
    behind = b_xyxy[None, :, :2].astype(np.float64) - a_xyxy[:, None, 2:]
    gap = np.maximum(np.maximum(before, behind), 0.0)
    return np.hypot(gap[..., 0], gap[..., 1])
