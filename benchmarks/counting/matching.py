"""Which tracked box is which labelled one, frame by frame."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

MIN_IOU = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """The labelled boxes of one frame.

    Attributes:
        ids: int64 (N,).
        xyxy_px: float64 (N, 4).
        flag: float64 (N,), 0 where the labels say not to score.
        xy_m: float64 (N, 2), metres on the ground; zeros where the truth has none.
    """

    ids: npt.NDArray[np.int64]
    xyxy_px: npt.NDArray[np.float64]
    flag: npt.NDArray[np.float64]
    xy_m: npt.NDArray[np.float64]


def read_labels(path: Path) -> dict[int, Labels]:
    """Frame number (from 1) -> labelled boxes, of a MOT-style `gt.txt`."""
    rows: dict[int, list[list[float]]] = defaultdict(list)
    for line in path.read_text().splitlines():
        cells = [float(cell) for cell in line.split(",")]
        rows[int(cells[0])].append((cells + [0.0] * 10)[:10])
    return {frame: _labels(np.array(cells)) for frame, cells in sorted(rows.items())}


def _labels(cells: npt.NDArray[np.float64]) -> Labels:
    xyxy_px = np.concatenate([cells[:, 2:4], cells[:, 2:4] + cells[:, 4:6]], axis=1)
    return Labels(cells[:, 1].astype(np.int64), xyxy_px, cells[:, 6], cells[:, 7:9])


def iou(first: npt.NDArray[np.floating], second: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """float64 (N, M): intersection over union of every box with every other, left, top, right, bottom each."""
    left_top = np.maximum(first[:, None, :2], second[None, :, :2])
    right_bottom = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared = np.clip(right_bottom - left_top, 0, None).prod(axis=2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(axis=1) for boxes in (first, second)]
    union = areas[0][:, None] + areas[1][None, :] - shared
    return np.asarray(shared / np.maximum(union, 1e-9), np.float64)


def match(tracked_px: npt.NDArray[np.floating], labelled_px: npt.NDArray[np.floating]) -> list[tuple[int, int]]:
    """Row pairs (tracked, labelled) that overlap by at least half, chosen for the greatest overlap in all."""
    overlap = iou(tracked_px, labelled_px)
    rows, columns = linear_sum_assignment(np.where(overlap >= MIN_IOU, overlap, 0.0), maximize=True)
    return [(int(r), int(c)) for r, c in zip(rows, columns, strict=True) if overlap[r, c] >= MIN_IOU]
