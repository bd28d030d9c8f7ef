"""Whether a camera's pictures still change."""

import numpy as np

from passerby.ingest.raw import Plane

_SAMPLE_ROWS = 16
"""Pictures that differ mostly differ in every sixteenth row already; only equal samples are compared whole."""


class Stillness:
    """For how long the pictures have been the same to the last bit."""

    def __init__(self) -> None:
        self._last: Plane | None = None
        self._since_s = 0.0

    def update(self, luma: Plane, arrival_s: float) -> float:
        """Takes a picture in; returns the seconds for which it has been the same.

        Args:
            luma: uint8 (H, W); kept until the next one.
            arrival_s: monotonic clock.
        """
        last, self._last = self._last, luma
        if last is None or not _same(last, luma):
            self._since_s = arrival_s
        return arrival_s - self._since_s

    def forget(self) -> None:
        """Begins anew with the next picture."""
        self._last = None


def _same(one: Plane, other: Plane) -> bool:
    return (
        one.shape == other.shape
        and np.array_equal(one[::_SAMPLE_ROWS], other[::_SAMPLE_ROWS])
        and np.array_equal(one, other)
    )
