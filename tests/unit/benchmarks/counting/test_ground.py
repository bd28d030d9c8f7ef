import numpy as np
import pytest

from benchmarks.counting.ground import calibration_pairs, compare, path_speed
from benchmarks.counting.matching import Labels
from benchmarks.counting.our_tracks import Looked
from passerby.domain.frames import FrameStamp
from passerby.domain.tracks import Tracks
from passerby.geometry.calibration import fit_point_pairs

SIZE_PX = (1000, 500)
PACE_MPS = 1.5
RATE_FPS = 5.0


def labels(feet_px: list[tuple[float, float]], flag: float = 1.0) -> Labels:
    """People 20 px wide and 60 px high who stand at `feet_px`; a hundred pixels are a metre."""
    feet = np.array(feet_px, np.float64)
    boxes = np.column_stack([feet[:, 0] - 10, feet[:, 1] - 60, feet[:, 0] + 10, feet[:, 1]])
    return Labels(np.arange(len(feet)), boxes, np.full(len(feet), flag), feet / 100)


def walker(frame: int) -> tuple[float, float]:
    return 100 + 100 * PACE_MPS * frame / RATE_FPS, 300.0


def looked(frame: int, shift_px: float = 0.0, confirmed: bool = True) -> Looked:
    boxes = labels([walker(frame)]).xyxy_px + np.array([shift_px, 0, shift_px, 0])
    stamp = FrameStamp("camera", frame, 0, frame / RATE_FPS, SIZE_PX)
    one = np.ones(1, np.float32)
    ids, nobody = np.array([5], np.int64), np.empty(0, np.int64)
    tracks = Tracks(stamp, ids, boxes.astype(np.float32), one, np.zeros(1, np.int16), np.array([confirmed]), nobody)
    return Looked(frame + 1, tracks)


CORNERS = labels([(50, 100), (950, 100), (50, 450), (950, 450), (500, 250)])


def test_calibration_takes_spread_points_and_no_cut_off_or_unscored_ones() -> None:
    crowd = labels([(500, 250), (510, 255), (50, 100), (950, 100), (50, 450), (950, 450), (5, 470)])
    unscored = labels([(990, 490)], flag=0.0)
    pairs = calibration_pairs({1: crowd, 2: unscored}, SIZE_PX, wanted=4)
    taken = {(round(x * 1000), round(y * 500)) for x, y in pairs.points01}
    assert taken == {(50, 100), (950, 100), (50, 450), (950, 450)}
    np.testing.assert_allclose(pairs.xy_m * 100, pairs.points01 * SIZE_PX)


def test_tracks_equal_to_the_truth_have_no_error() -> None:
    pairs = calibration_pairs({1: CORNERS}, SIZE_PX)
    plane = fit_point_pairs(pairs.points01, pairs.xy_m)
    found = compare([looked(f) for f in range(20)], {f + 1: labels([walker(f)]) for f in range(20)}, plane)
    assert len(found.off_m) == 20
    assert found.off_m.max() < 1e-3
    assert found.true_mps == pytest.approx(PACE_MPS)
    assert np.abs(found.speed_off_mps).max() < 1e-2


def test_a_shift_shows_in_the_distance_and_not_in_the_speed() -> None:
    pairs = calibration_pairs({1: CORNERS}, SIZE_PX)
    plane = fit_point_pairs(pairs.points01, pairs.xy_m)
    frames = [looked(f, shift_px=5.0) for f in range(20)]
    found = compare(frames, {f + 1: labels([walker(f)]) for f in range(20)}, plane)
    assert found.off_m == pytest.approx(0.05, abs=1e-3)
    assert np.abs(found.speed_off_mps).max() < 1e-2


def test_unconfirmed_tracks_are_not_scored() -> None:
    pairs = calibration_pairs({1: CORNERS}, SIZE_PX)
    plane = fit_point_pairs(pairs.points01, pairs.xy_m)
    frames = [looked(f, confirmed=False) for f in range(5)]
    assert len(compare(frames, {f + 1: labels([walker(f)]) for f in range(5)}, plane).off_m) == 0


def test_speed_of_a_path_looks_back_two_seconds_only() -> None:
    seconds = np.arange(0, 6, 0.2)
    x_m = np.where(seconds < 3, 0.0, 1.4 * (seconds - 3))
    path = np.column_stack([seconds, x_m, np.zeros_like(x_m)])
    assert path_speed(path, 5.0) == pytest.approx(1.4)
    assert path_speed(path, 2.0) == pytest.approx(0.0)
    assert path_speed(path, 0.4) is None
