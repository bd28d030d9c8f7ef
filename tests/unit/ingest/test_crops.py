"""Which crops the detector gets."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.detections import Detections
from passerby.ingest.crops import STRIDE_PX, CropPlan, CropSettings, full_frame_size, square_around, tiles
from testing.pictures.frames import stamp

SIZES = st.tuples(st.integers(32, 8192), st.integers(32, 4400))
LARGE_PX = (1920, 1080)
UNIT = st.floats(0, 1)


def found(size_px: tuple[int, int], rows: list[tuple[float, float, float, float]], confidence: float) -> Detections:
    return Detections(
        stamp(size_px),
        np.array(rows, np.float32).reshape(-1, 4),
        np.full(len(rows), confidence, np.float32),
        np.zeros(len(rows), np.int16),
    )


@given(SIZES)
def test_the_full_frame_size_suits_the_detector(size_px: tuple[int, int]) -> None:
    width_px, height_px = full_frame_size(size_px)
    assert width_px % STRIDE_PX == height_px % STRIDE_PX == 0
    assert width_px >= STRIDE_PX
    assert height_px >= STRIDE_PX


@given(st.integers(320, 4000), st.integers(240, 2200))
def test_the_full_frame_size_keeps_the_shape(width_px: int, height_px: int) -> None:
    if not 1 / 3 < width_px / height_px < 3:
        return
    full_px = full_frame_size((width_px, height_px))
    assert full_px[0] / full_px[1] == pytest.approx(width_px / height_px, rel=0.15)


@st.composite
def frames_and_boxes(draw: st.DrawFn) -> tuple[tuple[int, int], list[tuple[float, float, float, float]]]:
    size_px = draw(SIZES)
    rows = []
    for x1, y1, x2, y2 in draw(st.lists(st.tuples(UNIT, UNIT, UNIT, UNIT), max_size=8)):
        rows.append(
            (min(x1, x2) * size_px[0], min(y1, y2) * size_px[1], max(x1, x2) * size_px[0], max(y1, y2) * size_px[1])
        )
    return size_px, rows


def assert_inside(regions: list[tuple[int, int, int, int]], size_px: tuple[int, int]) -> None:
    for left, top, right, bottom in regions:
        assert 0 <= left < right <= size_px[0]
        assert 0 <= top < bottom <= size_px[1]
        assert left % 2 == top % 2 == 0, "the chroma planes have half the corners"
        assert right - left == bottom - top


@given(frames_and_boxes(), frames_and_boxes(), st.floats(0, 1, width=32))
def test_crops_lie_inside_the_frame(seen: tuple, moved: tuple, confidence: float) -> None:
    size_px, rows = seen
    scale = np.array([size_px[0] / moved[0][0], size_px[1] / moved[0][1]] * 2)
    moved_xyxy_px = (np.array(moved[1]).reshape(-1, 4) * scale).astype(np.float32)
    area = np.array([[0.1, 0.2], [0.95, 0.1], [0.9, 1.0]], np.float32)
    plan = CropPlan((area,))
    for _ in range(3):
        assert_inside(plan.crops(found(size_px, rows, confidence), moved_xyxy_px), size_px)


@given(SIZES, st.tuples(UNIT, UNIT), st.integers(32, 400))
def test_a_square_lies_inside_and_round_its_box(size_px: tuple[int, int], at: tuple[float, float], side: int) -> None:
    side_px = min(side, *size_px) // 2 * 2
    x, y = at[0] * size_px[0], at[1] * size_px[1]
    region = square_around(np.array([x, y, x, y], np.float32), side_px, size_px)
    assert_inside([region], size_px)
    assert region[0] - 2 <= x <= region[2] + 2
    assert region[1] - 2 <= y <= region[3] + 2


@given(st.tuples(UNIT, UNIT, UNIT, UNIT), st.integers(100, 600))
def test_tiles_cover_their_area(corners: tuple[float, float, float, float], side_px: int) -> None:
    x1, y1, x2, y2 = corners
    area = np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], np.float32)
    regions = tiles(area, side_px, LARGE_PX)
    assert_inside(regions, LARGE_PX)
    covered = np.zeros((LARGE_PX[1], LARGE_PX[0]), np.bool_)
    for left, top, right, bottom in regions:
        covered[top:bottom, left:right] = True
    box: npt.NDArray[np.int64] = np.array(
        [min(x1, x2) * LARGE_PX[0], min(y1, y2) * LARGE_PX[1], max(x1, x2) * LARGE_PX[0], max(y1, y2) * LARGE_PX[1]]
    ).astype(int)
    inside = covered[box[1] + 3 : max(box[3] - 3, box[1] + 3), box[0] + 3 : max(box[2] - 3, box[0] + 3)]
    # Past the overlap that is allowed for, a strip of an eighth of a crop may stay at the area's rim.
    rim = side_px // 7
    assert inside[rim : -rim or None, rim : -rim or None].all()


def test_an_empty_still_street_needs_no_closer_look() -> None:
    assert CropPlan().crops(found(LARGE_PX, [], 0.9), np.empty((0, 4), np.float32)) == []


def test_small_things_that_moved_unseen_are_looked_at() -> None:
    moved = np.array([[1000, 400, 1020, 450]], np.float32)
    (region,) = CropPlan().crops(found(LARGE_PX, [], 0.9), moved)
    assert region[0] <= 1000 <= 1020 <= region[2]
    assert region[1] <= 400 <= 450 <= region[3]


def test_what_was_surely_found_is_not_looked_at_again() -> None:
    moved = np.array([[1000, 400, 1020, 450]], np.float32)
    assert CropPlan().crops(found(LARGE_PX, [(1000, 400, 1020, 450)], 0.95), moved) == []


def test_no_more_crops_than_a_frame_is_worth() -> None:
    moved = np.array([[100 + 400 * column, 200, 120 + 400 * column, 250] for column in range(4)], np.float32)
    plan = CropPlan()
    assert 0 < len(plan.crops(found(LARGE_PX, [], 0.9), moved)) <= CropSettings().crops_a_frame


def test_a_zone_is_always_looked_at() -> None:
    area = np.array([[0.4, 0.1], [0.5, 0.1], [0.5, 0.2]], np.float32)
    plan = CropPlan((area,))
    for _ in range(3):
        (region,) = plan.crops(found(LARGE_PX, [], 0.9), np.empty((0, 4), np.float32))
        assert region[0] <= 0.4 * LARGE_PX[0] <= 0.5 * LARGE_PX[0] <= region[2]
        assert region[1] <= 0.1 * LARGE_PX[1] <= 0.2 * LARGE_PX[1] <= region[3]


def test_a_picture_as_small_as_a_crop_needs_none() -> None:
    moved = np.array([[50, 40, 58, 60]], np.float32)
    assert CropPlan().crops(found((96, 64), [], 0.9), moved) == []
