"""From a decoder's frame to the three planes of a raw frame."""

import av
import numpy as np

from passerby.domain.frames import FrameStamp
from passerby.ingest.raw import ColourCode, Plane, RawFrame

_BT709 = 1
"""AVCOL_SPC_BT709, as PyAV reports `VideoFrame.colorspace`."""

_FULL_RANGE = 2
"""AVCOL_RANGE_JPEG, as PyAV reports `VideoFrame.color_range`."""


def raw_frame(frame: av.VideoFrame, stamp: FrameStamp) -> RawFrame:
    """The decoded picture, upright; other pixel formats than YUV 4:2:0 are converted to it."""
    full_range = frame.color_range == _FULL_RANGE or frame.format.name == "yuvj420p"
    if frame.format.name not in ("yuv420p", "yuvj420p"):
        frame = frame.reformat(format="yuv420p")
        full_range = False
    quarter_turns = round(frame.rotation / 90) % 4
    luma, chroma_u, chroma_v = (np.rot90(_plane(plane), quarter_turns) for plane in frame.planes)
    colour = ColourCode(bt709=frame.colorspace == _BT709, full_range=full_range)
    return RawFrame(stamp, luma, chroma_u, chroma_v, colour)


def _plane(plane: "av.video.plane.VideoPlane") -> Plane:
    """A read-only view of one plane without the decoder's padding."""
    rows: Plane = np.frombuffer(memoryview(plane).toreadonly(), np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : plane.width]
