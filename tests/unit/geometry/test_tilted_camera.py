import numpy as np
import pytest

from passerby.geometry.homography import apply_homography
from passerby.geometry.tilted_camera import TiltedCamera

CAMERA = TiltedCamera(focal_heights=1.5, height_m=6.0, tilt_rad=0.4)
ENDS = np.array([[[-0.4, 0.3], [0.5, 0.1]], [[0.0, -0.3], [0.1, 0.4]], [[0.2, 0.0], [0.2, 0.45]]])


def horizon(camera):
    """Its height in the picture, in picture heights below the middle."""
    return -camera.focal_heights * np.tan(camera.tilt_rad)


def test_the_axis_meets_the_ground_where_the_tilt_says_and_a_point_right_of_it_is_right():
    distance_m = CAMERA.height_m / np.tan(CAMERA.tilt_rad)
    slant_m = CAMERA.height_m / np.sin(CAMERA.tilt_rad)
    middle, right = apply_homography(CAMERA.homography, np.array([[0.0, 0.0], [0.3, 0.0]]))
    assert middle == pytest.approx([0.0, distance_m])
    assert right == pytest.approx([0.3 / CAMERA.focal_heights * slant_m, distance_m])


def test_lower_in_the_picture_is_nearer_on_the_ground():
    angles = CAMERA.tilt_rad + np.arctan(np.array([-0.3, 0.2, 0.5]) / CAMERA.focal_heights)
    placed = apply_homography(CAMERA.homography, np.array([[0.0, -0.3], [0.0, 0.2], [0.0, 0.5]]))
    assert placed[:, 1] == pytest.approx(CAMERA.height_m / np.tan(angles))


def test_lengths_are_those_between_the_places_on_the_ground():
    placed = apply_homography(CAMERA.homography, ENDS.reshape(-1, 2)).reshape(-1, 2, 2)
    expected = np.linalg.norm(placed[:, 1] - placed[:, 0], axis=1)
    assert np.exp(CAMERA.log_lengths(ENDS)) == pytest.approx(expected)


def test_points_in_the_sky_are_not_seen_and_have_a_length_all_the_same():
    above, below = horizon(CAMERA) - 0.1, horizon(CAMERA) + 0.1
    assert CAMERA.sees(np.array([[0.3, below], [-0.3, below]]))
    assert not CAMERA.sees(np.array([[0.3, below], [-0.3, above]]))
    lengths = np.exp(CAMERA.log_lengths(np.array([[[0.3, below], [-0.3, above]], [[0.1, above], [0.1, above]]])))
    assert np.isfinite(lengths).all()
    assert lengths[0] > 1000 * lengths[1] > 0


def test_a_start_has_the_height_that_suits_the_lengths():
    lengths = np.exp(CAMERA.log_lengths(ENDS))
    start = TiltedCamera.start(1.5, 0.4, ENDS, lengths)
    assert start is not None
    again = TiltedCamera.of(start)
    assert (again.focal_heights, again.height_m, again.tilt_rad) == pytest.approx((1.5, 6.0, 0.4))
    halves = TiltedCamera.start(1.5, 0.4, ENDS, lengths * (0.5, 1.0, 2.0))
    assert halves is not None
    assert TiltedCamera.of(halves).height_m == pytest.approx(6.0)


def test_there_is_no_start_with_a_point_in_the_sky():
    ends = ENDS.copy()
    ends[0, 0, 1] = horizon(CAMERA) - 0.01
    assert TiltedCamera.start(1.5, 0.4, ends, np.ones(3)) is None


@pytest.mark.parametrize(
    ("focal", "height_m", "tilt_rad", "plausible"),
    [
        (1.2, 8.0, 0.5, True),
        (0.21, 8.0, 0.5, True),
        (0.19, 8.0, 0.5, False),
        (19.0, 8.0, 0.5, True),
        (20.5, 8.0, 0.5, False),
        (1.2, 0.6, 0.5, True),
        (1.2, 0.4, 0.5, False),
        (1.2, 990.0, 0.5, True),
        (1.2, 1010.0, 0.5, False),
        (1.2, 8.0, 0.01, True),
        (1.2, 8.0, -0.01, False),
        (1.2, 8.0, 1.56, True),
        (1.2, 8.0, 1.58, False),
    ],
)
def test_a_plausible_camera_is_one_that_could_have_been_put_up(focal, height_m, tilt_rad, plausible):
    assert TiltedCamera(focal, height_m, tilt_rad).plausible is plausible
