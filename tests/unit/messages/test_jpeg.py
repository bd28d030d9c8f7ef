"""JPEG pictures are checked without being decoded: ours pass, and whatever holds more than a picture does not."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.messages.jpeg import MAX_SIDE_PX, JpegError, check_jpeg

SIZE_PX = (64, 48)
NOISE = np.random.default_rng(7).integers(0, 256, (48, 64, 3), np.uint8)


def picture(image: np.ndarray = NOISE, *options: int) -> bytes:
    return bytes(cv2.imencode(".jpg", image, list(options))[1])


OURS = picture()


def behind_the_start(segment: bytes) -> bytes:
    return OURS[:2] + segment + OURS[2:]


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body


@pytest.mark.parametrize("quality", [1, 50, 75, 95, 100])
@pytest.mark.parametrize("size_px", [(8, 8), (64, 48), (641, 361)])
def test_what_our_encoder_writes_passes(quality: int, size_px: tuple[int, int]) -> None:
    rng = np.random.default_rng(quality)
    for image in (
        rng.integers(0, 256, (size_px[1], size_px[0], 3), np.uint8),
        np.full((*size_px[::-1], 3), 9, np.uint8),
    ):
        check_jpeg(picture(image, cv2.IMWRITE_JPEG_QUALITY, quality), size_px)


def test_restart_markers_pass_where_they_are_announced() -> None:
    restarted = picture(NOISE, cv2.IMWRITE_JPEG_RST_INTERVAL, 4)
    check_jpeg(restarted, SIZE_PX)
    announced = restarted.index(b"\xff\xdd")
    with pytest.raises(JpegError):
        check_jpeg(restarted[:announced] + restarted[announced + 6 :], SIZE_PX)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8",
        b"\xff\xd8\xff\xd9",
        OURS[:-2],
        OURS[:-1],
        OURS + b"\0",
        OURS + b"a clear picture",
        OURS + OURS,
        b"\0" + OURS,
        behind_the_start(segment(0xFE, b"a comment")),
        behind_the_start(segment(0xE1, b"Exif\0\0" + bytes(20))),
        behind_the_start(segment(0xE2, b"ICC_PROFILE\0" + bytes(20))),
        behind_the_start(segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\x02\x02" + bytes(12))),
        behind_the_start(segment(0xDB, bytes(66))),
        behind_the_start(segment(0xC4, b"\0" + bytes(16) + b"more")),
        OURS.replace(b"\xff\xc0", b"\xff\xc2"),
        picture(NOISE, cv2.IMWRITE_JPEG_PROGRESSIVE, 1),
        OURS[: OURS.index(b"\xff\xda") + 40] + b"\xff\xfe\0\4ab" + OURS[OURS.index(b"\xff\xda") + 40 :],
        OURS.replace(b"\xff\xd9", b"\xff\xff\xd9"),
        bytes(cv2.imencode(".png", NOISE)[1]),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
)
def test_everything_else_is_refused(content: bytes) -> None:
    with pytest.raises(JpegError):
        check_jpeg(content, SIZE_PX)


@pytest.mark.parametrize("size_px", [(65, 48), (48, 64), (0, 48), (-64, 48), (MAX_SIDE_PX + 1, 8), (2**40, 2**40)])
def test_another_size_than_announced_is_refused(size_px: tuple[int, int]) -> None:
    with pytest.raises(JpegError):
        check_jpeg(OURS, size_px)


def test_more_bytes_than_its_pixels_could_need_are_refused() -> None:
    start = OURS.index(b"\xff\xda") + 14
    with pytest.raises(JpegError, match="too many"):
        check_jpeg(OURS[:start] + bytes(100_000) + OURS[start:], SIZE_PX)


@given(st.binary(max_size=400) | st.binary(max_size=200).map(lambda noise: OURS[:200] + noise))
@settings(max_examples=300)
def test_whatever_comes_is_a_picture_or_an_error_of_ours(content: bytes) -> None:
    with pytest.raises(JpegError):
        check_jpeg(content, SIZE_PX)


@given(place=st.integers(0, len(OURS) - 1), byte=st.integers(0, 255))
@settings(max_examples=300)
def test_a_changed_byte_raises_nothing_else(place: int, byte: int) -> None:
    changed = bytearray(OURS)
    changed[place] = byte
    try:
        check_jpeg(bytes(changed), SIZE_PX)
    except JpegError:
        return
