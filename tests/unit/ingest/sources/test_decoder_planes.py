"""A decoder's picture in any pixel format as three planes, upright and in the right colours."""

import av
import numpy as np
import numpy.typing as npt
import pytest

from passerby.domain.frames import FrameStamp
from passerby.ingest.raw import RawFrame
from passerby.ingest.sources.decoder import raw_frame

Picture = npt.NDArray[np.uint8]
COLOURS = {
    "grey": (128, 128, 128),
    "red": (40, 40, 200),
    "green": (40, 200, 40),
    "blue": (200, 60, 60),
    "sky": (230, 190, 140),
}
BT601, BT709 = 5, 1
VIDEO_RANGE, FULL_RANGE = 1, 2


def quarters(size_px: tuple[int, int]) -> Picture:
    """A BGR picture of four colours, one in each quarter, larger than the chroma planes' own steps."""
    picture = np.zeros((size_px[1], size_px[0], 3), np.uint8)
    middle = (size_px[1] // 4 * 2, size_px[0] // 4 * 2)
    picture[: middle[0], : middle[1]] = COLOURS["red"]
    picture[: middle[0], middle[1] :] = COLOURS["green"]
    picture[middle[0] :, : middle[1]] = COLOURS["blue"]
    picture[middle[0] :, middle[1] :] = COLOURS["grey"]
    return picture


def raw_of(frame: av.VideoFrame, size_px: tuple[int, int] | None = None) -> RawFrame:
    return raw_frame(frame, FrameStamp("camera", 0, 0, 0.0, size_px or (frame.width, frame.height)))


def inner(picture: Picture) -> Picture:
    """The middles of the four quarters, where no scaling of chroma blurs a border."""
    height, width = picture.shape[:2]
    return picture[[height // 4, height // 4, -height // 4, -height // 4], [width // 4, -width // 4] * 2]


@pytest.mark.parametrize(
    "name", ["yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "rgb24", "bgr24", "nv12", "yuv420p10le"]
)
@pytest.mark.parametrize("size_px", [(64, 48), (66, 50), (640, 360)])
def test_colours_of_every_pixel_format(name: str, size_px: tuple[int, int]) -> None:
    picture = quarters(size_px)
    frame = av.VideoFrame.from_ndarray(picture, format="bgr24").reformat(format=name)
    got = raw_of(frame).picture(size_px)
    assert got.shape == picture.shape
    assert np.abs(inner(got).astype(int) - inner(picture)).max() <= 8


def test_grey_pictures_stay_grey() -> None:
    picture = np.tile(np.arange(64, dtype=np.uint8) * 3 + 20, (48, 1))
    got = raw_of(av.VideoFrame.from_ndarray(picture, format="gray")).picture((64, 48))
    assert np.abs(got.astype(int) - picture[:, :, None]).max() <= 3


@pytest.mark.parametrize("space", [BT601, BT709])
@pytest.mark.parametrize("span", [VIDEO_RANGE, FULL_RANGE])
@pytest.mark.parametrize("colour", sorted(COLOURS))
def test_both_standards_against_the_decoder_librarys_own_conversion(space: int, span: int, colour: str) -> None:
    picture = np.tile(np.array(COLOURS[colour], np.uint8), (48, 64, 1))
    frame = av.VideoFrame.from_ndarray(picture, format="bgr24").reformat(
        format="yuv420p", dst_colorspace=space, dst_color_range=span
    )
    frame.colorspace, frame.color_range = space, span
    reference = frame.reformat(
        format="bgr24", src_colorspace=space, src_color_range=span, dst_color_range=FULL_RANGE
    ).to_ndarray()
    got = raw_of(frame).picture((64, 48))
    assert np.abs(got[24, 32].astype(int) - reference[24, 32]).max() <= 4
    assert np.abs(got[24, 32].astype(int) - picture[24, 32]).max() <= 6


@pytest.mark.parametrize("size_px", [(63, 47), (65, 48), (64, 49), (33, 33)])
def test_odd_sizes_keep_every_pixel(size_px: tuple[int, int]) -> None:
    frame = av.VideoFrame.from_ndarray(quarters(size_px), format="bgr24").reformat(format="yuv420p")
    raw = raw_of(frame)
    assert raw.size_px == size_px
    assert raw.chroma_u.shape == raw.chroma_v.shape == ((size_px[1] + 1) // 2, (size_px[0] + 1) // 2)
    assert np.abs(inner(raw.picture(size_px)).astype(int) - inner(quarters(size_px))).max() <= 8


def test_the_planes_are_views_without_padding() -> None:
    frame = av.VideoFrame(70, 50, "yuv420p")
    raw = raw_of(frame)
    assert raw.luma.shape == (50, 70)
    assert not raw.luma.flags.writeable
