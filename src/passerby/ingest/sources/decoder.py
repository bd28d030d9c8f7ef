"""Decoding of coded pictures with FFmpeg, within limits on what may be decoded, and the planes of a raw frame."""

from dataclasses import replace
from typing import Final

import av
import av.error
import numpy as np

from passerby.domain.frames import FrameStamp
from passerby.ingest.display_shape import (
    AS_CODED,
    MAX_PICTURE_PX,
    MAX_SIDE_PX,
    DisplayShape,
    Orientation,
    display_size_px,
    upright,
)
from passerby.ingest.raw import ColourCode, Plane, RawFrame
from passerby.ingest.sources.coded_pictures import Codec, CodedPicture, Track
from passerby.ingest.sources.errors import StreamError

MIN_SIDE_PX: Final = 32
"""No person can be made out in fewer pixels, and the detector's coarsest cell is as large."""

FAILURES_FOR_NEW: Final = 3
"""After so many damaged pictures without a good one, the decoder is made anew."""

_OUTPUT_CORRUPT: Final = 1 << 3
"""AV_CODEC_FLAG_OUTPUT_CORRUPT: what cannot be decoded whole is returned, marked, and not left out without a word."""


_STRICT: Final = frozenset({Codec.MJPEG, Codec.H265})
"""Codecs whose decoders return a picture with damaged parts as a whole one, unless they are to end at any error."""


def _context(track: Track, *, strict: bool) -> "av.VideoCodecContext":
    context = av.CodecContext.create(track.codec.value, "r")
    if not isinstance(context, av.VideoCodecContext):
        raise TypeError(f"{track.codec} is no codec of pictures")
    # Checked by the decoder before it takes any memory for the picture.
    context.options = {"max_pixels": str(MAX_PICTURE_PX)} | ({"err_detect": "explode"} if strict else {})
    context.flags |= _OUTPUT_CORRUPT
    # The street has many cameras and the machine few cores: threads within one decoder only add delay.
    context.thread_count = 1
    if track.settings:
        context.extradata = track.settings
    return context


class PictureDecoder:
    """Decoder of one connection's pictures, from the first that needs no other.

    A picture of which parts are missing is dropped, and so are those that build on it, up to the next key picture:
    what the decoder would make up for them shows smears that look like people.
    """

    def __init__(self, track: Track) -> None:
        self._track = track
        self._context = _context(track, strict=track.codec in _STRICT)
        self._orientation = Orientation()
        self._failures = 0
        self._begun = False
        self.waiting_for_key = True

    def shape_of(self, frame: av.VideoFrame) -> DisplayShape:
        """Returns how the next of the decoded pictures is meant to be seen; to be called for each, in their order."""
        return DisplayShape(self._context.sample_aspect_ratio, self._orientation.of(frame))

    def stop_waiting_for_key(self) -> None:
        """Decodes without a key picture, where none came for long: some streams of H.264 have none.

        Its decoder marks all pictures as damaged until each part of them was sent anew; the others would show smears.
        """
        if self.waiting_for_key and self._track.codec is Codec.H264:
            self._context.flush_buffers()
            self.waiting_for_key = False

    def decode(self, coded: CodedPicture) -> "list[av.VideoFrame] | None":
        """Returns the pictures that are decoded now: mostly one, none while the decoder collects; None: it was damaged.

        Raises:
            StreamError: the pictures are too small to see anybody, or too large.
        """
        if coded.damaged:
            self.waiting_for_key = True
            return None
        if self.waiting_for_key:
            if not coded.key:
                return None if self._begun else []
            if self._failures < FAILURES_FOR_NEW:
                self._context.flush_buffers()
            else:
                # What it learned of the stream may itself be damaged, such as the size of its pictures; and what it
                # takes for an error, such as a message to the decoder in the camera's own way, may be none.
                self._context, self._failures = _context(self._track, strict=False), 0
            self.waiting_for_key = False
        self._begun = True
        # Allocated by FFmpeg, for its decoders read some bytes beyond the end, and take them for pictures.
        packet = av.Packet(len(coded.content))
        packet.update(coded.content)
        packet.pts = coded.ticks
        packet.is_keyframe = coded.key
        try:
            frames = [frame for frame in self._context.decode(packet) if isinstance(frame, av.VideoFrame)]
        except (av.error.FFmpegError, ValueError):
            self.waiting_for_key = True
            self._failures += 1
            return None
        for frame in frames:
            _check_size(frame)
        sound = [frame for frame in frames if not frame.is_corrupt]
        if len(sound) < len(frames):
            # The next ones build on it, and the decoder does not mark them.
            self.waiting_for_key = True
            return sound or None
        if frames:
            self._failures = 0
        return sound


def _check_size(frame: av.VideoFrame) -> None:
    size = f"the picture is {frame.width}x{frame.height} px"
    if min(frame.width, frame.height) < MIN_SIDE_PX:
        raise StreamError(f"{size}; at least {MIN_SIDE_PX}x{MIN_SIDE_PX} px are needed to see anybody")
    if max(frame.width, frame.height) > MAX_SIDE_PX:
        raise StreamError(f"{size}; at most {MAX_SIDE_PX} px a side can be watched. Set the camera to fewer")


_BT709 = 1
"""AVCOL_SPC_BT709, as PyAV reports `VideoFrame.colorspace`."""

_FULL_RANGE = 2
"""AVCOL_RANGE_JPEG, as PyAV reports `VideoFrame.color_range`."""


def raw_frame(frame: av.VideoFrame, stamp: FrameStamp, shape: DisplayShape = AS_CODED) -> RawFrame:
    """Returns the decoded picture as it is meant to be seen: upright, with square pixels, in YUV 4:2:0.

    Args:
        frame: the picture.
        stamp: when and where; its size becomes that of the picture as it is seen.
        shape: how it is meant to be seen.
    """
    full_range = frame.color_range == _FULL_RANGE or frame.format.name == "yuvj420p"
    colour_space = frame.colorspace
    size_px, layout = display_size_px((frame.width, frame.height), shape.pixel_aspect), frame.format.name
    if layout not in ("yuv420p", "yuvj420p"):
        layout, full_range = "yuv420p", False
    if (*size_px, layout) != (frame.width, frame.height, frame.format.name):
        frame = frame.reformat(*size_px, layout, interpolation="BILINEAR")
    luma, chroma_u, chroma_v = (upright(_plane(plane), shape.matrix) for plane in frame.planes)
    stamp = replace(stamp, size_px=(luma.shape[1], luma.shape[0]))
    return RawFrame(stamp, luma, chroma_u, chroma_v, ColourCode(colour_space == _BT709, full_range))


def _plane(plane: "av.video.plane.VideoPlane") -> Plane:
    """A read-only view of one plane without the decoder's padding."""
    rows: Plane = np.frombuffer(memoryview(plane).toreadonly(), np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : plane.width]
