"""Waits grow from end to end, up to a limit, and begin anew after a long life."""

import random

from passerby.back_off import BackOff, BackOffSettings


def test_waits_grow_to_the_limit() -> None:
    waits = BackOff(BackOffSettings(first_s=1.0, max_s=5.0, factor=2.0, healthy_s=60.0))
    assert [waits.wait_s(3.0) for _ in range(5)] == [1.0, 2.0, 4.0, 5.0, 5.0]


def test_a_long_life_begins_anew() -> None:
    waits = BackOff(BackOffSettings(first_s=1.0, max_s=5.0, factor=2.0, healthy_s=60.0))
    assert [waits.wait_s(lived_s) for lived_s in (1.0, 1.0, 61.0, 1.0)] == [1.0, 2.0, 1.0, 2.0]


def test_a_reset_begins_anew() -> None:
    waits = BackOff(BackOffSettings(first_s=1.0, max_s=5.0, factor=2.0, healthy_s=60.0))
    assert [waits.wait_s(), waits.wait_s()] == [1.0, 2.0]
    waits.reset()
    assert waits.wait_s() == 1.0


def test_spread_waits_lie_between_half_and_all_of_what_they_grew_to() -> None:
    settings = BackOffSettings(first_s=1.0, max_s=4.0, factor=2.0, healthy_s=60.0)
    spread = [BackOff(settings, random.Random(seed)) for seed in range(50)]
    for grown_s in (1.0, 2.0, 4.0, 4.0):
        waits_s = [waits.wait_s() for waits in spread]
        assert all(grown_s / 2 <= wait_s <= grown_s for wait_s in waits_s)
        assert len(set(waits_s)) == 50
