"""Made plates and signs: whether lettering is found, from the smallest that can be read to a third of a picture."""

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from passerby.ingest.anonymise.canvas import Mask, filled
from passerby.ingest.anonymise.inspection import Finders, Inspection
from passerby.ingest.detectors.detector import Boxes
from passerby.ingest.detectors.lettering import SCALES, around_letters, lettering_at
from passerby.ingest.raw import Picture

SIZE_PX = (960, 540)
LIGHT, DARK, YELLOW = (235, 235, 235), (25, 25, 25), (60, 200, 235)


def street() -> Picture:
    random = np.random.default_rng(5)
    ground = 110 + sum(
        cv2.resize(random.normal(0, 6, (540 // step, 960 // step)).astype(np.float32), SIZE_PX) for step in (2, 8, 30)
    )
    return np.asarray(cv2.cvtColor(np.clip(ground, 1, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR), np.uint8)


def lettering(picture: Picture) -> npt.NDArray[np.float32]:
    return np.concatenate([lettering_at(picture, scale) for scale in SCALES])


def with_plate(
    text: str, letter_px: int, lean_deg: float, ink: tuple[int, ...], paper: tuple[int, ...]
) -> tuple[Picture, Mask]:
    """Returns the street with a plate in its middle, and where its letters stand."""
    (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, 3, 7)
    plate = np.full((height + 44, width + 50, 3), paper, np.uint8)
    cv2.putText(plate, text, (25, height + 20), cv2.FONT_HERSHEY_DUPLEX, 3, ink, 7, cv2.LINE_AA)
    scale, slope = letter_px / height, np.tan(np.radians(lean_deg))
    letters = np.zeros(plate.shape[:2], np.uint8)
    letters[22 : height + 22, 25 : width + 25] = 255
    middle_x, middle_y = (scale * side / 2 for side in (plate.shape[1], plate.shape[0] + slope * plate.shape[1]))
    move = np.array([[scale, 0, 480 - middle_x], [slope * scale, scale, 270 - middle_y]], np.float32)
    soft = cv2.GaussianBlur(plate, (0, 0), 0.4 / scale)
    lay, cover, where = (
        cv2.warpAffine(part, move, SIZE_PX) for part in (soft, np.full(plate.shape[:2], 255, np.uint8), letters)
    )
    picture = street()
    picture[cover > 127] = lay[cover > 127]
    return picture, np.asarray(where, np.uint8)


def covered(picture: Picture, where: Mask) -> float:
    mask = np.zeros(where.shape, np.uint8)
    filled(mask, around_letters(lettering(picture)), 255)
    return float((mask[where > 127] > 0).mean())


@pytest.mark.parametrize("letter_px", [14, 24, 40, 80])
@pytest.mark.parametrize("lean_deg", [0.0, 12.0, 25.0])
@pytest.mark.parametrize(
    ("text", "ink", "paper"),
    [("AB12CDE", DARK, LIGHT), ("MXY 4711", DARK, YELLOW), ("7KLM204", LIGHT, DARK)],
    ids=["light", "yellow", "dark"],
)
def test_plates_are_found_straight_and_leaning(
    text: str, ink: tuple[int, ...], paper: tuple[int, ...], letter_px: int, lean_deg: float
) -> None:
    assert covered(*with_plate(text, letter_px, lean_deg, ink, paper)) > 0.85


def test_a_sign_with_a_telephone_number_is_found() -> None:
    assert covered(*with_plate("020 7946 0018", 24, 0.0, DARK, LIGHT)) > 0.85


@pytest.mark.parametrize("letter_px", [8, 11])
def test_small_plates_are_found(letter_px: int) -> None:
    found = [covered(*with_plate(text, letter_px, 8.0, DARK, LIGHT)) for text in ("AB12CDE", "MXY 4711", "7KLM204")]
    assert np.mean(found) > 0.6


@pytest.mark.parametrize(("width_px", "step_px"), [(14, 34), (8, 16), (26, 40)], ids=["windows", "railing", "panes"])
def test_rows_of_one_shape_are_no_lettering(width_px: int, step_px: int) -> None:
    picture = street()
    for left in range(60, 800, step_px):
        picture[200:232, left : left + width_px] = 30
    assert not len(lettering_at(picture, 1.0))


def test_the_street_itself_is_no_lettering() -> None:
    assert not len(lettering(street()))


@pytest.mark.parametrize("shape", [(8, 8), (32, 40), (540, 33)])
def test_small_and_narrow_pictures_are_searched_too(shape: tuple[int, int]) -> None:
    assert lettering(np.zeros((*shape, 3), np.uint8)).shape == (0, 4)


def test_a_plate_in_the_learned_background_is_found_as_written_and_not_as_a_person() -> None:
    picture, where = with_plate("AB12CDE", 24, 10.0, DARK, LIGHT)
    round_ = Inspection(
        picture, np.full(where.shape, 255, np.uint8), Finders(faces=(lambda _picture: Boxes.none(),)), thorough=False
    )
    while not round_.done:
        round_.step()
    assert (round_.written[where > 127] > 0).mean() > 0.95
    assert not round_.written[:150].any()
    assert not round_.suspect.any()
