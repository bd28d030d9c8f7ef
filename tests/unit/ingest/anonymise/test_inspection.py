import numpy as np
import pytest

from passerby.ingest.anonymise.inspection import Inspection, View, suspicious, tiles, views
from passerby.ingest.detectors.boxes import Boxes


def white_patches(picture: np.ndarray) -> Boxes:
    """A finder that finds what is white."""
    rows, columns = np.nonzero(picture[:, :, 0] > 200)
    if not len(rows):
        return Boxes.none()
    box = np.array([[columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]], np.float32)
    return Boxes(box, np.array([0.16], np.float32), np.zeros(1, np.int16))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_tiles_cover_the_picture(count: int) -> None:
    covered = np.zeros((100, 100), bool)
    for left, top, right, bottom in tiles(count):
        covered[round(top * 100) : round(bottom * 100), round(left * 100) : round(right * 100)] = True
    assert covered.all()


@pytest.mark.parametrize("view", views(thorough=True))
def test_a_find_is_put_back_where_it_was(view: View) -> None:
    picture = np.zeros((240, 320, 3), np.uint8)
    left, top, right, bottom = view.pixels((320, 240))
    place = left + (right - left) // 3, top + (bottom - top) // 2
    picture[place[1] : place[1] + 16, place[0] : place[0] + 12] = 255
    (box,) = view.find(picture, white_patches).xyxy_px
    assert np.allclose(box, [place[0], place[1], place[0] + 12, place[1] + 16], atol=3)


def test_who_is_found_anywhere_is_suspect_and_the_rest_is_not() -> None:
    picture = np.zeros((240, 320, 3), np.uint8)
    picture[100:130, 200:215] = 255
    round_ = Inspection(picture, np.full((240, 320), 255, np.uint8), thorough=False)
    while not round_.done:
        round_.step((white_patches,))
    assert (round_.suspect[98:132, 198:217] == 255).all()
    assert not round_.suspect[:, :150].any()


def test_weak_finds_of_vehicles_and_of_huge_things_are_no_suspects() -> None:
    boxes = np.array([[0, 0, 10, 20], [0, 0, 10, 20], [0, 0, 200, 200]], np.float32)
    confidence = np.array([0.16, 0.16, 0.16], np.float32)
    assert suspicious(boxes, confidence, np.array([0, 2, 0], np.int16), 0.15, (320, 240)).tolist() == [
        True, False, False,
    ]  # fmt: skip
