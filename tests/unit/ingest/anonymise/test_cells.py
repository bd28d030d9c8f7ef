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


def colours_in(shown: np.ndarray, left: int, top: int, width: int, height: int) -> int:
    patch = shown[max(top, 0) : top + height, max(left, 0) : left + width]
    return len(np.unique(patch.reshape(-1, patch.shape[-1]), axis=0))


@pytest.mark.parametrize(("width", "height"), [(60, 80), (180, 240), (385, 540), (700, 540)])
def test_something_that_nobody_knows_of_touches_two_by_two_cells_however_large_it_is(width: int, height: int) -> None:
    canvas = Canvas.for_source((1920, 1080))
    cells = Cells(canvas)
    live = np.random.default_rng(0).integers(0, 255, (*canvas.thumb_px[::-1], 3), np.uint8)
    for left, top in ((0, 0), (-width // 2, 40), (333, -height // 2), (960 - width // 2, 540 - height // 2), (250, 0)):
        veil = np.zeros(canvas.shape, np.uint8)
        veil[max(top, 0) : top + height, max(left, 0) : left + width] = 255
        shown = cells.spread(cells.live(live, cells.sizes(canvas.thumb(veil))), smooth=False)
        assert colours_in(shown, left, top, width, height) <= 4, (left, top)


def test_a_face_of_which_only_dark_parts_move_is_one_thing() -> None:
    canvas = Canvas.for_source((1920, 1080))
    cells = Cells(canvas)
    veil = np.zeros(canvas.shape, np.uint8)
    for row in range(40, 500, 40):  # eyes, brows, mouth, beard: stripes with gaps narrower than a cell
        veil[row : row + 22, 300:640] = 255
    sizes = cells.sizes(canvas.thumb(veil))
    assert sizes[10:12, 18:20].min() > 4 * canvas.cell_px


@pytest.mark.parametrize("box", [(300, 0, 700, 540), (0, 100, 200, 540), (400, 200, 640, 420)])
def test_a_person_cut_by_the_edge_or_a_bust_may_be_all_head(box: tuple[int, int, int, int]) -> None:
    canvas = Canvas.for_source((1920, 1080))
    cells = Cells(canvas)
    cells.add_sizes(np.array([box], np.float32), np.array([RoadUser.PEDESTRIAN], np.int16))
    live = np.random.default_rng(0).integers(0, 255, (*canvas.thumb_px[::-1], 3), np.uint8)
    shown = cells.spread(cells.live(live), smooth=False)
    head_px = min(box[3] - box[1], int(1.4 * (box[2] - box[0])))
    assert colours_in(shown, box[0], box[1], int(head_px / 1.4), head_px) <= 4


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
