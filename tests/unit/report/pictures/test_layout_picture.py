"""What a site file means at a camera, as a picture."""

import numpy as np

from passerby.domain.frames import AnonymousFrame, FrameStamp
from passerby.domain.layout import Layout, Line, Zone
from passerby.geometry.calibration import fit_point_pairs
from passerby.report.pictures.layout_picture import layout_picture
from passerby.report.pictures.painters.png import painted
from passerby.report.pictures.palette import DARK
from passerby.report.pictures.scene import Bitmap, Scene, Words

GATE = Line("west gate", np.array([[0.5, 0.9], [0.5, 0.1]], np.float32), forward_name="out", backward_name="in")
BENCHES = Zone("benches", np.array([[0.1, 0.6], [0.3, 0.6], [0.3, 0.9], [0.1, 0.9]], np.float32))
GROUND = fit_point_pairs(
    np.array([[0.6, 0.5], [0.9, 0.5], [1.0, 1.0], [0.5, 1.0]]), np.array([[0, 9], [6, 9], [6, 0], [0, 0]])
)
MASK = np.array([[0.8, 0.1], [0.95, 0.1], [0.95, 0.2], [0.8, 0.2]], np.float32)
PLACE = AnonymousFrame(FrameStamp("gate", 0, 0, 0.0, (960, 540)), np.full((540, 960, 3), 160, np.uint8), "redrawn")


def drawn(layout: Layout, masks: tuple[np.ndarray, ...] = ()) -> Scene:
    return layout_picture(layout, masks, PLACE, title="Square: gate")


def place(scene: Scene) -> np.ndarray:
    """The drawn place alone: int16 (540, 960, 3)."""
    box = next(shape.box for shape in scene.shapes if isinstance(shape, Bitmap))
    left, top = round(box.left_px), round(box.top_px)
    return np.asarray(painted(scene), np.int16)[top : top + 540, left : left + 960]


def near(picture: np.ndarray, colour: tuple[int, ...]) -> np.ndarray:
    """Where the picture has a colour: bool (H, W)."""
    return np.asarray(np.abs(picture - np.array(colour[:3])).max(axis=2) < 12)


def words(scene: Scene) -> list[str]:
    return [shape.text for shape in scene.shapes if isinstance(shape, Words)]


def test_arrows_show_both_ways_on_their_sides_of_the_line() -> None:
    picture = place(drawn(Layout((GATE,), (), (), None)))
    beside = near(picture, DARK.forward)[270], near(picture, DARK.backward)[270]
    # From the lower end to the upper one: the right hand is on the right.
    assert beside[0][482:515].any()
    assert not beside[0][440:478].any()
    assert beside[1][445:478].any()


def test_zones_masks_and_ground_are_drawn_where_they_are() -> None:
    bare = place(drawn(Layout((), (), (), None)))
    scene = drawn(Layout((), (BENCHES,), (), GROUND), (MASK,))
    picture = place(scene)
    assert near(picture, DARK.zone)[323:326, 110:280].any()
    assert picture[81, 840].max() < 60 < bare[81, 840].min()
    differs = np.abs(picture - bare).max(axis=2) > 10
    assert differs[290:530, 560:900].mean() > 0.02
    assert not differs[0:50, 0:700].any()
    assert {"Square: gate", "1 zone, 1 mask", "ground calibrated", "benches"} <= set(words(scene))


def test_names_stand_beside_the_place() -> None:
    said = words(drawn(Layout((GATE,), (BENCHES,), (), None)))
    assert {"west gate", "out", "in", "benches", "1 line, 1 zone", "ground not calibrated"} <= set(said)
    assert "nothing is drawn here yet" in words(drawn(Layout((), (), (), None)))
