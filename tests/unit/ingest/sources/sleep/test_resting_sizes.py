"""What sizes are at rest, and what is larger."""

import numpy as np
import pytest

from passerby.ingest.sources.sleep.resting_sizes import (
    LARGEST_NEEDED,
    NEEDED_GROUPS,
    SMALLEST_SHARE,
    RestingSizes,
    Size,
    needed_share,
)

PLACES, KEY, INTER = 49, 120_000, 7_000


def sizes_of(chance: np.random.Generator, spread: float, factor: float = 1.0) -> list[int]:
    falling = 1.0 + 0.6 * np.exp(-np.arange(PLACES) / 6)
    sizes = INTER * falling * factor * np.exp(chance.normal(0.0, spread, PLACES))
    return [round(float(size)) for size in sizes]


def learned(spread: float = 0.06, groups: int = 12, drift: float = 0.0) -> tuple[RestingSizes, np.random.Generator]:
    chance, sizes = np.random.default_rng(4), RestingSizes()
    for group in range(groups):
        found = sizes_of(chance, spread, 1.0 + drift * group)
        sizes.learn(KEY, [Size(one, 30) for one in found])
    return sizes, chance


def moved_at(sizes: RestingSizes, groups: list[list[int]]) -> int | None:
    """Place, over all groups, of the first picture that is larger."""
    for number, size in enumerate(size for group in groups for size in group):
        if sizes.moved(number % PLACES, Size(size, 30)):
            return number
    return None


def test_a_stream_is_known_after_some_groups() -> None:
    assert not learned(groups=NEEDED_GROUPS - 1)[0].known
    sizes, _ = learned(groups=NEEDED_GROUPS)
    assert sizes.known
    assert sizes.smallest_share < SMALLEST_SHARE


def test_ten_minutes_of_rest_wake_nothing() -> None:
    sizes, chance = learned()
    assert moved_at(sizes, [sizes_of(chance, 0.06) for _ in range(300)]) is None


def test_what_is_in_view_for_half_a_second_shows() -> None:
    sizes, chance = learned()
    rest = [sizes_of(chance, 0.06) for _ in range(5)]
    passing = sizes_of(chance, 0.06)
    passing[20:33] = [round(size + 0.02 * KEY) for size in passing[20:33]]
    found = moved_at(sizes, [*rest, passing])
    assert found is not None
    assert 5 * PLACES + 20 <= found < 5 * PLACES + 33


def test_slow_changes_of_light_and_rate_do_not_wake() -> None:
    sizes, chance = learned()
    assert moved_at(sizes, [sizes_of(chance, 0.06, 1.0 + 0.004 * group) for group in range(60)]) is None


def test_noise_that_hides_what_passes_is_told() -> None:
    sizes, _ = learned(spread=0.9)
    assert sizes.smallest_share > SMALLEST_SHARE


def test_pictures_of_one_size_say_nothing() -> None:
    sizes = RestingSizes()
    for _ in range(NEEDED_GROUPS):
        sizes.learn(INTER, [Size(INTER, 30)] * PLACES)
    assert sizes.equal


@pytest.mark.parametrize("place", [PLACES, PLACES + 30])
def test_a_picture_at_a_place_that_no_group_had_may_be_anything(place: int) -> None:
    assert learned()[0].moved(place, Size(INTER, 30))


def test_a_camera_that_holds_its_rate_shows_it_by_a_coarser_quantiser() -> None:
    chance, sizes = np.random.default_rng(4), RestingSizes()
    for group in range(12):
        sizes.learn(KEY, [Size(one, 28 + group % 4) for one in sizes_of(chance, 0.06, 2.0 ** (-(group % 4) / 6))])
    rest = [[Size(one, 30) for one in sizes_of(chance, 0.06, 2.0 ** (-2 / 6))] for _ in range(2)]
    passing = [Size(one, 36) for one in sizes_of(chance, 0.06, 2.0 ** (-2 / 6))]
    assert not any(sizes.moved(place, one) for group in rest for place, one in enumerate(group))
    assert any(sizes.moved(place, one) for place, one in enumerate(passing))


def test_what_is_too_small_to_pass_in_two_seconds_does_not_wake_by_sizes_alone() -> None:
    sizes, chance = learned(spread=0.004)
    rest = [sizes_of(chance, 0.004) for _ in range(3)]
    small = [round(size + 2 * 0.001 * KEY) for size in sizes_of(chance, 0.004)]
    large = [round(size + 2 * 0.008 * KEY) for size in sizes_of(chance, 0.004)]
    assert moved_at(sizes, [*rest, small]) is None
    assert moved_at(sizes, [*rest, large]) is not None


def test_a_second_of_what_is_small_shows_where_half_a_second_does_not() -> None:
    def passing(length: int, share: float) -> int | None:
        sizes, chance = learned(spread=0.2)
        groups = [sizes_of(chance, 0.2) for _ in range(4)]
        groups[3][10 : 10 + length] = [round(size + 2 * share * KEY) for size in groups[3][10 : 10 + length]]
        return moved_at(sizes, groups)

    assert passing(30, 0.016) is not None
    assert passing(12, 0.016) is None
    assert passing(12, 0.040) is not None


@pytest.mark.parametrize(
    ("group_s", "share"), [(2.0, SMALLEST_SHARE), (1.0, 4 * SMALLEST_SHARE), (0.2, LARGEST_NEEDED)]
)
def test_what_is_in_view_for_less_time_fills_more_of_it(group_s: float, share: float) -> None:
    assert needed_share(group_s) == pytest.approx(share)
