"""A made-up street that a camera may look at: edges everywhere, the same at every call."""

import cv2
import numpy as np

from passerby.domain.detections import Detections
from passerby.domain.frames import FrameStamp
from passerby.domain.health import ImageQuality
from passerby.ingest.raw import Plane, RawFrame
from passerby.ingest.view_health.image_quality import ImageQualityMeter

SIZE_PX = (640, 360)
NS_PER_S = 1_000_000_000


def street(seed: int = 1) -> Plane:
    """Two hundred overlapping boxes of different brightness, softened as a lens does."""
    chance = np.random.default_rng(seed)
    luma = np.full(SIZE_PX[::-1], 120, np.uint8)
    for _ in range(200):
        left, top = (int(chance.integers(-20, side)) for side in SIZE_PX)
        width, height = (int(each) for each in chance.integers(12, 90, 2))
        cv2.rectangle(luma, (left, top), (left + width, top + height), int(chance.integers(40, 210)), -1)
    return np.asarray(cv2.GaussianBlur(luma, (0, 0), 0.8), np.uint8)


def seen_from(
    luma: Plane, right_px: float = 0.0, down_px: float = 0.0, turn_deg: float = 0.0, zoom: float = 1
) -> Plane:
    """The street after the camera was moved; positive turns are anticlockwise, as in OpenCV."""
    size_px = (luma.shape[1], luma.shape[0])
    matrix = cv2.getRotationMatrix2D(((size_px[0] - 1) / 2, (size_px[1] - 1) / 2), turn_deg, zoom)
    matrix = np.asarray(matrix, np.float64) + np.array([[0, 0, right_px], [0, 0, down_px]])
    return np.asarray(cv2.warpAffine(luma, matrix, size_px, borderMode=cv2.BORDER_REFLECT), np.uint8)


def frame(luma: Plane, stream_s: float) -> RawFrame:
    """A raw frame without colours."""
    height, width = luma.shape
    grey = np.full(((height + 1) // 2, (width + 1) // 2), 128, np.uint8)
    stamp = FrameStamp("square", round(stream_s * 10), round(stream_s * NS_PER_S), stream_s, (width, height))
    return RawFrame(stamp, luma, grey, grey)


class Viewer:
    """Shows pictures to a camera's signs, a second after the other."""

    def __init__(self, signs: ImageQualityMeter | None = None) -> None:
        self.signs = signs or ImageQualityMeter()
        self.second = 0
        self._noise = np.random.default_rng(5).normal(0, 1.5, SIZE_PX[::-1]).astype(np.float32)

    def show(self, luma: Plane, looks: int = 1, detections: Detections | None = None) -> ImageQuality:
        """The signs of the last of so many looks at a picture, with a sensor's noise; looks may be skipped in calm."""
        newest = None
        for _ in range(looks):
            self.second += 2
            noise = np.roll(self._noise, (37 * self.second, 11 * self.second), (0, 1))
            noisy = np.clip(luma + np.resize(noise, luma.shape), 0, 255).astype(np.uint8)
            newest = self.signs.update(frame(noisy, float(self.second)), detections)
        assert newest is not None
        return newest
