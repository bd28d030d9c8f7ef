"""A drawn street with drawn people, whose truth is known to the pixel."""

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from passerby.domain.detections import Detections
from passerby.domain.frames import FrameStamp
from passerby.ingest.anonymise.silhouettes import Silhouettes
from passerby.ingest.raw import RawFrame

SIZE_PX = (320, 240)


def textured(seed: int, shape: tuple[int, int]) -> npt.NDArray[np.float32]:
    """Ground with edges of every size."""
    random = np.random.default_rng(seed)
    layers = [
        cv2.resize(random.normal(0, 1, (shape[0] // step, shape[1] // step)).astype(np.float32), shape[::-1])
        for step in (4, 8, 20)
    ]
    return np.asarray(110 + 14 * sum(layers), np.float32)


@dataclass
class Street:
    """Makes raw frames of a street.

    `people` are boxes; each is a patch of strong stripes that nothing else looks like.
    """

    size_px: tuple[int, int] = SIZE_PX
    ground: npt.NDArray[np.float32] = field(default_factory=lambda: textured(1, SIZE_PX[::-1]))
    index: int = 0

    def person(self, width: int, height: int) -> npt.NDArray[np.float32]:
        rows, columns = np.mgrid[0:height, 0:width]
        return np.where((rows // 3 + columns // 4) % 2 == 0, 30, 220).astype(np.float32)

    def raw(self, stream_s: float, people: list[tuple[int, int, int, int]], light: float = 0.0) -> RawFrame:
        luma = self.ground + light
        for left, top, right, bottom in people:
            luma = luma.copy()
            luma[top:bottom, left:right] = self.person(right - left, bottom - top)
        luma = luma + np.random.default_rng(self.index).normal(0, 1.5, luma.shape)
        stamp = FrameStamp("square", self.index, round(stream_s * 1e9), stream_s, self.size_px)
        self.index += 1
        chroma = np.full((self.size_px[1] // 2, self.size_px[0] // 2), 128, np.uint8)
        return RawFrame(stamp, np.clip(luma, 16, 235).astype(np.uint8), chroma, chroma.copy())

    def seen(self, raw: RawFrame, people: list[tuple[int, int, int, int]], confidence: float = 0.7) -> Detections:
        boxes = np.array(people, np.float32).reshape(-1, 4)
        return Detections(raw.stamp, boxes, np.full(len(boxes), confidence, np.float32), np.zeros(len(boxes), np.int16))


@pytest.fixture
def street() -> Street:
    return Street()


@pytest.fixture
def drawn() -> Callable[[Detections], Silhouettes]:
    return lambda detections: Silhouettes(detections.xyxy_px, detections.road_user)
