import numpy as np
import pytest

from passerby.domain.road_user import RoadUser
from passerby.ingest.anonymise.canvas import THUMB, Canvas
from passerby.ingest.anonymise.cells import HEADS_IN_BODY, Cells


def test_a_head_touches_at_most_two_by_two_cells() -> None:
    canvas = Canvas.for_source((1920, 1080))
    for height_px in (40, 150, 260, 500):
        cells = Cells(canvas)
        box = np.array([[400, 20, 500, 20 + height_px]], np.float32)
        cells.add_sizes(box, np.array([RoadUser.PEDESTRIAN], np.int16))
        live = np.random.default_rng(0).integers(0, 255, (*canvas.thumb_px[::-1], 3), np.uint8)
        shown = cells.spread(cells.live(live), smooth=False)
        head_px = int(height_px / HEADS_IN_BODY)
        for left in range(400, 500 - head_px, 3):
            head = shown[20 : 20 + head_px, left : left + head_px]
            colours = np.unique(head.reshape(-1, 3), axis=0)
            assert len(colours) <= 4, (height_px, left)


def test_cells_are_at_least_a_head_wide_for_every_size_of_person_up_to_the_whole_picture() -> None:
    canvas = Canvas.for_source((1920, 1080))
    assert canvas.cell_px >= 40 / 2  # Town Centre's largest head, halved with the picture


def test_learned_cells_hold_nothing_of_unknown_pixels() -> None:
    canvas = Canvas.for_source((320, 240))
    cells = Cells(canvas)
    colour = np.full((*canvas.shape, 3), 80, np.uint8)
    known = np.full(canvas.shape, 255, np.uint8)
    colour[60:150, 100:180], known[60:150, 100:180] = 255, 0
    assert (np.abs(cells.learned(colour, known).astype(int) - 80) <= 1).all()


def test_nothing_known_gives_black_cells_and_no_fault() -> None:
    canvas = Canvas.for_source((320, 240))
    nothing = np.zeros((*canvas.shape, 3), np.uint8)
    assert not Cells(canvas).learned(nothing, nothing[:, :, 0]).any()


@pytest.mark.parametrize("size_px", [(320, 240), (1920, 1080), (352, 288), (801, 603)])
def test_one_touched_pixel_covers_its_whole_cell(size_px: tuple[int, int]) -> None:
    canvas = Canvas.for_source(size_px)
    cells = Cells(canvas)
    veil = np.zeros(canvas.thumb_px[::-1], np.uint8)
    veil[-1, -1] = 1
    touched = cells.spread(cells.touched(veil), smooth=False)
    assert touched.shape == canvas.shape
    side = canvas.cell_px
    assert touched[-1, -1] == 255
    assert not touched[: -2 * side, : -2 * side].any()
    assert canvas.cell_px % THUMB == 0
