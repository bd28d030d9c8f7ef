"""What share of all that moves steadily the detector does not know, over the last minutes."""

from collections import deque
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.tracks import Tracks

WINDOW_S: Final = 300.0
MIN_STEADY_S: Final = 20.0
"""Seconds of steady motion in the window, added up over all that moved, below which nothing is said."""

STEPS: Final = 60
"""In so many parts a window passes."""


class UnexplainedShare:
    """The share of steady motion that rests on motion alone, with at most a faint detection.

    Args:
        keep_confidence: a detection of this confidence knows a road user.
        window_s: over so long; infinite for a whole recording.
    """

    def __init__(self, keep_confidence: float, window_s: float = WINDOW_S) -> None:
        self._keep_confidence, self._window_s = keep_confidence, window_s
        self._begun: dict[int, tuple[npt.NDArray[np.float32], bool]] = {}
        self._sums: deque[tuple[float, float, float]] = deque()
        self._last_s: float | None = None

    def update(self, tracks: Tracks) -> float | None:
        """Returns the share, 0-1, after one more frame; None where too little moved to say.

        Args:
            tracks: of a later frame; after a step back in time everything begins anew.
        """
        now_s = tracks.stamp.stream_s
        if self._last_s is None or now_s < self._last_s:
            self._begun.clear()
            self._sums.clear()
            self._last_s = now_s
        step_s, self._last_s = min(now_s - self._last_s, 1.0), now_s
        for ended in tracks.ended.tolist():
            self._begun.pop(ended, None)
        steady = self._steady(tracks)
        unknown = steady & (tracks.confidence < self._keep_confidence)
        self._add(now_s, step_s * int(unknown.sum()), step_s * int(steady.sum()))
        unknown_s, steady_s = (sum(each[part] for each in self._sums) for part in (1, 2))
        return unknown_s / steady_s if steady_s >= MIN_STEADY_S else None

    def _steady(self, tracks: Tracks) -> npt.NDArray[np.bool_]:
        """Which tracks count and have come farther than they are long: what stands, parked or waiting, says nothing."""
        steady = np.zeros(len(tracks), np.bool_)
        feet, sizes = tracks.foot_xy_px, (tracks.xyxy_px[:, 2:] - tracks.xyxy_px[:, :2]).max(1, initial=0.0)
        for row, track in enumerate(tracks.track_id.tolist()):
            begin, went = self._begun.setdefault(track, (feet[row], False))
            went = went or float(np.hypot(*(feet[row] - begin))) > sizes[row]
            self._begun[track] = (begin, went)
            steady[row] = went
        return steady & tracks.confirmed

    def _add(self, now_s: float, unknown_s: float, steady_s: float) -> None:
        if self._sums and now_s - self._sums[-1][0] < self._window_s / STEPS:
            start_s, *sums = self._sums[-1]
            self._sums[-1] = (start_s, sums[0] + unknown_s, sums[1] + steady_s)
        else:
            self._sums.append((now_s, unknown_s, steady_s))
        while self._sums[0][0] < now_s - self._window_s:
            self._sums.popleft()
