"""Which stream is chosen follows from sizes and heights alone, and seldom changes."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.ingest.sources.streams.choice import FIRST, Size, StreamChoice, StreamSettings

MAIN, HALF, THIRD = (1920, 1080), (960, 540), (640, 360)
SETTINGS = StreamSettings()
EVERY_S, LOOKS = SETTINGS.every_s, SETTINGS.looks

heights = st.floats(0.01, 1.0)


class Watched:
    """A camera that is watched as the choice says; each connection shows the size of its stream at once."""

    def __init__(self, *sizes: Size, settings: StreamSettings = SETTINGS) -> None:
        self.sizes, self.choice, self.now_s = sizes, StreamChoice(len(sizes), settings), 0.0
        self.streams: list[tuple[float, int]] = []
        self._connect()

    def _connect(self) -> None:
        while (wanted := self.choice.arrive(self.now_s, self.sizes[self.choice.current])) != self.choice.current:
            self._go(wanted)

    def _go(self, wanted: int) -> None:
        self.choice.switch(self.now_s, wanted)
        self.streams.append((self.now_s, wanted))

    def look(self, small: float, times: int = 1) -> int:
        for _ in range(times):
            self.now_s += EVERY_S
            self.choice.see(self.now_s, small)
            if (wanted := self.choice.wanted(self.now_s)) != self.choice.current:
                self._go(wanted)
                self._connect()
        return self.choice.current


def test_the_first_stream_is_watched_until_enough_looks_have_shown_how_high_people_are() -> None:
    camera = Watched(MAIN, THIRD)
    assert camera.look(0.2, LOOKS - 1) == FIRST
    assert camera.choice.small_px is None
    assert camera.look(0.2) == 1
    assert camera.choice.size_px == THIRD
    assert camera.choice.small_px == pytest.approx(0.2 * 360)


def test_a_stream_in_which_people_are_too_small_is_tried_once_and_left_at_once() -> None:
    camera = Watched(MAIN, THIRD)
    assert camera.look(0.08, 100) == FIRST
    assert [stream for _, stream in camera.streams] == [1, FIRST]


def test_of_several_the_smallest_in_which_they_are_high_enough() -> None:
    camera = Watched(MAIN, THIRD, HALF)
    assert camera.look(0.08, 100) == 2
    assert [stream for _, stream in camera.streams] == [1, 2] or [stream for _, stream in camera.streams] == [
        1,
        FIRST,
        2,
    ]


def test_no_other_stream_is_even_tried_where_they_are_small_in_the_first() -> None:
    camera = Watched(MAIN, THIRD)
    assert camera.look(0.03, 500) == FIRST
    assert camera.streams == []


def test_a_few_who_are_small_are_enough_for_the_first_stream() -> None:
    camera = Watched(MAIN, THIRD)
    for _ in range(60):
        camera.look(0.03)
        camera.look(0.3, 4)
    assert [stream for _, stream in camera.streams] == []


def test_it_goes_back_where_people_have_become_too_small_and_waits_longer_each_time() -> None:
    camera = Watched(MAIN, THIRD)
    waits = []
    for _ in range(3):
        while camera.look(0.2) == FIRST:
            pass
        while camera.look(0.08) != FIRST:
            pass
        back_s = camera.now_s
        while camera.look(0.2) == FIRST:
            pass
        waits.append(camera.now_s - back_s)
    assert waits == sorted(waits)
    assert waits[0] >= SETTINGS.wait_s
    assert waits[-1] >= 3 * SETTINGS.wait_s


def test_a_smaller_stream_is_left_for_the_first_now_and_then_to_measure_anew() -> None:
    camera = Watched(MAIN, THIRD)
    camera.look(0.3, LOOKS)
    assert camera.choice.current == 1
    began_s = camera.now_s
    while camera.look(0.3) == 1:
        pass
    assert camera.now_s - began_s == pytest.approx(SETTINGS.again_s, abs=2 * EVERY_S)
    assert camera.look(0.3, LOOKS - 1) == FIRST
    assert camera.look(0.3, 2) == 1


def test_a_stream_of_another_shape_does_not_fit() -> None:
    choice = StreamChoice(2)
    assert choice.fits(THIRD)  # of the first no shape is known yet
    choice.arrive(0.0, MAIN)
    assert [choice.fits(size) for size in (THIRD, (640, 368), (640, 480), (360, 640))] == [True, True, False, False]


def test_a_stream_that_failed_is_tried_again_later_and_later() -> None:
    camera = Watched(MAIN, THIRD)
    times_s = []
    for _ in range(1 + int(10 * SETTINGS.retry_s / EVERY_S)):
        camera.now_s += EVERY_S
        camera.choice.see(camera.now_s, 0.3)
        if (wanted := camera.choice.wanted(camera.now_s)) != FIRST:
            camera.choice.switch(camera.now_s, wanted)
            camera.choice.fail(camera.now_s, "it is gone")
            times_s.append(camera.now_s)
    assert camera.choice.current == FIRST
    assert camera.choice.why_not == "its second stream is not watched: it is gone"
    pauses_s = [later - sooner for sooner, later in pairwise(times_s)]
    assert pauses_s == pytest.approx([SETTINGS.retry_s * 2**n for n in range(len(pauses_s))], abs=EVERY_S)
    assert len(pauses_s) >= 2


def test_looks_that_come_too_soon_and_old_ones_do_not_count() -> None:
    choice = StreamChoice(2)
    choice.arrive(0.0, MAIN)
    for number in range(10 * LOOKS):
        choice.see(number * EVERY_S / 20, 0.3)
    assert choice.small_px is None
    settings = replace(SETTINGS, kept_s=EVERY_S)
    camera = Watched(MAIN, THIRD, settings=settings)
    assert camera.look(0.3, 10 * LOOKS) == FIRST


def test_a_camera_with_one_stream_has_no_choice() -> None:
    assert Watched(MAIN).look(0.9, 100) == FIRST


sizes = st.lists(
    st.tuples(st.integers(2, 240).map(lambda w: 16 * w), st.integers(2, 140).map(lambda h: 16 * h)),
    min_size=1,
    max_size=5,
)


@given(sizes, heights)
def test_of_steady_heights_the_smallest_stream_that_is_enough_is_found_and_kept(
    sizes: list[Size], small: float
) -> None:
    camera = Watched(*sizes, settings=replace(SETTINGS, again_s=float("inf"), wait_s=0.0))
    chosen = camera.look(small, 60)
    assert camera.look(small, 60) == chosen
    high_px = small * camera.sizes[chosen][1]
    if high_px < SETTINGS.enough_px and chosen == FIRST:
        return  # nothing else was tried, or nothing is larger
    assert high_px >= SETTINGS.enough_px or all(
        one[0] * one[1] <= camera.sizes[chosen][0] * camera.sizes[chosen][1] for one in camera.sizes
    )


@given(st.lists(st.tuples(heights, st.integers(1, 60)), min_size=1, max_size=30))
def test_however_heights_change_streams_change_seldom(turns: list[tuple[float, int]]) -> None:
    camera = Watched(MAIN, HALF, THIRD)
    for small, times in turns:
        camera.look(small, times)
    kept_s = [later - sooner for (sooner, _), (later, _) in pairwise(camera.streams)]
    # Each stream is tried once, at once after the other; a smaller one after a larger one is waited for.
    hours = max(1.0, camera.now_s / 3600)
    assert len(camera.streams) <= 4 + 4 * hours
    smaller = [now for (_, before), (_, now) in pairwise(camera.streams) if now > before]
    assert len(smaller) <= 3 + 3 * hours
    assert all(one >= 0 for one in kept_s)


@given(st.lists(st.tuples(heights, st.integers(0, 2)), max_size=200))
def test_whatever_fails_the_first_stream_is_there(steps: list[tuple[float, int]]) -> None:
    choice, now_s = StreamChoice(3), 0.0
    choice.arrive(now_s, MAIN)
    for small, what in steps:
        now_s += 60.0
        choice.see(now_s, small)
        if what == 1 and choice.current != FIRST:
            choice.fail(now_s, "it is gone")
            assert choice.current == FIRST
        elif what == 2:
            choice.switch(now_s, choice.wanted(now_s))
        assert 0 <= choice.wanted(now_s) < 3
