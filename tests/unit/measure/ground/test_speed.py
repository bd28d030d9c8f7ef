from collections import defaultdict

import numpy as np
import pytest

from passerby.domain.frames import FrameStamp
from passerby.domain.layout import GroundPlane
from passerby.domain.tracks import Tracks
from passerby.geometry.calibration import fit_point_pairs
from passerby.measure.ground.speed import SpeedMeter
from passerby.measure.slots import TrackSlots

CORNERS = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])
# 1000 px are 50 m and 500 px are 25 m: 5 cm a pixel everywhere.
FLAT = fit_point_pairs(CORNERS, CORNERS * (50.0, 25.0))


def last_speed(film, plane=FLAT, **settings):
    slots, meter = TrackSlots(), SpeedMeter(plane, **settings)
    for tracks in film:
        meter.update(slots.update(tracks))
    return meter.speed(0 if len(film) == 0 else int(slots.update(film[-1]).slot[0]), film[-1].stamp.stream_s)


def steady(px_per_frame, frames=30, noise_px=0.0, y=250.0):
    noise = np.random.default_rng(4).normal(0, noise_px, (frames, 2))
    return [(200 + px_per_frame * n + noise[n, 0], y + noise[n, 1]) for n in range(frames)]


def test_steady_walk_has_its_speed(walk, film):
    speed = last_speed(film(walk(1, steady(3.0), ends=False), frames=30))
    assert speed.mps == pytest.approx(3.0 * 0.05 * 10, rel=1e-3)


def test_noise_moves_the_speed_by_about_its_error(walk, film):
    speed = last_speed(film(walk(1, steady(3.0, noise_px=2.0), ends=False), frames=30))
    assert abs(speed.mps - 1.5) < 3 * speed.error_mps
    assert 0.01 < speed.error_mps < 0.3


def test_error_grows_with_the_calibrations_own(walk, film):
    rough = GroundPlane(FLAT.homography, 2.0, FLAT.hull)
    shot = film(walk(1, steady(3.0), ends=False), frames=30)
    assert last_speed(shot, rough).error_mps > last_speed(shot).error_mps + 0.05


def test_too_short_a_path_has_no_speed(walk, film):
    assert last_speed(film(walk(1, steady(3.0, frames=4), ends=False), frames=4)) is None


def test_far_outside_the_calibrated_area_there_is_no_speed(walk, film):
    corner = fit_point_pairs(CORNERS * 0.1, CORNERS * (5.0, 2.5))
    assert last_speed(film(walk(1, steady(3.0), ends=False), frames=30), corner) is None


def test_only_the_last_seconds_count(walk, film):
    feet = steady(0.0, frames=30) + [(200 + 4.0 * n, 250.0) for n in range(1, 41)]
    speed = last_speed(film(walk(1, feet, ends=False), frames=70))
    assert speed.mps == pytest.approx(2.0, rel=1e-3)


@pytest.mark.footage
def test_walking_speeds_agree_with_the_truths_metres(footage):
    """Ground plane from half of the labelled positions, speeds against those of the labels over the same second."""
    rows = np.array(
        [
            [float(cell) for cell in text.split(",")[:9]]
            for text in (footage / "pets09-s2l1" / "gt.txt").read_text().split()
        ]
    )
    feet01 = np.column_stack([(rows[:, 2] + rows[:, 4] / 2) / 768, (rows[:, 3] + rows[:, 5]) / 576])
    choice = np.arange(0, len(rows), 97)
    plane = fit_point_pairs(feet01[choice], rows[choice, 7:9])
    slots, meter, errors, paths = TrackSlots(), SpeedMeter(plane), [], defaultdict(list)
    for frame in range(1, 796, 2):
        now = rows[rows[:, 0] == frame]
        xyxy = np.column_stack([now[:, 2:4], now[:, 2:4] + now[:, 4:6]]).astype(np.float32)
        time_s = (frame - 1) / 10
        ids = now[:, 1].astype(np.int64)
        slotted = slots.update(
            Tracks(
                FrameStamp("cam", frame, round(time_s * 1e9), time_s, (768, 576)),
                ids,
                xyxy,
                np.ones(len(now), np.float32),
                np.zeros(len(now), np.int16),
                np.ones(len(now), np.bool_),
                np.empty(0, np.int64),
            )
        )
        meter.update(slotted)
        for row, track_id in enumerate(ids.tolist()):
            paths[track_id].append((time_s, *now[row, 7:9]))
            past = np.array([one for one in paths[track_id] if one[0] >= time_s - 2.0])
            speed = meter.speed(int(slotted.slot[row]), time_s)
            if speed is not None and past[-1, 0] - past[0, 0] > 1.5:
                true_mps = np.linalg.norm(past[-1, 1:] - past[0, 1:]) / (past[-1, 0] - past[0, 0])
                errors.append(abs(speed.mps - true_mps))
    assert len(errors) > 1000
    assert np.median(errors) < 0.2


@pytest.mark.parametrize(("frames", "measured"), [(5, False), (6, True)])
def test_half_a_second_of_path_is_needed(walk, film, frames, measured):
    speed = last_speed(film(walk(1, steady(3.0, frames=frames), ends=False), frames=frames))
    assert (speed is not None) is measured


def test_three_points_give_a_speed_and_two_do_not(walk, film):
    for frames, expected in ((2, None), (3, 0.3)):
        shot = film(walk(1, steady(3.0, frames=frames), ends=False), frames=frames, fps=2.0)
        speed = last_speed(shot)
        assert expected is None or speed.mps == pytest.approx(expected)
        assert (speed is None) is (expected is None)


def test_the_error_of_a_straight_walk_is_that_of_its_two_ends(walk, film):
    # 2 px of a picture 576 high are 25 m * 2 / 576 of ground; the path is as long as the window, 2 s.
    speed = last_speed(film(walk(1, steady(3.0), ends=False), frames=30))
    assert speed.error_mps == pytest.approx(np.sqrt(2) * 25 * 2 / 576 / 2.0, rel=1e-3)


def test_the_calibrations_error_is_a_share_of_the_speed(walk, film):
    rough = GroundPlane(FLAT.homography, 0.5, FLAT.hull)  # half a metre at both ends of 50 m: 2 %
    speed = last_speed(film(walk(1, steady(30.0, frames=20), ends=False), frames=20), rough, foot_noise_px=0.0)
    assert speed.mps == pytest.approx(15.0, rel=1e-4)
    assert speed.error_mps == pytest.approx(0.02 * 15.0, rel=1e-3)


def test_scatter_about_the_line_makes_the_error_of_its_slope(walk, film):
    feet = steady(3.0, frames=20, noise_px=3.0)
    speed = last_speed(film(walk(1, feet, ends=False), frames=20), foot_noise_px=0.0)
    times_s, metres = np.arange(20) / 10, np.array(feet) * 0.05
    fits = [np.polyfit(times_s, metres[:, axis], 1, cov=True) for axis in (0, 1)]
    assert speed.mps == pytest.approx(np.hypot(*(fit[0][0] for fit in fits)), rel=1e-3)
    assert speed.error_mps == pytest.approx(np.sqrt(np.mean([fit[1][0, 0] for fit in fits])), rel=1e-3)


@pytest.mark.parametrize(("x_px", "measured"), [(740, True), (760, False)])
def test_up_to_half_the_calibrated_areas_size_outside_of_it_there_is_a_speed(walk, film, x_px, measured):
    half = CORNERS * (0.5, 0.5)  # 500 by 250 px; the square root of the area is half a picture in 0-1: 250 px across
    plane = fit_point_pairs(half, half * (50.0, 25.0))
    feet = [(x_px + 0.1 * n, 100.0) for n in range(20)]
    assert (last_speed(film(walk(1, feet, ends=False), frames=20), plane) is not None) is measured
