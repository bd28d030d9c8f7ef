import cv2
import numpy as np
import pytest

from passerby.ingest.anonymise.guard import GUARD_SIZE_PX, MaskReason, SceneGuard, masked_picture


def scene(seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    small = random.normal(0, 1, (18, 32)).astype(np.float32)
    return np.clip(115 + 30 * cv2.resize(small, GUARD_SIZE_PX), 20, 230).astype(np.uint8)


@pytest.fixture
def guard() -> SceneGuard:
    guard = SceneGuard()
    for step in range(10):
        assert guard.judge(scene(1), step * 0.2).reason is None
    return guard


def test_darkness(guard: SceneGuard) -> None:
    assert guard.judge((scene(1) * 0.1).astype(np.uint8) + 16, 2.0).reason is MaskReason.DARK
    assert guard.judge(scene(1), 30.0).reason is None


def test_a_covered_lens(guard: SceneGuard) -> None:
    assert guard.judge(np.full_like(scene(1), 120), 2.0).reason is MaskReason.DARK


def test_sudden_light(guard: SceneGuard) -> None:
    brighter = np.clip(scene(1).astype(int) + 40, 0, 235).astype(np.uint8)
    assert guard.judge(brighter, 2.0).reason is MaskReason.LIGHT_CHANGED
    assert guard.judge(scene(1), 2.2).reason is None


def test_slow_light_is_followed(guard: SceneGuard) -> None:
    for step in range(300):
        light = step * 0.15
        seen = np.clip(scene(1).astype(float) + light, 0, 235).astype(np.uint8)
        assert guard.judge(seen, 2 + step * 0.5).reason is None


def test_a_turned_camera(guard: SceneGuard) -> None:
    turned = np.roll(scene(1), 4, axis=1)
    assert guard.judge(turned, 2.0).reason in (MaskReason.CAMERA_MOVED, MaskReason.SCENE_CHANGED)


def test_a_shake_passes_without_forgetting(guard: SceneGuard) -> None:
    verdicts = [guard.judge(np.roll(scene(1), shift, axis=0), 2 + n * 0.2) for n, shift in enumerate((3, -3, 2, -3))]
    assert all(verdict.reason is not None and not verdict.forget for verdict in verdicts)
    assert guard.judge(scene(1), 3.0).reason is None


def test_a_cut_is_masked_at_once_and_forgotten_when_it_stays(guard: SceneGuard) -> None:
    verdicts = [guard.judge(scene(2), 2 + step * 0.2) for step in range(20)]
    assert verdicts[0].reason is MaskReason.SCENE_CHANGED
    forgotten = [step for step, verdict in enumerate(verdicts) if verdict.forget]
    assert forgotten == [10]
    assert all(verdict.reason is not None for verdict in verdicts[:11])
    assert verdicts[-1].reason is None


@pytest.mark.parametrize("reason", list(MaskReason))
def test_a_masked_picture_is_two_colours_and_says_why(reason: MaskReason) -> None:
    picture = masked_picture((480, 270), reason)
    assert picture.shape == (270, 480, 3)
    assert (picture[:50] == picture[0, 0]).all()
    assert (picture[100:170] != picture[0, 0]).any()
