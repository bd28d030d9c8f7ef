"""A decoder that sleeps in bad weather, for a long time, and beside a stream that changes: it hides no one."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from passerby.ingest.sources.coded_pictures import CodedPicture
from passerby.ingest.sources.sleep.resting_decoder import Phase
from testing.pictures.night import CLOCK_HZ, RATE_FPS, Luma, Passing, block, coded_night
from tests.unit.ingest.sources.sleep.test_resting_decoder import at, empty, watched

GROUP = round(2.0 * RATE_FPS)
STEP = CLOCK_HZ // RATE_FPS


def rain(now_s: float, luma: Luma) -> None:
    """Short bright streaks, new ones in each picture."""
    chance = np.random.default_rng(round(now_s * 100))
    for row, column in zip(chance.integers(0, 100, 25), chance.integers(0, 192, 25), strict=True):
        luma[row : row + 8, column] += 40.0


def snow(now_s: float, luma: Luma) -> None:
    """Flakes that fall slowly."""
    chance = np.random.default_rng(9)
    for row, column, speed in zip(chance.random(40), chance.integers(0, 189, 40), chance.random(40), strict=True):
        top = int((row * 112 + now_s * (20 + 30 * speed)) % 109)
        luma[top : top + 3, column : column + 3] = 130.0


def trees(now_s: float, luma: Luma) -> None:
    """A patterned corner that sways."""
    left = 140 + round(4 * np.sin(2.1 * now_s) + 2 * np.sin(5.3 * now_s))
    luma[:40, left : left + 40] = 40.0 + 60.0 * np.random.default_rng(4).random((40, 40))


def headlights(now_s: float, luma: Luma) -> None:
    """A beam of a car that is not in view sweeps over the ground every five seconds."""
    middle = 250 * ((now_s % 5.0) / 1.5) - 30
    luma += 50.0 * np.exp(-(((np.arange(192) - middle) / 25) ** 2))


def cloud(now_s: float, luma: Luma) -> None:
    """A shadow's soft edge that takes half a minute to cross the view."""
    luma -= 12.0 / (1 + np.exp(-(np.arange(192) - 8 * (now_s - 16.0)) / 12))


def both(one: Passing, other: Passing) -> Passing:
    def passing(now_s: float, luma: Luma) -> None:
        one(now_s, luma)
        other(now_s, luma)

    return passing


@pytest.mark.parametrize(
    ("weather", "why"),
    [
        (rain, "rain, in snow"),
        (snow, "rain, in snow"),
        (trees, "its view changes all the time"),
        (headlights, "its view changes all the time"),
        (cloud, ""),
    ],
)
def test_weather_hides_no_one_who_passes_between_two_key_pictures(weather: Passing, why: str) -> None:
    track, pictures = coded_night(32.0, both(weather, block(26.2, 27.7, (24, 40))))
    night, awake = watched(track, pictures), watched(track, pictures, quiet=lambda _number: False)
    for number in range(at(26.2), at(27.7) + 1):
        assert np.array_equal(night.shown[number], awake.shown[number]), number
    assert why in night.why_not
    assert bool(night.slept) is (weather is cloud)


def shifted(pictures: Sequence[CodedPicture], by: int, rate: float = 1.0) -> list[CodedPicture]:
    """The same pictures at later times, and at another rate."""
    begin = pictures[0].ticks or 0
    return [replace(one, ticks=by + round(((one.ticks or 0) - begin) / rate)) for one in pictures]


def test_who_comes_after_ten_minutes_of_nothing_is_shown_from_the_first_picture_on() -> None:
    track, nothing = empty()
    _, passes = coded_night(36.0, block(24.2, 33.2, (4, 10)))
    film = list(nothing[: at(32.0)])
    for turn in range(36):  # groups begin with a refresh, and so can follow one another in any order
        film += shifted(nothing[at(16.0) : at(32.0)], at(32.0) * STEP + turn * at(16.0) * STEP)
    begins = len(film)
    film += shifted(passes[at(22.0) :], begins * STEP)
    assert begins >= at(600.0)
    night = watched(track, film)
    decoded = sum(phase is not Phase.HELD for phase, tag in night.phases if at(32.0) <= tag < begins)
    assert decoded <= (begins - at(32.0)) / GROUP + 1
    assert set(range(begins + at(2.2), begins + at(11.2))) <= set(night.shown)


def test_a_stream_that_changes_its_rate_is_learned_anew_and_hides_no_one() -> None:
    track, nothing = empty()
    _, passes = coded_night(36.0, block(26.2, 27.7, (40, 60)))
    film = [*nothing[: at(30.0)], *shifted(passes, at(30.0) * STEP, rate=2.0)]
    night = watched(track, film)
    first = at(30.0) + at(26.2)
    assert night.slept[0] < at(30.0)
    assert set(range(first, first + at(1.5))) <= set(night.shown)


def test_a_key_picture_that_comes_too_seldom_from_some_time_on_wakes_for_good() -> None:
    track, nothing = empty()
    _, slow = coded_night(40.0, group_s=4.0)
    night = watched(track, [*nothing[: at(30.0)], *shifted(slow, at(30.0) * STEP)])
    assert night.slept[0] < at(30.0)
    assert all(number < at(34.5) for number in night.slept)
    assert "4.0 s apart" in night.why_not
    assert set(range(at(32.5), at(70.0))) <= set(night.shown)
