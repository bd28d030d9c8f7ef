"""The edges of the empty place, learned cell by cell, and where a frame's edges differ from them.

Edges and not brightness: a cloud's shadow, a pool of light and the camera's exposure change how bright the place is,
and its edges at most in proportion. Each cell keeps a median, which does not follow what only passes (McFarlane and
Schofield, Segmentation and tracking of piglets in images, 1995), and the median of the differences from it, which is
large where leaves move.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from passerby.ingest.raw import Plane

Floats = npt.NDArray[np.float32]

NOISE_FACTOR: Final = 6.0
MIN_STEP: Final = 4.0
"""A cell has changed where its edges differ by more than the step, in grey levels, and so many times its noise."""

EDGE_SHARE: Final = 0.4
"""And by more than this share of the edges that are about it: a picture that shakes by a cell, or brightens."""

STILL_STEP: Final = 4.0
STILL_S: Final = 10.0
FIRST_STILL_S: Final = 1.5
"""What has not changed by more than the step for so long belongs to the place; in the first seconds sooner, because
whoever stood in the first frame was taken for the place."""

LEARNED_S: Final = 8.0
"""How long a median takes to follow by about its noise."""

LONGEST_S: Final = 1.0
"""A frame teaches no more than it would so long after the one before: after a rest, too, it is one sample."""

TOO_MUCH: Final = 0.4
"""Of all cells with edges: where so many differ at once, the camera has moved or the light was switched."""


ABOUT_EVERY: Final = 4
"""The edges about a cell are looked up anew in every so many frames; the place changes slowly."""


class EmptyEdges:
    """Learns the edges of a place, and finds those that are not its own. One size of picture; in order of time.

    OpenCV's arithmetic is used throughout: on these small planes it takes a fifth of numpy's time.
    """

    def __init__(self) -> None:
        self._time_s: float | None = None
        self._first_s = 0.0
        self._frames = 0

    def changed(self, luma: Plane, stream_s: float) -> Floats | None:
        """Returns how much the edges of each cell differ from those of the place, 0 where not more than usual.

        Args:
            luma: uint8 (H, W), the frame on a small grid.
            stream_s: seconds, later than the frame before.

        Returns:
            float32 (H, W) in grey levels a cell; None for the first frame, and where the whole picture has changed.
        """
        smooth = cv2.GaussianBlur(luma, (3, 3), 0)
        now = tuple(_floats(cv2.Sobel(smooth, cv2.CV_32F, *way, ksize=3, scale=0.25)) for way in ((1, 0), (0, 1)))
        if self._time_s is None:
            self._begin(now, stream_s)
            return None
        step_s, self._time_s = stream_s - self._time_s, stream_s
        gain = self._gain(now)
        differences = tuple(
            _floats(cv2.addWeighted(new, 1.0, old, -gain, 0.0)) for new, old in zip(now, self._place, strict=True)
        )
        amount = _amount(*differences)
        limit = cv2.addWeighted(self._noise, NOISE_FACTOR, self._about, EDGE_SHARE, MIN_STEP)
        over = np.asarray(cv2.compare(amount, limit, cv2.CMP_GT), np.uint8)
        self._learn(now, differences, amount, step_s)
        edges = cv2.countNonZero(self._strong)
        if edges and cv2.countNonZero(cv2.bitwise_and(over, self._strong)) > TOO_MUCH * edges:
            return None
        return _floats(cv2.copyTo(amount, over))

    def _begin(self, now: tuple[Floats, ...], stream_s: float) -> None:
        self._place, self._before = [plane.copy() for plane in now], now
        self._noise = np.full(now[0].shape, 0.5, np.float32)
        self._still_s: Floats = np.zeros(now[0].shape, np.float32)
        self._time_s = self._first_s = stream_s
        self._look_about()

    def _look_about(self) -> None:
        self._about = _floats(cv2.dilate(_amount(*self._place), np.ones((3, 3), np.uint8)))
        self._strong = (self._about > 2 * MIN_STEP).view(np.uint8)

    def _gain(self, now: tuple[Floats, ...]) -> float:
        """How many times as strong the place's edges are now: exposure, dusk, a cloud."""
        strength = sum(float(cv2.norm(old, cv2.NORM_L2SQR)) for old in self._place)
        if strength < 2 * self._noise.size:
            return 1.0
        common = sum(float(old.ravel() @ new.ravel()) for old, new in zip(self._place, now, strict=True))
        return min(max(common / strength, 0.5), 2.0)

    def _learn(self, now: tuple[Floats, ...], differences: tuple[Floats, ...], amount: Floats, step_s: float) -> None:
        rate = min(step_s, LONGEST_S) / LEARNED_S
        pace = _floats(cv2.addWeighted(self._noise, 2 * rate, self._noise, 0.0, rate))
        for plane, difference in zip(self._place, differences, strict=True):
            cv2.add(plane, cv2.max(cv2.min(difference, pace), -pace), plane)
        # A median goes up and down by steps that do not depend on how far off the value is.
        louder = cv2.compare(amount, self._noise, cv2.CMP_GT)
        way = cv2.addWeighted(louder.astype(np.float32), 2 / 255, self._noise, 0.0, -1.0)
        self._noise = np.maximum(cv2.scaleAdd(cv2.multiply(way, pace), 0.5, self._noise), np.float32(0.3))
        moves = _amount(*(cv2.subtract(new, old) for new, old in zip(now, self._before, strict=True)))
        stays = (moves < STILL_STEP).view(np.uint8)
        self._before = now
        self._still_s = _floats(cv2.copyTo(self._still_s + np.float32(step_s), stays))
        age_s = (self._time_s or 0.0) - self._first_s
        settled = (self._still_s > min(max(FIRST_STILL_S, age_s / 2), STILL_S)).view(np.uint8)
        for plane, new in zip(self._place, now, strict=True):
            cv2.copyTo(new, settled, plane)
        self._frames += 1
        if self._frames % ABOUT_EVERY == 0 or age_s < FIRST_STILL_S:
            self._look_about()


def _floats(plane: object) -> Floats:
    return np.asarray(plane, np.float32)


def _amount(across: object, down: object) -> Floats:
    """The strength of edges from their two parts."""
    return np.abs(_floats(across)) + np.abs(_floats(down))
