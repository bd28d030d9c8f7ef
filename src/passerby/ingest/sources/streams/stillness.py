"""For how long a stream has shown the same picture."""

import zlib

import numpy as np

from passerby.ingest.raw import Plane

_SAMPLE_ROWS = 16
"""Pictures that differ mostly differ in every sixteenth row already; of equal rows alone the whole is summed up."""


class Stillness:
    """For how long the pictures have been the same to the last bit; it keeps some rows of the last one, and a sum."""

    def __init__(self) -> None:
        self._last: Plane | None = None
        self._sum: int | None = None
        self._since_s = 0.0

    def update(self, luma: Plane, arrival_s: float) -> float:
        """Adds a picture; returns the seconds for which it has been the same.

        Args:
            luma: uint8 (H, W).
            arrival_s: monotonic clock.
        """
        rows = luma[::_SAMPLE_ROWS]
        alike = self._last is not None and np.array_equal(self._last, rows)
        whole = zlib.crc32(luma.tobytes()) if alike else None
        if not alike:
            self._last = rows.copy()
        if whole is None or whole != self._sum:
            self._since_s = arrival_s
        self._sum = whole
        return arrival_s - self._since_s

    def reset(self) -> None:
        """Begins anew with the next picture."""
        self._last = self._sum = None
