"""Raw frames: regions and sizes in the right colours, and no way out."""

import copy
import pickle

import cv2
import numpy as np
import pytest

from passerby.ingest.raw import ColourCode, RawFrame, scaled
from testing.pictures.frames import flat, raw_from

WIDTH, HEIGHT = 320, 240


def scene() -> np.ndarray:
    """A smooth BGR picture, different everywhere."""
    x, y = np.meshgrid(np.linspace(0, 1, WIDTH), np.linspace(0, 1, HEIGHT))
    planes = [60 + 120 * x, 60 + 120 * y, 60 + 60 * (x + y)]
    return np.stack(planes, axis=2).astype(np.uint8)


@pytest.fixture(scope="module")
def raw() -> RawFrame:
    return raw_from(scene())


@pytest.mark.parametrize("size_px", [(320, 240), (160, 120), (200, 100), (64, 64), (500, 400), (31, 17)])
def test_the_whole_picture_at_any_size(raw: RawFrame, size_px: tuple[int, int]) -> None:
    got = raw.picture(size_px)
    assert got.shape == (size_px[1], size_px[0], 3)
    reference = cv2.resize(scene(), size_px, interpolation=cv2.INTER_AREA)
    assert np.abs(got.astype(int) - reference).mean() < 2.5


@pytest.mark.parametrize("region", [(0, 0, 160, 120), (160, 120, 320, 240), (40, 60, 140, 160), (41, 61, 141, 161)])
@pytest.mark.parametrize("size_px", [(100, 100), (50, 40), (320, 320)])
def test_a_region_at_any_size(raw: RawFrame, region: tuple[int, int, int, int], size_px: tuple[int, int]) -> None:
    left, top, right, bottom = region
    reference = cv2.resize(scene()[top:bottom, left:right], size_px, interpolation=cv2.INTER_LINEAR)
    got = raw.picture(size_px, region)
    assert got.shape == reference.shape
    assert np.abs(got.astype(int) - reference).mean() < 3.5


def test_the_region_of_all_is_the_picture(raw: RawFrame) -> None:
    assert (raw.picture((100, 80)) == raw.picture((100, 80), (0, 0, WIDTH, HEIGHT))).all()


def test_a_size_after_another_is_the_same_as_at_first() -> None:
    luma = np.random.default_rng(3).integers(0, 255, (200, 320), np.uint8)
    grey = np.full((100, 160), 128, np.uint8)
    raw = RawFrame(flat((320, 200)).stamp, luma, grey, grey)
    for size_px in ((40, 25), (150, 90), (320, 200), (79, 49), (400, 10)):
        np.testing.assert_array_equal(raw.luma_scaled(size_px), scaled(luma, size_px))


def test_luma_alone(raw: RawFrame) -> None:
    assert (raw.luma_scaled((80, 60)) == scaled(raw.luma, (80, 60))).all()
    assert raw.luma_scaled((80, 60)).shape == (60, 80)


@pytest.mark.parametrize("code", [ColourCode(), ColourCode(bt709=True)])
def test_black_and_white_in_video_range(code: ColourCode) -> None:
    matrix = code.bgr_from_yuv()
    assert matrix @ np.array([16, 128, 128, 1]) == pytest.approx([0, 0, 0], abs=0.01)
    assert matrix @ np.array([235, 128, 128, 1]) == pytest.approx([255, 255, 255], abs=0.01)


@pytest.mark.parametrize("code", [ColourCode(full_range=True), ColourCode(bt709=True, full_range=True)])
def test_black_and_white_in_full_range(code: ColourCode) -> None:
    matrix = code.bgr_from_yuv()
    assert matrix @ np.array([0, 128, 128, 1]) == pytest.approx([0, 0, 0], abs=0.01)
    assert matrix @ np.array([255, 128, 128, 1]) == pytest.approx([255, 255, 255], abs=0.01)


@pytest.mark.parametrize(("bt709", "yuv"), [(False, (81.5, 90.2, 240.0)), (True, (62.6, 102.3, 240.0))])
def test_pure_red_of_both_standards(bt709: bool, yuv: tuple[float, float, float]) -> None:
    # The values of a colour bar's red: BT.601-7 and BT.709-6, 8 bits.
    assert ColourCode(bt709=bt709).bgr_from_yuv() @ np.array([*yuv, 1]) == pytest.approx([0, 0, 255], abs=1.0)


@pytest.mark.parametrize("act", [pickle.dumps, copy.copy, copy.deepcopy], ids=["pickle", "copy", "deepcopy"])
def test_it_stays_where_it_is(act: object) -> None:
    with pytest.raises(TypeError, match="stays in the process"):
        act(flat((64, 48)))  # type: ignore[operator]


def test_it_shows_its_stamp_and_no_pixel() -> None:
    assert repr(flat((64, 48))) == str(flat((64, 48)))
    assert repr(flat((64, 48))).startswith("RawFrame(FrameStamp(camera_id='square'")
    assert "array" not in repr(flat((64, 48)))


@pytest.mark.parametrize("bt709", [False, True])
def test_luma_weights_are_those_of_the_standard(bt709: bool) -> None:
    expected = [0.0722, 0.7152, 0.2126] if bt709 else [0.114, 0.587, 0.299]
    assert ColourCode(bt709=bt709).luma_weights == pytest.approx(expected, abs=1e-9)


def test_a_mosaic_shows_each_region_at_its_place(raw: RawFrame) -> None:
    parts = [((0, 0, 160, 120), (0, 0, 80, 60)), ((100, 60, 200, 160), (90, 10, 190, 110))]
    got = raw.mosaic((200, 120), parts)
    assert got.shape == (120, 200, 3)
    for region, (left, top, right, bottom) in parts:
        alone = raw.picture((right - left, bottom - top), region)
        assert np.abs(got[top:bottom, left:right].astype(int) - alone).max() <= 1
