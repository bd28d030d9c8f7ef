"""When a picture must not be shown at all: darkness, sudden light, a camera that moved, another scene."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from passerby.ingest.raw import Plane

GUARD_SIZE_PX = (160, 90)
"""Enough to see the scene's large edges; a look costs 0.3 ms."""

DARK_LUMA = 36.0
"""Mean luma (black is 16) below which a detector finds too little to be trusted."""

FLAT_LUMA = 6.0
"""Standard deviation of luma below which there is no picture: a covered lens, fog, a grey test signal."""

LIGHT_STEP = 18.0
"""Median change of luma against the last seconds that is more than clouds do."""

EDGES_ALIKE = 0.55
"""Least correlation of edges with the known scene; real scenes with people stay above 0.68, cuts fall below 0.2."""

SHIFT_PX = 1.0
"""Most shift against the known scene in pixels of `GUARD_SIZE_PX`: 12 px of 1080p. Walking people feign up to 0.8."""

SETTLED_S = 2.0
"""A scene that has stayed another for so long is the new scene."""

FOLLOWING_S = 10.0
"""Time constant with which the known scene follows slow light."""

FOLLOWED_EVERY_S = 0.4


class MaskReason(StrEnum):
    """Why a whole picture was masked; shown in the picture and counted in the camera's health."""

    LEARNING = "learning the empty place"
    DETECTOR_FAILED = "the detector failed"
    DETECTOR_LATE = "the detector is late"
    DARK = "too dark to be sure"
    LIGHT_CHANGED = "the light changed suddenly"
    CAMERA_MOVED = "the camera moved"
    SCENE_CHANGED = "another scene"
    FAULT = "a fault while anonymising"


def edges(luma: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Detail of a few pixels' size without the light: float32 as `luma`."""
    return np.asarray(cv2.GaussianBlur(luma, (0, 0), 1.0) - cv2.GaussianBlur(luma, (0, 0), 4.0), np.float32)


def alike(first: npt.NDArray[np.float32], second: npt.NDArray[np.float32]) -> float:
    """Correlation of two edge pictures, -1 to 1; strong edges count no more than twice the usual."""
    limit = 2 * max(float(first.std()), 1e-3), 2 * max(float(second.std()), 1e-3)
    one, two = np.clip(first, -limit[0], limit[0]).ravel(), np.clip(second, -limit[1], limit[1]).ravel()
    return float(one @ two / max(float(np.sqrt((one @ one) * (two @ two))), 1e-6))


@dataclass(frozen=True, slots=True)
class MaskDecision:
    """What the guard says of one picture.

    Attributes:
        reason: why it must be masked, None if it need not be.
        forget: the known scene is gone for good; all that was learned of it is void.
    """

    reason: MaskReason | None = None
    forget: bool = False


class SceneGuard:
    """Compares each picture with the scene as known; cheap enough for every picture that is looked at."""

    def __init__(self) -> None:
        self._luma: npt.NDArray[np.float32] | None = None
        self._edges = np.zeros(GUARD_SIZE_PX[::-1], np.float32)
        self._window = cv2.createHanningWindow(GUARD_SIZE_PX, cv2.CV_32F)
        self._last_s = 0.0
        self._strange: npt.NDArray[np.float32] | None = None
        self._strange_since_s: float | None = None

    def judge(self, luma: Plane, stream_s: float) -> MaskDecision:
        """Takes one picture's luma, uint8 of `GUARD_SIZE_PX`, at its time on the source's clock."""
        now = luma.astype(np.float32)
        if float(now.mean()) < DARK_LUMA or float(now.std()) < FLAT_LUMA:
            # Whatever comes after darkness is compared with the scene before it: lights back on is no new scene.
            self._strange_since_s = None
            return MaskDecision(MaskReason.DARK)
        if self._luma is None:
            self._adopt(now, stream_s)
            return MaskDecision()
        reason = self._strangeness(now)
        if reason is None:
            self._strange_since_s = None
            self._follow(now, stream_s)
            return MaskDecision()
        return self._wait_until_settled(now, stream_s, reason)

    def _strangeness(self, now: npt.NDArray[np.float32]) -> MaskReason | None:
        assert self._luma is not None  # noqa: S101 - judge has made sure
        detail = edges(now)
        likeness = alike(detail, self._edges)
        # The window is put on here: phaseCorrelate would put it on its arguments, in place.
        (shift_x, shift_y), response = cv2.phaseCorrelate(self._edges * self._window, detail * self._window)
        shifted = max(abs(shift_x), abs(shift_y)) > SHIFT_PX and response > 0.15
        if likeness < EDGES_ALIKE:
            return MaskReason.CAMERA_MOVED if shifted else MaskReason.SCENE_CHANGED
        if shifted:
            return MaskReason.CAMERA_MOVED
        if abs(float(np.median((now - self._luma)[::2, ::2]))) > LIGHT_STEP:
            return MaskReason.LIGHT_CHANGED
        return None

    def _wait_until_settled(self, now: npt.NDArray[np.float32], stream_s: float, reason: MaskReason) -> MaskDecision:
        steady = self._strange is not None and alike(edges(now), edges(self._strange)) > EDGES_ALIKE
        self._strange = now
        if self._strange_since_s is None or not steady:
            self._strange_since_s = stream_s
        if stream_s - self._strange_since_s < SETTLED_S:
            return MaskDecision(reason)
        self._adopt(now, stream_s)
        return MaskDecision(reason, forget=True)

    def _adopt(self, now: npt.NDArray[np.float32], stream_s: float) -> None:
        self._luma, self._edges, self._last_s = now, edges(now), stream_s
        self._strange, self._strange_since_s = None, None

    def _follow(self, now: npt.NDArray[np.float32], stream_s: float) -> None:
        assert self._luma is not None  # noqa: S101 - judge has made sure
        if stream_s - self._last_s < FOLLOWED_EVERY_S:
            return
        share = min((stream_s - self._last_s) / FOLLOWING_S, 0.5)
        self._luma += share * (now - self._luma)
        self._edges = edges(self._luma)
        self._last_s = stream_s


CALM_BGR = (74, 66, 58)
WORDS_BGR = (196, 188, 178)


@lru_cache(maxsize=len(MaskReason))
def masked_picture(size_px: tuple[int, int], reason: MaskReason) -> npt.NDArray[np.uint8]:
    """One calm colour with the reason in words, and nothing of the camera's picture: uint8 (H, W, 3), read-only.

    Kept, because who masks one picture masks many.
    """
    width, height = size_px
    picture = np.full((height, width, 3), CALM_BGR, np.uint8)
    scale = height / 900
    (text_width, text_height), _ = cv2.getTextSize(reason.value, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    corner = max((width - text_width) // 2, 4), (height + text_height) // 2
    cv2.putText(picture, reason.value, corner, cv2.FONT_HERSHEY_SIMPLEX, scale, WORDS_BGR, 1, cv2.LINE_AA)
    picture.flags.writeable = False
    return picture
