"""Image quality of a made-up street: what is dark, covered, blurred or moved, and what only looks so."""

import copy

import cv2
import numpy as np
import pytest

from passerby.domain.detections import Detections
from passerby.domain.health import Displacement, ImageQuality
from passerby.ingest.raw import Plane
from passerby.ingest.view_health.image_quality import ImageQualityMeter
from passerby.ingest.view_health.learned_edges import LEARNING_SAMPLES, Signature
from testing.pictures.scenes import SIZE_PX, Viewer, frame, seen_from, street

WIDTH_PX = SIZE_PX[0]
STREET = street()


@pytest.fixture(scope="module")
def learned() -> Viewer:
    viewer = Viewer()
    viewer.show(STREET, LEARNING_SAMPLES + 5)
    return viewer


@pytest.fixture
def viewer(learned: Viewer) -> Viewer:
    """A camera that has learned the street."""
    return copy.deepcopy(learned)


def lies(signs: ImageQuality) -> Displacement:
    assert signs.displacement is not None
    return signs.displacement


def test_nothing_is_compared_before_the_view_is_learned() -> None:
    signs = Viewer().show(STREET, 5)
    assert (signs.recognised, signs.displacement, signs.blank, signs.sharpness) == (None, None, None, None)


def test_an_unchanged_view_is_recognised_in_place(viewer: Viewer) -> None:
    signs = viewer.show(STREET, 5)
    assert signs.recognised is not None
    assert signs.recognised > 0.9
    assert lies(signs).largest < 0.001
    assert signs.blank == 0
    assert signs.sharpness == pytest.approx(1, abs=0.05)


def test_looks_are_taken_once_a_second() -> None:
    signs = ImageQualityMeter()
    seen = [signs.update(frame(STREET, each / 10), None) for each in range(25)]
    assert [number for number, each in enumerate(seen) if each is not None] == [0, 10, 20]


def test_a_clock_that_jumps_back_does_not_stop_the_looking() -> None:
    signs = ImageQualityMeter()
    assert signs.update(frame(STREET, 1000.0), None) is not None
    assert signs.update(frame(STREET, 3.0), None) is not None


@pytest.mark.parametrize(("right_px", "down_px"), [(12.8, 0.0), (-32, 18), (0, -60), (120, 30)])
def test_a_shift_is_measured(viewer: Viewer, right_px: float, down_px: float) -> None:
    moved = lies(viewer.show(seen_from(STREET, right_px, down_px), 6))
    assert moved.right == pytest.approx(right_px / WIDTH_PX, abs=0.002)
    assert moved.down == pytest.approx(down_px / WIDTH_PX, abs=0.002)
    assert moved.largest == pytest.approx(np.hypot(right_px, down_px) / WIDTH_PX, abs=0.006)


@pytest.mark.parametrize("turn_deg", [-5.0, -1.0, 2.0, 8.0])
def test_a_turn_is_measured(viewer: Viewer, turn_deg: float) -> None:
    moved = lies(viewer.show(seen_from(STREET, turn_deg=turn_deg), 6))
    assert moved.turn_deg == pytest.approx(-turn_deg, abs=0.3)
    assert moved.zoom == pytest.approx(0, abs=0.006)


@pytest.mark.parametrize("zoom", [0.92, 1.05, 1.1])
def test_a_zoom_is_measured(viewer: Viewer, zoom: float) -> None:
    moved = lies(viewer.show(seen_from(STREET, zoom=zoom), 6))
    assert moved.zoom == pytest.approx(zoom - 1, abs=0.01)
    assert moved.turn_deg == pytest.approx(0, abs=0.3)


def test_another_view_is_not_recognised_however_long_it_lasts(viewer: Viewer) -> None:
    signs = viewer.show(street(seed=2), 40)
    assert signs.recognised is not None
    assert signs.recognised < 0.1
    assert signs.displacement is None


def test_a_view_that_comes_back_is_recognised(viewer: Viewer) -> None:
    viewer.show(seen_from(STREET, 20), 40)
    assert lies(viewer.show(STREET, 6)).largest < 0.001


@pytest.mark.slow
def test_a_camera_that_creeps_is_measured_against_its_first_view(viewer: Viewer) -> None:
    # Half a pixel at a time: each step alone is far below anything that counts as a movement.
    for step in range(13):
        signs = viewer.show(seen_from(STREET, right_px=0.5 * step), 15)
    assert lies(signs).right == pytest.approx(6 / WIDTH_PX, abs=0.002)


@pytest.mark.parametrize("gain", [0.5, 1.3])
def test_another_exposure_is_no_sign(viewer: Viewer, gain: float) -> None:
    signs = viewer.show(np.clip(16 + (STREET - 16.0) * gain, 0, 255).astype(np.uint8), 6)
    assert lies(signs).largest < 0.002
    assert (signs.blank or 0) < 0.1
    assert signs.sharpness is not None
    assert signs.sharpness > 0.8


def test_turned_over_contrast_is_the_same_view(viewer: Viewer) -> None:
    assert lies(viewer.show(255 - STREET, 6)).largest < 0.002


def test_a_lorry_in_front_of_half_the_view_is_no_movement(viewer: Viewer) -> None:
    lorry = STREET.copy()
    lorry[60:, 160:480] = 180
    lorry[100:104, 160:480] = 60
    signs = viewer.show(lorry, 6)
    assert lies(signs).largest < 0.002
    assert signs.recognised is not None
    assert signs.recognised > 0.3


def test_brightness_is_that_of_the_bright_parts(viewer: Viewer) -> None:
    black = np.full_like(STREET, 16)
    assert viewer.show(black).brightness < 10
    assert viewer.show(np.full_like(STREET, 235)).brightness > 245


def test_in_the_dark_nothing_is_compared(viewer: Viewer) -> None:
    signs = viewer.show((16 + (STREET - 16.0) * 0.05).astype(np.uint8), 6)
    assert (signs.recognised, signs.blank, signs.sharpness) == (None, None, None)


def covered(share: float) -> Plane:
    luma = STREET.copy()
    luma[: round(share * len(luma))] = 110
    return luma


@pytest.mark.parametrize("share", [0.6, 0.8, 1.0])
def test_what_a_cloth_takes_is_measured(viewer: Viewer, share: float) -> None:
    blank = viewer.show(covered(share), 6).blank
    assert blank == pytest.approx(share, abs=0.1)


def test_a_picture_without_anything_in_it_is_blank_even_if_nothing_was_learned() -> None:
    assert Viewer().show(np.full_like(STREET, 110), 3).blank == 1.0


def blurred(sigma_px: float) -> Plane:
    return np.asarray(cv2.GaussianBlur(STREET, (0, 0), sigma_px), np.uint8)


def sharpness_of(signs: ImageQuality) -> float:
    assert signs.sharpness is not None
    return signs.sharpness


def kept_by(viewer: Viewer) -> Signature:
    kept = viewer.signs.reference()
    assert kept is not None
    return kept


def test_blur_takes_fine_detail_and_leaves_the_view_in_place(viewer: Viewer) -> None:
    sharpness = [sharpness_of(viewer.show(blurred(sigma_px), 3)) for sigma_px in (1.0, 3.0, 6.0)]
    assert sharpness == sorted(sharpness, reverse=True)
    assert sharpness[1] < 0.72
    assert lies(viewer.show(blurred(2.0), 5)).largest < 0.003


def test_nothing_is_judged_where_people_are(viewer: Viewer) -> None:
    everywhere = frame(STREET, 0).stamp
    crowd = Detections(
        everywhere, np.array([[0, 0, *SIZE_PX]], np.float32), np.ones(1, np.float32), np.zeros(1, np.int16)
    )
    signs = viewer.show(street(seed=3), 6, crowd)
    assert (signs.recognised, signs.displacement) == (None, None)


def test_another_resolution_of_the_same_view_is_the_same_view(viewer: Viewer) -> None:
    assert lies(viewer.show(np.asarray(cv2.resize(STREET, (1280, 720)), np.uint8), 6)).largest < 0.003


def test_a_view_that_a_person_accepts_is_learned_anew(viewer: Viewer) -> None:
    moved = seen_from(STREET, 30)
    viewer.show(moved, 6)
    viewer.signs.accept_view()
    assert viewer.show(moved).recognised is None
    assert lies(viewer.show(moved, LEARNING_SAMPLES + 5)).largest < 0.001


def test_after_a_restart_the_view_is_compared_with_the_kept_one(viewer: Viewer) -> None:
    kept = kept_by(viewer)
    moved = lies(Viewer(ImageQualityMeter(kept)).show(seen_from(STREET, 25.6), 6))
    assert moved.right == pytest.approx(0.04, abs=0.004)
    assert lies(Viewer(ImageQualityMeter(kept)).show(STREET, 6)).largest < 0.004


def test_after_a_restart_a_moved_view_is_not_learned_until_somebody_accepts_it(viewer: Viewer) -> None:
    kept = kept_by(viewer)
    restarted = Viewer(ImageQualityMeter(kept))
    assert lies(restarted.show(seen_from(STREET, 25.6), 40)).largest > 0.03
    assert np.array_equal(kept_by(restarted), kept)


def test_a_small_movement_while_down_is_not_forgotten_when_the_view_is_learned_again(viewer: Viewer) -> None:
    restarted = Viewer(ImageQualityMeter(viewer.signs.reference()))
    near = lies(restarted.show(seen_from(STREET, right_px=3.2), LEARNING_SAMPLES + 10))
    assert near.right == pytest.approx(0.005, abs=0.003)


def test_a_wrong_reference_is_refused() -> None:
    with pytest.raises(ValueError, match=r"int8 \(36, 64, 2\) is needed, got float64 \(3,\)"):
        ImageQualityMeter(np.zeros(3))  # type: ignore[arg-type]


def test_the_reference_holds_no_brightness_and_no_sign_of_a_contrast(viewer: Viewer) -> None:
    other = Viewer()
    other.show(255 - STREET, LEARNING_SAMPLES + 5)
    apart = kept_by(viewer).astype(np.int16) - kept_by(other)
    assert np.abs(apart).mean() < 2


def test_the_reference_holds_nobody_who_walked_by(viewer: Viewer) -> None:
    walked = Viewer()
    for second in range(LEARNING_SAMPLES + 20):
        passing = STREET.copy()
        left = 10 + 15 * second
        passing[200:280, left : left + 30] = 230
        walked.show(passing)
    apart = kept_by(viewer).astype(np.int16) - kept_by(walked)
    assert np.abs(apart).mean() < 5
