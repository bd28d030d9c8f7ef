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
        assert guard.decide(scene(1), step * 0.2).reason is None
    return guard


def test_darkness(guard: SceneGuard) -> None:
    assert guard.decide((scene(1) * 0.1).astype(np.uint8) + 16, 2.0).reason is MaskReason.DARK
    assert guard.decide(scene(1), 30.0).reason is None


def test_a_covered_lens(guard: SceneGuard) -> None:
    assert guard.decide(np.full_like(scene(1), 120), 2.0).reason is MaskReason.DARK


def test_sudden_light(guard: SceneGuard) -> None:
    brighter = np.clip(scene(1).astype(int) + 40, 0, 235).astype(np.uint8)
    assert guard.decide(brighter, 2.0).reason is MaskReason.LIGHT_CHANGED
    assert guard.decide(scene(1), 2.2).reason is None


def test_slow_light_is_followed(guard: SceneGuard) -> None:
    for step in range(300):
        light = step * 0.15
        seen = np.clip(scene(1).astype(float) + light, 0, 235).astype(np.uint8)
        assert guard.decide(seen, 2 + step * 0.5).reason is None


def test_a_turned_camera(guard: SceneGuard) -> None:
    turned = np.roll(scene(1), 4, axis=1)
    assert guard.decide(turned, 2.0).reason in (MaskReason.CAMERA_MOVED, MaskReason.SCENE_CHANGED)


def test_a_shake_passes_without_a_new_scene(guard: SceneGuard) -> None:
    decisions = [guard.decide(np.roll(scene(1), shift, axis=0), 2 + n * 0.2) for n, shift in enumerate((3, -3, 2, -3))]
    assert all(decision.reason is not None and not decision.new_scene for decision in decisions)
    assert guard.decide(scene(1), 3.0).reason is None


def test_a_cut_is_masked_at_once_and_replaced_when_it_stays(guard: SceneGuard) -> None:
    decisions = [guard.decide(scene(2), 2 + step * 0.2) for step in range(20)]
    assert decisions[0].reason is MaskReason.SCENE_CHANGED
    replaced = [step for step, decision in enumerate(decisions) if decision.new_scene]
    assert replaced == [10]
    assert all(decision.reason is not None for decision in decisions[:11])
    assert decisions[-1].reason is None


@pytest.mark.parametrize("reason", list(MaskReason))
def test_a_masked_picture_is_two_colours_and_says_why(reason: MaskReason) -> None:
    picture = masked_picture((480, 270), reason)
    assert picture.shape == (270, 480, 3)
    assert (picture[:50] == picture[0, 0]).all()
    assert (picture[100:170] != picture[0, 0]).any()


def checkered(low: int, high: int) -> np.ndarray:
    """A picture whose mean is half-way between two levels, and whose contrast is half their difference."""
    rows, columns = np.indices(GUARD_SIZE_PX[::-1])
    return np.where((rows + columns) % 2 == 0, low, high).astype(np.uint8)


@pytest.mark.parametrize(
    ("low", "high", "dark"), [(26, 46, False), (25, 45, True), (114, 126, False), (115, 125, True)]
)
def test_a_picture_at_the_limits_of_darkness_and_contrast_may_be_shown(low: int, high: int, dark: bool) -> None:
    assert (SceneGuard().decide(checkered(low, high), 0.0).reason is MaskReason.DARK) is dark


@pytest.mark.parametrize(("lighter", "reason"), [(18, None), (19, MaskReason.LIGHT_CHANGED)])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_step_of_light_at_the_limit_may_be_shown(lighter: int, reason: MaskReason | None, sign: int) -> None:
    guard = SceneGuard()
    street = np.clip(scene(1), 60, 200)
    guard.decide(street, 0.0)
    assert guard.decide((street.astype(int) + sign * lighter).astype(np.uint8), 0.2).reason is reason
