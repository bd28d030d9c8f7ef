"""Histograms as bytes: six for each bin that holds anything, its number and its count, little-endian."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.histograms import HIGHEST_BIN, LOWEST_BIN, Histogram

_STORED: Final = np.dtype([("bin", "<i2"), ("count", "<u4")])

BINS: Final = HIGHEST_BIN - LOWEST_BIN + 1


def stored_bins(histogram: Histogram | None) -> bytes | None:
    """Returns a histogram as it is stored."""
    if histogram is None or not histogram.bins:
        return None
    rows = np.empty(len(histogram.bins), _STORED)
    rows["bin"], rows["count"] = histogram.bins, np.minimum(histogram.counts, 2**32 - 1)
    return rows.tobytes()


def merged_bins(parts: Sequence[bytes]) -> npt.NDArray[np.int64]:
    """Returns the counts of histograms together: int64 (BINS,), from `LOWEST_BIN` on."""
    rows = np.frombuffer(b"".join(parts), _STORED)
    counts = np.zeros(BINS, np.int64)
    # Not bincount with weights: those are floating point.
    np.add.at(counts, rows["bin"].astype(np.int64) - LOWEST_BIN, rows["count"].astype(np.int64))
    return counts


def histogram_of(counts: npt.NDArray[np.int64]) -> Histogram:
    """Returns the histogram of counts as `merged_bins` gives them."""
    places = np.flatnonzero(counts)
    return Histogram(tuple((places + LOWEST_BIN).tolist()), tuple(counts[places].tolist()))
