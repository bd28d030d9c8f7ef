"""The still picture of a counted recording."""

import cv2
import numpy as np
import pytest

from passerby.ingest.anonymise.empty_scene import MIN_SAMPLE_S, EmptyScene, still_pace


def test_nothing_learned_is_no_picture(street) -> None:
    assert EmptyScene((), 10.0).frame() is None


def test_the_scene_is_learned_without_who_walked_through_it(street) -> None:
    scene = EmptyScene((), 20.0)
    for step in range(100):
        left = 10 + 2 * step
        raw = street.raw(step / 5, [(left, 60, left + 24, 124)])
        scene.learn(raw, street.seen(raw, [(left, 60, left + 24, 124)]))
    still = scene.frame()
    assert still is not None
    assert still.stamp == raw.stamp
    grey = cv2.cvtColor(still.image, cv2.COLOR_BGR2GRAY).astype(float)
    expected = (np.clip(street.ground, 16, 235) - 16) * 255 / 219
    assert np.abs(grey - expected)[130:230, 20:300].mean() < 4
    assert grey[60:124].max() < 215, "none of the walkers' white stripes"
    assert still.coarse is not None
    assert not still.coarse.any(), "all of it is certain"


def test_where_the_place_is_not_certain_it_is_coarse_and_known_to_be(street) -> None:
    scene = EmptyScene((), 20.0)
    standing = (120, 60, 160, 160)
    for step in range(100):
        raw = street.raw(step / 5, [standing])
        scene.learn(raw, street.seen(raw, [standing]))
    still = scene.frame()
    assert still is not None
    assert still.coarse is not None
    height, width = still.coarse.shape
    inside = still.coarse[60 * height // 240 : 160 * height // 240, 120 * width // 320 : 160 * width // 320]
    assert inside.all()
    assert not still.coarse[:, 260 * width // 320 :].any()


@pytest.mark.parametrize(("duration_s", "sample_s", "sweep_s"), [(4.0, MIN_SAMPLE_S, 0.5), (400.0, 10.0, 50.0)])
def test_a_recording_is_sampled_40_times_and_swept_8_times(duration_s: float, sample_s: float, sweep_s: float) -> None:
    pace = still_pace(duration_s)
    assert (pace.sample_s, pace.sweep_s) == (sample_s, sweep_s)
    assert pace.thorough
    assert not pace.inspect_live
