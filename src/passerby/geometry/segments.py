"""Positions of points beside and along directed segments, all pairs at once."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class SegmentPositions:
    """Positions of points relative to segments.

    Attributes:
        distance: float64 (N, L), in the points' own unit, signed: positive on the right hand of a person who walks from
            the segment's first point to its second in the picture (y down).
        along: float64 (N, L), 0 at the first point's height, 1 at the second's; outside 0-1 beyond the ends.
    """

    distance: npt.NDArray[np.float64]
    along: npt.NDArray[np.float64]


def segment_lengths(segments: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Returns the lengths of segments.

    Args:
        segments: floating (L, 2, 2), both ends' x and y.

    Returns:
        float64 (L,).
    """
    directions = segments[:, 1].astype(np.float64) - segments[:, 0]
    return np.asarray(np.hypot(directions[:, 0], directions[:, 1]), np.float64)


def segment_positions(points: npt.NDArray[np.floating], segments: npt.NDArray[np.floating]) -> SegmentPositions:
    """Returns where each point lies beside and along each segment.

    Args:
        points: floating (N, 2).
        segments: floating (L, 2, 2), both ends' x and y, in the same unit; none without length.

    Raises:
        ValueError: a segment has no length.

    >>> at = segment_positions(np.array([[3.0, 2.0]]), np.array([[[0.0, 0.0], [4.0, 0.0]]]))
    >>> at.distance.tolist(), at.along.tolist()
    ([[2.0]], [[0.75]])
    """
    lengths = segment_lengths(segments)
    if not (lengths > 0).all():
        raise ValueError("segments: each needs two different ends")
    starts = segments[:, 0].astype(np.float64)
    directions = segments[:, 1] - starts
    x = points[:, None, 0] - starts[None, :, 0]
    y = points[:, None, 1] - starts[None, :, 1]
    return SegmentPositions(
        distance=(directions[:, 0] * y - directions[:, 1] * x) / lengths,
        along=(directions[:, 0] * x + directions[:, 1] * y) / lengths**2,
    )
