"""Raw frames made by hand, and a detector that answers what a test tells it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import av
import numpy as np
import numpy.typing as npt

from passerby.domain.frames import FrameStamp
from passerby.domain.road_user import RoadUser
from passerby.ingest.detectors.detector import Boxes
from passerby.ingest.raw import Picture, RawFrame
from passerby.ingest.sources.decoder import raw_frame

Box = tuple[float, float, float, float]


def stamp(size_px: tuple[int, int], stream_s: float = 0.0) -> FrameStamp:
    return FrameStamp("square", round(stream_s * 10), round(stream_s * 1e9), stream_s, size_px)


def raw_from(picture: npt.NDArray[np.uint8], stream_s: float = 0.0) -> RawFrame:
    """The raw frame of a BGR picture."""
    frame = av.VideoFrame.from_ndarray(picture, format="bgr24").reformat(format="yuv420p")
    return raw_frame(frame, stamp((picture.shape[1], picture.shape[0]), stream_s))


def flat(size_px: tuple[int, int], grey: int = 100, stream_s: float = 0.0) -> RawFrame:
    """An even picture, without the cost of a conversion."""
    half = ((size_px[1] + 1) // 2, (size_px[0] + 1) // 2)
    luma = np.full((size_px[1], size_px[0]), grey, np.uint8)
    return RawFrame(stamp(size_px, stream_s), luma, np.full(half, 128, np.uint8), np.full(half, 128, np.uint8))


def boxes(*xyxy_px: Box, confidence: Sequence[float] | float = 0.9, road_user: RoadUser = RoadUser.PEDESTRIAN) -> Boxes:
    count = len(xyxy_px)
    return Boxes(
        np.array(xyxy_px, np.float32).reshape(-1, 4),
        np.broadcast_to(np.array(confidence, np.float32), (count,)).copy(),
        np.full(count, road_user, np.int16),
    )


@dataclass
class TellingDetector:
    """Answers a full look and each crop as it is set to, and remembers the pictures' sizes."""

    full: Boxes = field(default_factory=Boxes.none)
    crop: Callable[[Picture], Boxes] = lambda picture: Boxes.none()
    full_shapes: list[tuple[int, ...]] = field(default_factory=list)
    crop_shapes: list[tuple[int, ...]] = field(default_factory=list)

    def find(self, picture: Picture) -> Boxes:
        self.full_shapes.append(picture.shape)
        return self.full

    def find_each(self, pictures: Sequence[Picture]) -> list[Boxes]:
        self.crop_shapes += [picture.shape for picture in pictures]
        return [self.crop(picture) for picture in pictures]


@dataclass
class Parts:
    """A stopwatch that keeps the names of what it timed."""

    names: list[str] = field(default_factory=list)

    def start(self, part: str) -> None:
        self.names.append(part)
