"""A decoder that sleeps, beside one that does not: the same pictures come out while anything moves."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pytest

from passerby.ingest.sources.coded_pictures import CodedPicture, Track
from passerby.ingest.sources.decoder import PictureDecoder
from passerby.ingest.sources.sleep.resting_decoder import Phase, RestingDecoder, luma_of
from testing.pictures.night import CLOCK_HZ, RATE_FPS, block, coded_night

HELD_RATE = "bitrate=200:vbv-maxrate=200:vbv-bufsize=20:nal-hrd=cbr:filler=1:repeat-headers=1"
LEARNS_S = 18.0
"""Six groups of two seconds at rest, and some more."""


@dataclass
class Night:
    """What came of a stream: the pictures that were shown, by number, when the decoder slept, and what was held."""

    shown: dict[int, np.ndarray] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)
    slept: list[int] = field(default_factory=list)
    woke: list[int] = field(default_factory=list)
    phases: list[tuple[Phase, int]] = field(default_factory=list)
    why_not: str = ""
    notice: str = ""


def watched(
    track: Track, pictures: Sequence[CodedPicture], quiet: Callable[[int], bool] = lambda _number: True
) -> Night:
    """Gives a stream to a decoder that may sleep where `quiet` says that no one is followed."""
    resting, night = RestingDecoder[int](PictureDecoder(track), track), Night()
    was_asleep = False
    for number, coded in enumerate(pictures):
        for one in resting.put(coded, number, quiet=quiet(number)):
            night.phases.append((one.phase, one.tag))
            if one.phase in (Phase.NOW, Phase.LATE) and one.frame is not None:
                night.shown[one.tag] = luma_of(one.frame).copy()
                night.order.append(one.tag)
        if resting.asleep and not was_asleep:
            night.slept.append(number)
        if was_asleep and not resting.asleep:
            night.woke.append(number)
        was_asleep = resting.asleep
    night.why_not, night.notice = resting.why_not, resting.notice
    return night


@cache
def empty() -> tuple[Track, tuple[CodedPicture, ...]]:
    """Half a minute in which nothing happens."""
    track, pictures = coded_night(34.0)
    return track, tuple(pictures)


def at(second: float) -> int:
    return round(second * RATE_FPS)


def test_an_empty_street_lets_it_sleep_and_looks_are_due_in_time() -> None:
    night = watched(*empty())
    assert night.slept
    assert night.slept[0] <= at(LEARNS_S)
    assert night.woke == []
    looks = [tag for phase, tag in night.phases if phase is Phase.LOOK]
    assert np.diff([night.slept[0], *looks]).max() <= at(8.0)
    assert sum(phase is Phase.NOW for phase, _ in night.phases) == night.slept[0] + 1
    assert re.search(r"less than 0\.\d\d% of the view and is gone between two of them can be missed", night.notice)


@pytest.mark.parametrize("begins_s", [24.3, 25.0, 25.9])
def test_who_passes_between_two_key_pictures_is_shown_whole(begins_s: float) -> None:
    track, pictures = coded_night(29.0, block(begins_s, begins_s + 1.5, (40, 60)))
    night, awake = watched(track, pictures), watched(track, pictures, quiet=lambda _number: False)
    assert night.woke
    needed = range(at(begins_s), at(begins_s + 1.5) + 1)
    assert set(needed) <= set(night.shown)
    for number in needed:
        assert np.array_equal(night.shown[number], awake.shown[number]), number


def test_a_small_slow_walker_is_shown_from_the_key_picture_on_before_they_are_noticed() -> None:
    track, pictures = coded_night(38.0, block(24.5, 36.0, (4, 10)))
    night, awake = watched(track, pictures), watched(track, pictures, quiet=lambda _number: False)
    late = [tag for phase, tag in night.phases if phase is Phase.LATE]
    assert min(late) <= at(24.5)
    assert all(np.array_equal(night.shown[number], awake.shown[number]) for number in range(at(24.5), at(34.0)))
    # The key picture that was shown when the sleep began may come once more; all else comes once.
    assert {number for number in night.order if night.order.count(number) > 1} <= set(night.slept)


def test_who_is_followed_wakes_it_and_nothing_since_the_last_look_is_lost() -> None:
    track, pictures = empty()
    night = watched(track, pictures, quiet=lambda number: number < at(29.5))
    assert night.woke == [at(29.5)]
    assert set(range(at(28.0), at(34.0))) <= set(night.shown)


def test_looks_that_are_not_answered_let_nothing_go() -> None:
    track, pictures = empty()
    resting = RestingDecoder[int](PictureDecoder(track), track)
    looked, late = 0, []
    for number, coded in enumerate(pictures):
        quiet = number < at(33.0)
        for one in resting.put(coded, number, quiet=quiet, answered=not looked):
            looked = looked or (one.tag if one.phase is Phase.LOOK else 0)
            if one.phase is Phase.LATE:
                late.append(one.tag)
    assert looked
    assert late[0] <= looked
    assert late == list(range(late[0], at(33.0)))


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"group_s": 4.0}, r"key pictures come 4\.0 s apart"),
        ({"codec": "libx265", "options": {"x265-params": "log-level=none:bframes=0:keyint=20"}}, r"H\.265"),
        ({"codec": "mjpeg"}, "MJPEG"),
        ({"options": {"x264-params": HELD_RATE}}, "of one size|would show"),
    ],
)  # fmt: skip
def test_streams_that_would_not_show_what_moves_keep_it_awake_and_say_why(more: dict, why: str) -> None:
    track, pictures = coded_night(18.0, **more)
    night = watched(track, pictures)
    assert night.slept == []
    assert re.search(why, night.why_not)
    assert sorted(night.shown) == list(range(len(pictures)))


def test_pictures_that_are_shown_in_another_order_keep_it_awake() -> None:
    options = {"tune": "film", "x264-params": "bframes=2:b-adapt=0:scenecut=0:repeat-headers=1"}
    night = watched(*coded_night(18.0, options=options))
    assert night.slept == []
    assert len(night.shown) >= at(18.0) - 4


def test_a_damaged_picture_wakes_it_and_is_told() -> None:
    track, whole = empty()
    pictures = list(whole)
    pictures[at(29.5)] = CodedPicture(b"", pictures[at(29.5)].ticks, key=False, damaged=True)
    night = watched(track, pictures)
    assert night.woke[0] == at(29.5)
    assert (Phase.NOW, at(29.5)) in night.phases
    assert at(29.5) not in night.shown
    assert set(range(at(28.0), at(29.5))) <= set(night.shown)


def test_a_key_picture_that_does_not_come_wakes_it() -> None:
    track, pictures = empty()
    late = pictures[at(29.9)].ticks or 0
    rest = [
        CodedPicture(one.content, late + (number + 1) * CLOCK_HZ // RATE_FPS, key=False)
        for number, one in enumerate(pictures[at(28.1) : at(29.9)])
    ]
    night = watched(track, [*pictures[: at(30.0)], *rest])
    assert night.woke
    assert night.woke[0] <= at(30.3)


def test_another_size_wakes_it() -> None:
    track, pictures = empty()
    _, smaller = coded_night(4.0, size_px=(160, 96))
    moved = [CodedPicture(one.content, (one.ticks or 0) + 34 * CLOCK_HZ, one.key) for one in smaller]
    night = watched(track, [*pictures, *moved])
    assert night.woke == [at(34.0)]
    assert set(range(at(34.0), at(38.0))) <= set(night.shown)


def test_a_lamp_that_flickers_costs_some_wakes_and_hides_no_one() -> None:
    walker = block(32.5, 34.0, (40, 60))

    def passing(now_s: float, luma: np.ndarray) -> None:
        luma[:16, 140:160] += 40.0 * (int(now_s * 1.7) % 2)
        walker(now_s, luma)

    track, pictures = coded_night(36.0, passing)
    night, awake = watched(track, pictures), watched(track, pictures, quiet=lambda _number: False)
    needed = range(at(32.5), at(34.0) + 1)
    assert all(np.array_equal(night.shown[number], awake.shown[number]) for number in needed)
