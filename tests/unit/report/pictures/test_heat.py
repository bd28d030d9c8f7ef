"""The flow heat map."""

import numpy as np
import numpy.typing as npt
import pytest

from passerby.domain.report import FlowMap
from passerby.report.pictures.heat import heat_colours, heat_levels, heat_overlay, heat_ticks
from testing.reports import crossing_paths


def lightness(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """CIE L*, 0-100, of sRGB colours (IEC 61966-2-1)."""
    share = rgb.astype(np.float64) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    luminance = linear @ np.array([0.2126, 0.7152, 0.0722])
    light: npt.NDArray[np.float64] = np.where(luminance > 0.008856, 116 * np.cbrt(luminance) - 16, 903.3 * luminance)
    return light


def test_more_is_brighter_all_the_way_in_even_steps() -> None:
    steps = np.diff(lightness(heat_colours(np.linspace(0, 1, 25))))
    assert steps.min() > 1.5
    assert steps.max() < 3 * steps.min()


def test_levels_are_logarithmic_and_reach_one() -> None:
    levels = heat_levels(np.array([[0, 1, 9, 99]], np.float32))
    assert levels.tolist() == [pytest.approx([0.0, np.log(2) / np.log(100), 0.5, 1.0])]


def test_the_place_shows_where_nobody_passed_and_through_the_crowd() -> None:
    overlay = heat_overlay(crossing_paths(), (640, 360))
    assert overlay is not None
    opacity = np.asarray(overlay)[:, :, 3]
    assert opacity[:80, :200].max() == 0
    assert opacity[175:185, :].min() > 100
    assert opacity.max() < 220


def test_the_busier_way_is_the_brighter() -> None:
    overlay = heat_overlay(crossing_paths(), (640, 360))
    assert overlay is not None
    rgb = np.asarray(overlay)[:, :, :3]
    assert lightness(rgb[180:181, 100]) > lightness(rgb[60:61, 320]) + 10


@pytest.mark.parametrize("shape", [(4, 6), (0, 6), (0, 0)])
def test_nobody_passed(shape: tuple[int, int]) -> None:
    nobody = FlowMap(np.zeros(shape, np.float32))
    assert heat_overlay(nobody, (64, 36)) is None
    assert heat_ticks(nobody) == []


@pytest.mark.parametrize(
    ("busiest", "numbers"),
    [(5, [5]), (10, [5, 10]), (15, [5, 15]), (20, [5, 10, 20]), (4320, [5, 10, 100, 1000, 4320])],
)
def test_the_legend_names_round_numbers_and_the_busiest(busiest: int, numbers: list[int]) -> None:
    ticks = heat_ticks(FlowMap(np.array([[busiest, 0]], np.float32)))
    assert [number for _, number in ticks] == numbers
    assert ticks[-1][0] == pytest.approx(1.0)


@pytest.mark.parametrize("road_users", [1, 4])
def test_what_fewer_than_five_made_is_not_drawn(road_users: int) -> None:
    few = FlowMap(np.full((4, 6), road_users, np.float32))
    assert heat_overlay(few, (64, 36)) is None
    assert heat_ticks(few) == []
