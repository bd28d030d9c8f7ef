import cv2
import numpy as np
import pytest

from passerby.ingest.anonymise.inspection import (
    Finders,
    Inspection,
    View,
    bodies_of,
    face_views,
    near,
    near_views,
    suspicious,
    tiles,
    unsharp,
    views,
)
from passerby.ingest.detectors.detector import Boxes


def white_patches(picture: np.ndarray) -> Boxes:
    """A finder that finds what is white."""
    rows, columns = np.nonzero(picture[:, :, 0] > 200)
    if not len(rows):
        return Boxes.none()
    box = np.array([[columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]], np.float32)
    return Boxes(box, np.array([0.16], np.float32), np.zeros(1, np.int16))


def inspection(picture: np.ndarray, finders: Finders) -> Inspection:
    return Inspection(picture, np.full(picture.shape[:2], 255, np.uint8), finders, thorough=False)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_tiles_cover_the_picture(count: int) -> None:
    covered = np.zeros((100, 100), bool)
    for left, top, right, bottom in tiles(count):
        covered[round(top * 100) : round(bottom * 100), round(left * 100) : round(right * 100)] = True
    assert covered.all()


@pytest.mark.parametrize("view", [*views(thorough=True), *face_views(thorough=True), *near_views()])
def test_a_find_is_put_back_where_it_was(view: View) -> None:
    picture = np.zeros((240, 320, 3), np.uint8)
    left, top, right, bottom = view.pixels((320, 240))
    place = left + (right - left) // 3, top + (bottom - top) // 2
    picture[place[1] : place[1] + 16, place[0] : place[0] + 12] = 255
    (box,) = view.find(picture, white_patches).xyxy_px
    assert np.allclose(box, [place[0], place[1], place[0] + 12, place[1] + 16], atol=max(3, 0.7 / view.scale))


def test_who_is_found_anywhere_is_suspect_and_the_rest_is_not() -> None:
    picture = np.zeros((240, 320, 3), np.uint8)
    picture[100:130, 200:215] = 255
    round_ = inspection(picture, Finders((white_patches,)))
    while not round_.done:
        round_.step()
    assert (round_.suspect[98:132, 198:217] == 255).all()
    assert not round_.suspect[:, :150].any()


def test_whose_face_is_found_is_suspect_down_to_the_feet() -> None:
    picture = np.zeros((240, 320, 3), np.uint8)
    picture[60:74, 200:210] = 255
    round_ = inspection(picture, Finders(faces=(white_patches,)))
    while not round_.done:
        round_.step()
    assert (round_.suspect[52:160, 188:222] == 255).all()
    assert not round_.suspect[:, :150].any()


def test_a_body_lies_around_and_below_its_face() -> None:
    assert bodies_of(np.array([[100, 50, 110, 62]], np.float32)).tolist() == [[85, 41, 125, 146]]


def test_without_anybody_who_looks_a_round_is_over_at_once() -> None:
    assert inspection(np.zeros((240, 320, 3), np.uint8), Finders()).done


@pytest.mark.parametrize("faces", [True, False])
def test_a_view_in_which_a_finder_failed_is_looked_at_again(faces: bool) -> None:
    def failing(_picture: np.ndarray) -> Boxes:
        raise RuntimeError("the finder failed")

    round_ = inspection(np.zeros((240, 320, 3), np.uint8), Finders(faces=(failing,)) if faces else Finders((failing,)))
    for _ in range(2):  # lettering needs no finder, and is searched for first where there is no other
        if faces:
            round_.step()
    for _ in range(10):
        with pytest.raises(RuntimeError):
            round_.step()
    assert not round_.done


def test_weak_finds_of_vehicles_and_of_huge_things_are_no_suspects() -> None:
    boxes = np.array([[0, 0, 10, 20], [0, 0, 10, 20], [0, 0, 200, 200]], np.float32)
    confidence = np.array([0.16, 0.16, 0.16], np.float32)
    assert suspicious(boxes, confidence, np.array([0, 2, 0], np.int16), 0.15, (320, 240)).tolist() == [
        True, False, False,
    ]  # fmt: skip


def test_a_large_weak_find_in_a_small_view_is_a_near_person_and_a_small_one_is_not() -> None:
    boxes = np.array([[-40, 20, 100, 240], [10, 10, 30, 50], [0, 0, 200, 200], [0, 0, 200, 200]], np.float32)
    found = Boxes(boxes, np.array([0.16, 0.16, 0.16, 0.51], np.float32), np.array([0, 0, 2, 2], np.int16))
    assert near(found, (320, 240)).confidence.tolist() == pytest.approx([0.16, 0.51])


def test_who_fills_the_picture_is_given_to_the_finders_at_a_third_and_a_sixth_of_its_size() -> None:
    seen: list[int] = []

    def finder(picture: np.ndarray) -> Boxes:
        seen.append(picture.shape[0])
        return Boxes.none()

    round_ = inspection(np.full((540, 960, 3), 90, np.uint8), Finders((finder,), (finder,)))
    while not round_.done:
        round_.step()
    small = [height for height in seen if height < 300]
    assert len(small) == 6, "bodies and faces at three sizes"
    assert min(small) <= 540 / 12 * 1.4 + 1


def test_what_is_out_of_focus_is_suspect_and_sharp_ground_is_not() -> None:
    random = np.random.default_rng(2)
    ground = sum(
        cv2.resize(random.normal(0, 25, (540 // step, 960 // step)).astype(np.float32), (960, 540))
        for step in (2, 8, 30)
    )
    sharp = np.clip(110 + np.asarray(ground), 1, 255).astype(np.uint8)
    picture = cv2.cvtColor(sharp, cv2.COLOR_GRAY2BGR)
    assert not unsharp(picture).any()
    blurred = cv2.GaussianBlur(picture, (0, 0), 9)
    assert (unsharp(blurred) > 0).mean() > 0.9
    half = picture.copy()
    half[:, :480] = blurred[:, :480]
    assert (unsharp(half)[:, :300] > 0).mean() > 0.9
    assert not unsharp(half)[:, 660:].any()
    half[:, 600:] = 0
    assert not unsharp(half)[:, 760:].any(), "what was not learned is no lack of detail"
