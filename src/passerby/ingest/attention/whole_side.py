"""How large all of a camera's frame is looked at: as large as its small road users need, and no larger."""

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np

from passerby.domain.expected_boxes import ExpectedBoxes
from passerby.ingest.attention.places import Floats, heights_px
from passerby.ingest.crops import FULL_FRAME_SIDE_PX, full_frame_size

SIDES_PX: Final = (256, 288, 320, 352, 384, 416, FULL_FRAME_SIDE_PX)
"""Shorter sides of a whole look that there are, the largest last."""


@dataclass(frozen=True, slots=True)
class WholeSideSettings:
    """What a whole look has to show.

    Attributes:
        min_shown_px: those who are followed are shown so high at least,
        small: but for this share of them, the smallest.
        large_px: where the largest look shows them so high, they are large.
        steady: a smaller look than before has to show them so many times as high as that.
        min_sightings: fewer sightings say nothing.
        kept_s: what was seen longer ago is forgotten.
        largest_s: from one look of the largest size to the next: someone small is found by it alone.
    """

    min_shown_px: float = 41.0
    small: float = 0.2
    large_px: float = 42.0
    steady: float = 1.03
    min_sightings: int = 12
    kept_s: float = 20.0
    largest_s: float = 5.0


class WholeSide:
    """Chooses the shorter side of one camera's whole looks, from how high those are who are followed in it.

    Attributes:
        large: who is followed is large enough to be shown smaller than they can be.
        small_share: how high the small ones of those are who were followed in the newest look, 0-1 of the picture's
            height; 0 where there was no one.
    """

    def __init__(self, settings: WholeSideSettings | None = None) -> None:
        """Knows nothing yet: looks are of the largest size."""
        self._settings = settings or WholeSideSettings()
        self._seen: deque[tuple[float, Floats]] = deque()
        self._side_px = FULL_FRAME_SIDE_PX
        self._largest_s, self.large, self.small_share = -np.inf, False, 0.0

    @property
    def side_px(self) -> int:
        """Shorter side of a look that shows those who are followed well enough."""
        return self._side_px

    def next_px(self, stream_s: float) -> int:
        """Returns the shorter side of a look at this time; that of the largest size now and then."""
        if self._side_px < FULL_FRAME_SIDE_PX and stream_s - self._largest_s < self._settings.largest_s:
            return self._side_px
        self._largest_s = stream_s
        return FULL_FRAME_SIDE_PX

    def see(self, expected: ExpectedBoxes, size_px: tuple[int, int]) -> None:
        """Takes who is followed after a look at all of a frame, and chooses anew.

        Args:
            expected: all that is followed.
            size_px: width and height of the frame.
        """
        sure = expected.confirmed & (expected.unseen_s <= 0)
        newest = heights_px(expected.xyxy_px[sure].astype(np.float64))
        self._seen.append((expected.stream_s, newest))
        self.small_share = self._small(newest) / size_px[1] if len(newest) else 0.0
        while self._seen[0][0] < expected.stream_s - self._settings.kept_s:
            self._seen.popleft()
        heights = np.concatenate([one for _, one in self._seen])
        self._side_px = self._chosen_px(heights, size_px)

    def _small(self, heights: Floats) -> float:
        return float(np.quantile(heights, self._settings.small))

    def _chosen_px(self, heights: Floats, size_px: tuple[int, int]) -> int:
        settings = self._settings
        if len(heights) < settings.min_sightings:
            self.large = False
            return FULL_FRAME_SIDE_PX
        small = self._small(heights) / size_px[1]
        self.large = small * full_frame_size(size_px)[1] >= settings.large_px
        for side_px in SIDES_PX:
            shown_px = small * full_frame_size(size_px, side_px)[1]
            if shown_px >= settings.min_shown_px * (settings.steady if side_px < self._side_px else 1.0):
                return side_px
        return FULL_FRAME_SIDE_PX
