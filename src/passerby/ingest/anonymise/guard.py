"""Decides when a picture must not be shown at all: darkness, sudden light, a camera that moved, another scene."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from passerby.ingest.raw import Plane
from passerby.ingest.view_health.measurements import (
    detail_of,
    likeness,
    mean_and_contrast,
    median_change,
    shift_between,
)

GUARD_SIZE_PX = (160, 90)
"""Enough for the scene's large edges; a comparison costs 0.3 ms."""

LIMITED_RANGE = np.rint(16 + np.arange(256) * (219 / 255)).astype(np.uint8)
"""Luma of 16-235, which all limits here are given in, for every value of a camera whose luma spans 0-255."""

DARK_LUMA = 36.0
"""Mean luma (black is 16) below which a detector finds too little to be trusted."""

FLAT_LUMA = 6.0
"""Standard deviation of luma below which there is no picture: a covered lens, fog, a grey test signal."""

LIGHT_STEP = 18.0
"""Median change of luma against the last seconds that is more than clouds do."""

MIN_LIKENESS = 0.55
"""Least correlation of detail with the known scene; real scenes with people stay above 0.68, cuts fall below 0.2."""

MAX_SHIFT_PX = 1.0
"""Most shift against the known scene in pixels of `GUARD_SIZE_PX`: 12 px of 1080p. Walking people cause up to 0.8.
"""

MIN_SHIFT_CLEARNESS = 0.15
"""Share of the correlation below which a shift is chance."""

SETTLED_S = 2.0
"""Seconds for which another scene must stay to be the new one."""

FOLLOWING_S = 10.0
"""Time constant with which the known scene follows slow light."""

FOLLOWED_EVERY_S = 0.4


class MaskReason(StrEnum):
    """Why a whole picture was masked; shown in the picture and counted in the camera's health."""

    LEARNING = "learning the background"
    DETECTOR_FAILED = "the detector failed"
    DETECTOR_LATE = "the detector is late"
    DARK = "too dark to be sure"
    LIGHT_CHANGED = "the light changed suddenly"
    CAMERA_MOVED = "the camera moved"
    SCENE_CHANGED = "another scene"
    FAULT = "a fault while anonymising"


@dataclass(frozen=True, slots=True)
class MaskDecision:
    """What the guard decides on one picture.

    Attributes:
        reason: why it must be masked, None if it need not be.
        new_scene: another scene has replaced the known one; all that was learned of that is void.
    """

    reason: MaskReason | None = None
    new_scene: bool = False


class SceneGuard:
    """Compares each picture with the known scene, and decides whether it may be shown."""

    def __init__(self) -> None:
        self._luma: npt.NDArray[np.float32] | None = None
        self._detail = np.zeros(GUARD_SIZE_PX[::-1], np.float32)
        self._last_s = 0.0
        self._changed: npt.NDArray[np.float32] | None = None
        self._changed_since_s: float | None = None

    def decide(self, luma: Plane, stream_s: float) -> MaskDecision:
        """Returns the decision on one picture.

        Args:
            luma: uint8 of `GUARD_SIZE_PX`, spanning 16-235.
            stream_s: its time on the source's clock.
        """
        now = luma.astype(np.float32)
        mean, contrast = mean_and_contrast(now)
        if mean < DARK_LUMA or contrast < FLAT_LUMA:
            # What comes after darkness is compared with the scene before it: lights switched on again are no new scene.
            self._changed_since_s = None
            return MaskDecision(MaskReason.DARK)
        if self._luma is None:
            self._adopt(now, stream_s)
            return MaskDecision()
        reason = self._difference(self._luma, now)
        if reason is None:
            self._changed_since_s = None
            self._follow(self._luma, now, stream_s)
            return MaskDecision()
        return self._wait_until_settled(now, stream_s, reason)

    def _difference(self, luma: npt.NDArray[np.float32], now: npt.NDArray[np.float32]) -> MaskReason | None:
        """Returns how a picture differs from the known scene's luma; None if it does not."""
        detail = detail_of(now)
        shift = shift_between(self._detail, detail)
        shifted = shift.largest_px > MAX_SHIFT_PX and shift.clearness > MIN_SHIFT_CLEARNESS
        if likeness(detail, self._detail) < MIN_LIKENESS:
            return MaskReason.CAMERA_MOVED if shifted else MaskReason.SCENE_CHANGED
        if shifted:
            return MaskReason.CAMERA_MOVED
        if abs(median_change(now, luma)) > LIGHT_STEP:
            return MaskReason.LIGHT_CHANGED
        return None

    def _wait_until_settled(self, now: npt.NDArray[np.float32], stream_s: float, reason: MaskReason) -> MaskDecision:
        before = self._changed
        steady = before is not None and likeness(detail_of(now), detail_of(before)) > MIN_LIKENESS
        self._changed = now
        if self._changed_since_s is None or not steady:
            self._changed_since_s = stream_s
        if stream_s - self._changed_since_s < SETTLED_S:
            return MaskDecision(reason)
        self._adopt(now, stream_s)
        return MaskDecision(reason, new_scene=True)

    def _adopt(self, now: npt.NDArray[np.float32], stream_s: float) -> None:
        self._luma, self._detail, self._last_s = now, detail_of(now), stream_s
        self._changed, self._changed_since_s = None, None

    def _follow(self, luma: npt.NDArray[np.float32], now: npt.NDArray[np.float32], stream_s: float) -> None:
        if stream_s - self._last_s < FOLLOWED_EVERY_S:
            return
        share = min((stream_s - self._last_s) / FOLLOWING_S, 0.5)
        luma += share * (now - luma)
        self._detail = detail_of(luma)
        self._last_s = stream_s


CALM_BGR = (74, 66, 58)
WORDS_BGR = (196, 188, 178)


@lru_cache(maxsize=len(MaskReason))
def masked_picture(size_px: tuple[int, int], reason: MaskReason) -> npt.NDArray[np.uint8]:
    """Returns one calm colour with the reason in words, uint8 (H, W, 3), read-only; nothing of the camera is in it.

    Cached, because one masked picture is followed by many.
    """
    width, height = size_px
    picture = np.full((height, width, 3), CALM_BGR, np.uint8)
    scale = height / 900
    (text_width, text_height), _ = cv2.getTextSize(reason.value, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    corner = max((width - text_width) // 2, 4), (height + text_height) // 2
    cv2.putText(picture, reason.value, corner, cv2.FONT_HERSHEY_SIMPLEX, scale, WORDS_BGR, 1, cv2.LINE_AA)
    picture.flags.writeable = False
    return picture
