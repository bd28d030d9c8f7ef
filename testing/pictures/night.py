"""A dark street with a sensor's noise, as a camera codes it, and what passes there."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from passerby.ingest.sources.coded_pictures import START_CODE, Codec, CodedPicture, Track

SIZE_PX = (192, 112)
RATE_FPS = 10
CLOCK_HZ = 90_000
Luma = npt.NDArray[Any]

Passing = Callable[[float, Luma], None]
"""Draws into the place, float64 (H, W), what is there at a second."""


def block(from_s: float, to_s: float, size_px: tuple[int, int] = (16, 32), top_px: int = 40) -> Passing:
    """A bright patterned block that crosses the picture from left to right in that time."""
    width, height = size_px
    pattern = 120.0 + 90.0 * np.random.default_rng(2).random((height, width))

    def draw(now_s: float, luma: Luma) -> None:
        if from_s <= now_s <= to_s:
            left = round((SIZE_PX[0] - width) * (now_s - from_s) / (to_s - from_s))
            luma[top_px : top_px + height, left : left + width] = pattern

    return draw


def nothing(_now_s: float, _luma: Luma) -> None:
    """No one is there."""


def coded_night(
    length_s: float,
    passing: Passing = nothing,
    *,
    noise: float = 0.5,
    group_s: float = 2.0,
    codec: str = "libx264",
    options: Mapping[str, str] | None = None,
    size_px: tuple[int, int] = SIZE_PX,
) -> tuple[Track, list[CodedPicture]]:
    """Codes the street: ten pictures a second.

    Args:
        length_s: how long.
        passing: what is there.
        noise: of the sensor, standard deviation in grey levels.
        group_s: from key picture to key picture.
        codec: FFmpeg's encoder.
        options: of the encoder, beside those that a camera has.
        size_px: width and height, multiples of 16.
    """
    chance = np.random.default_rng(5)
    width, height = size_px
    place = 30.0 + np.kron(40.0 * chance.random((height // 16, width // 16)), np.ones((16, 16)))
    context = av.CodecContext.create(codec, "w")
    assert isinstance(context, av.VideoCodecContext)
    context.width, context.height, context.pix_fmt = width, height, "yuvj420p" if codec == "mjpeg" else "yuv420p"
    context.framerate, context.time_base = Fraction(RATE_FPS), Fraction(1, CLOCK_HZ)
    context.gop_size = round(group_s * RATE_FPS)
    usual = {"preset": "superfast", "tune": "zerolatency", "crf": "30", "x264-params": "scenecut=0:repeat-headers=1"}
    context.options = (usual if codec == "libx264" else {}) | dict(options or {})

    def pictures() -> Iterator[CodedPicture]:
        for number in range(round(length_s * RATE_FPS) + 1):
            last = number == round(length_s * RATE_FPS)
            luma = place.copy()
            passing(number / RATE_FPS, luma)
            luma += chance.normal(0.0, noise, luma.shape)
            planes = np.full((height * 3 // 2, width), 128, np.uint8)
            planes[:height] = np.clip(luma, 0, 255).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            frame.pts, frame.time_base = number * CLOCK_HZ // RATE_FPS, Fraction(1, CLOCK_HZ)
            for packet in context.encode(None if last else frame):
                yield CodedPicture(bytes(packet), packet.pts, packet.is_keyframe)

    coded = list(pictures())
    kinds = {"libx264": Codec.H264, "libx265": Codec.H265, "mjpeg": Codec.MJPEG}
    assert codec == "mjpeg" or START_CODE[1:] in coded[0].content
    return Track(kinds[codec], clock_hz=CLOCK_HZ), coded
