"""A closer look searches a region in several squares, upright and turned, and takes only what is found at it."""

import cv2
import numpy as np
import pytest

from passerby.ingest.detectors.detector import Boxes
from passerby.ingest.raw import Picture
from passerby.ingest.standing_things.person_looks import MARGINS, TURNS, look_closer
from testing.pictures.frames import TellingDetector, boxes, raw_from

REGION = np.array([200.0, 180.0, 280.0, 220.0])


def frame_with_region():
    picture = np.full((400, 600, 3), 90, np.uint8)
    picture[180:220, 200:280] = 250
    return raw_from(picture)


def white_box(picture: Picture) -> Boxes:
    """Finds the region itself, wherever a look shows it."""
    rows, columns = np.nonzero(picture[:, :, 0] > 170)
    return boxes((columns.min(), rows.min(), columns.max(), rows.max()), confidence=0.5)


def upright_only(picture: Picture) -> Boxes:
    found = white_box(picture)
    left, top, right, bottom = found.xyxy_px[0]
    return found if bottom - top > right - left else Boxes.none()


def test_a_region_is_found_wherever_the_picture_is_turned() -> None:
    detector = TellingDetector(crop=white_box)
    assert look_closer(frame_with_region(), REGION, detector) == pytest.approx(0.5)
    assert len(detector.crop_shapes) == len(MARGINS) * len(TURNS)


def test_who_lies_stands_in_a_turned_picture() -> None:
    assert look_closer(frame_with_region(), REGION, TellingDetector(crop=upright_only)) == pytest.approx(0.5)


def test_finds_beside_the_region_are_others() -> None:
    beside = TellingDetector(crop=lambda picture: boxes((1.0, 1.0, 40.0, 60.0), confidence=0.9))
    assert look_closer(frame_with_region(), REGION, beside) == 0.0


def test_a_small_region_is_searched_as_large_as_a_person() -> None:
    shares: list[float] = []

    def measure(picture: Picture) -> Boxes:
        shares.append(float((cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) > 170).mean()))
        return Boxes.none()

    raw = frame_with_region()
    look_closer(raw, REGION, TellingDetector(crop=measure))
    closest = max(shares)
    shares.clear()
    look_closer(raw, REGION, TellingDetector(crop=measure), person_px=300.0)
    assert max(shares) < closest / 3


def test_a_region_at_the_edge_of_the_picture_is_searched_too() -> None:
    picture = np.full((400, 600, 3), 90, np.uint8)
    picture[:40, :30] = 250
    corner = np.array([0.0, 0.0, 30.0, 40.0])
    assert look_closer(raw_from(picture), corner, TellingDetector(crop=white_box)) == pytest.approx(0.5)
