"""What a site file means at a camera, as a picture."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from passerby.domain.errors import OutputError
from passerby.domain.layout import Layout, Line, Zone
from passerby.geometry.calibration import fit_point_pairs
from passerby.report.layout_picture import layout_picture, write_layout_png
from passerby.report.sketch import BACKWARD, FORWARD, ZONE_RIM

GATE = Line("west gate", np.array([[0.5, 0.9], [0.5, 0.1]], np.float32), forward_name="out", backward_name="in")
BENCHES = Zone("benches", np.array([[0.1, 0.6], [0.3, 0.6], [0.3, 0.9], [0.1, 0.9]], np.float32))
GROUND = fit_point_pairs(
    np.array([[0.6, 0.5], [0.9, 0.5], [1.0, 1.0], [0.5, 1.0]]), np.array([[0, 9], [6, 9], [6, 0], [0, 0]])
)
MASK = np.array([[0.8, 0.1], [0.95, 0.1], [0.95, 0.2], [0.8, 0.2]], np.float32)
PLACE = np.full((540, 960, 3), 160, np.uint8)


def shown(layout: Layout, masks: tuple[np.ndarray, ...] = ()) -> np.ndarray:
    return np.asarray(layout_picture(layout, masks, PLACE), np.int16)


def near(picture: np.ndarray, colour: tuple[int, ...]) -> np.ndarray:
    """Where the picture has a colour: bool (H, W)."""
    return np.asarray(np.abs(picture - np.array(colour[:3])).max(axis=2) < 12)


def test_arrows_show_both_ways_on_their_sides_of_the_line() -> None:
    picture = shown(Layout((GATE,), (), (), None))
    beside = near(picture, FORWARD)[270], near(picture, BACKWARD)[270]
    # From the lower end to the upper one: the right hand is on the right.
    assert beside[0][482:515].any()
    assert not beside[0][440:478].any()
    assert beside[1][445:478].any()


def test_zones_masks_and_ground_are_drawn_where_they_are() -> None:
    bare = shown(Layout((), (), (), None))
    picture = shown(Layout((), (BENCHES,), (), GROUND), (MASK,))
    assert near(picture, ZONE_RIM)[324:326, 110:280].any()
    assert picture[81, 840].max() < 60 < bare[81, 840].min()
    differs = np.abs(picture - bare).max(axis=2) > 10
    assert differs[290:530, 560:900].mean() > 0.02
    assert not differs[0:50, 0:700].any()


def test_names_are_written_even_where_all_is_full() -> None:
    lines = tuple(
        Line(f"line {at}", np.array([[0.02 * at + 0.1, 0.1], [0.02 * at + 0.1, 0.9]], np.float32)) for at in range(40)
    )
    bare = shown(Layout(lines[:1], (), (), None))
    assert np.abs(shown(Layout(lines, (), (), None)) - bare).max() > 100


def test_it_is_a_picture_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "out.png"
    write_layout_png(Layout((GATE,), (), (), None), (), None, path)
    with Image.open(path) as picture:
        assert picture.size == (1280, 720)
    with pytest.raises(OutputError):
        write_layout_png(Layout((GATE,), (), (), None), (), np.zeros((2, 2), np.uint8), tmp_path / "no.png")
    assert not (tmp_path / "no.png").exists()
