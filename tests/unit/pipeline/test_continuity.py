"""Where time or view does not go on from the frame before."""

from dataclasses import replace

import pytest

from passerby.domain.frames import FrameStamp
from passerby.domain.health import Displacement, ImageQuality
from passerby.pipeline.continuity import CLOCK_SET_S, Continuity

START = FrameStamp("square", 0, 1_700_000_000_000_000_000, 0.0, (640, 360))


def after(step_s: float, clock_step_s: float | None = None, **more: object) -> FrameStamp:
    clock_s = step_s if clock_step_s is None else clock_step_s
    return replace(START, index=1, time_ns=START.time_ns + round(clock_s * 1e9), stream_s=step_s, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("stamp", "broken"),
    [
        (after(0.1), False),
        (after(1.4), False),
        (after(3600.0), False),  # nothing is followed over it, but time went on as it should
        (after(0.1, 19.0), False),  # a burst after a stall
        (after(0.1, CLOCK_SET_S + 0.1), True),
        (after(0.1, 0.1 - CLOCK_SET_S), True),
        (after(0.1, 3600.0), True),
        (after(0.1, -3600.0), True),
        (after(0.1, stretch=1), True),
        (after(0.1, size_px=(1280, 720)), True),
    ],
)
def test_time_goes_on_or_not(stamp: FrameStamp, broken: bool) -> None:
    continuity = Continuity()
    assert not continuity.broken(START, None)
    assert continuity.broken(stamp, None) is broken
    assert not continuity.broken(replace(stamp, stream_s=stamp.stream_s + 0.1), None)


def looks(*qualities: ImageQuality | None) -> list[bool]:
    continuity = Continuity()
    return [continuity.broken(after(0.1 * number), quality) for number, quality in enumerate(qualities)]


def seen(right: float = 0.0, recognised: float | None = 0.9, largest: float | None = None) -> ImageQuality:
    moved = None if recognised is None else Displacement(abs(right) if largest is None else largest, right)
    return ImageQuality(0, 120.0, recognised=recognised, displacement=moved)


NOWHERE = ImageQuality(0, 120.0, recognised=0.05)
LEARNING = seen(recognised=None)


def test_a_view_that_stays_goes_on() -> None:
    assert looks(seen(0.0), None, seen(0.004), None, seen(-0.003), seen(0.0)) == [False] * 6


def test_a_camera_that_is_turned_is_noticed_once_each_way() -> None:
    assert looks(seen(0.0), seen(0.03), None, seen(0.031), seen(0.0)) == [False, True, False, False, True]


def test_a_turn_round_the_picture_s_middle_is_noticed() -> None:
    assert looks(seen(0.0), seen(0.0, largest=0.02)) == [False, True]


def test_a_view_that_is_lost_and_found() -> None:
    assert looks(seen(), NOWHERE, NOWHERE, seen(0.2), seen(0.2)) == [False, True, False, True, False]


def test_a_view_that_is_still_being_learned_is_no_other() -> None:
    assert looks(LEARNING, LEARNING, seen(0.1), LEARNING, seen(0.0)) == [False] * 5
