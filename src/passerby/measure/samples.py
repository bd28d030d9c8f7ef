"""Many measured values in little memory, for means and percentiles."""

import numpy as np


class Samples:
    """Keeps every value until there are `most`, then every second, every fourth, and so on: flat and the same each run.

    Args:
        most: how many values are kept at most; up to here percentiles are exact.
    """

    def __init__(self, *, most: int = 8192) -> None:
        self._most = most
        self._every = 1
        self._values: list[float] = []
        self.count = 0

    def add(self, value: float) -> None:
        """Takes a value in."""
        if self.count % self._every == 0:
            self._values.append(value)
        self.count += 1
        if len(self._values) > self._most:
            del self._values[1::2]
            self._every *= 2

    def absorb(self, other: "Samples") -> None:
        """Takes in the values that another one kept."""
        for value in other._values:
            self.add(value)

    def percentile(self, share: float) -> float | None:
        """The value below which `share` (0-1) of the values lie, interpolated linearly; None without values.

        >>> samples = Samples()
        >>> samples.add(1.0), samples.add(3.0), samples.percentile(0.5)
        (None, None, 2.0)
        """
        return float(np.quantile(np.array(self._values), share)) if self._values else None

    def mean(self) -> float | None:
        """The mean of the kept values; None without values."""
        return float(np.mean(self._values)) if self._values else None
