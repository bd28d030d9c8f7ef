"""What a site file means at one camera, drawn onto its empty place: lines, ways, zones, masks, ground and names."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from passerby.domain.frames import AnonymousFrame
from passerby.domain.layout import Layout
from passerby.geometry.ground_grid import ground_grid
from passerby.report.pictures.backdrop import backdrop
from passerby.report.pictures.cards import Card, CardWriter, Detail
from passerby.report.pictures.marks import arrow_points, in_place, line_shapes, zone_point, zone_shapes
from passerby.report.pictures.page import Arrangement, arrange
from passerby.report.pictures.palette import DARK, Palette
from passerby.report.pictures.scene import Area, Bitmap, Box, Colour, Point, Scene, Shape, Stroke, outline
from passerby.report.pictures.strips import TITLE, Page, title_strip
from passerby.report.pictures.typeface import typeface_for

Outline = npt.NDArray[np.float32]

_GRID: Colour = (255, 240, 160, 130)
_MASK: Colour = (8, 10, 14, 200)
_MASK_RIM: Colour = (255, 255, 255, 200)


def layout_picture(
    layout: Layout,
    masks: Sequence[Outline],
    empty_place: AnonymousFrame | None,
    *,
    title: str,
    palette: Palette = DARK,
) -> Scene:
    """Returns one picture of all that is measured at a camera.

    Args:
        layout: lines, zones and ground.
        masks: float32 (P, 2), 0-1 of the picture, what is blotted out.
        empty_place: the place without people; None draws on a plain canvas.
        title: site and camera.
        palette: the colours.

    Returns:
        the picture; the place in it is 960 to 2560 pixels wide, and margins with names stand beside it.

    Raises:
        OutputError: `empty_place` has no pixel.
    """
    image = backdrop(empty_place, palette)
    face, unit_px = typeface_for([title, *_texts(layout)]), image.width / 960

    def cards(writer: CardWriter, _: Detail) -> Sequence[Card]:
        return [*map(writer.line_name_card, layout.lines), *map(writer.zone_name_card, layout.zones)]

    def anchors(place: Box) -> Sequence[Point]:
        return [*arrow_points(layout.lines, place), *(zone_point(zone, place) for zone in layout.zones)]

    arrangement = arrange(image.size, round(TITLE * unit_px), face, cards, anchors)
    page = Page(arrangement.width_px, unit_px, face, palette)
    parts = [
        (len(layout.lines), "line"),
        (len(layout.zones), "zone"),
        (len(masks), "mask"),
    ]
    below = ", ".join(f"{number} {word}{'' if number == 1 else 's'}" for number, word in parts if number)
    ground = "ground calibrated" if layout.ground is not None else "ground not calibrated"
    shapes = (
        Bitmap(image, arrangement.place),
        *_marks(layout, masks, arrangement, palette),
        *arrangement.cards.shapes(palette),
        *title_strip(page, title, below or "nothing is drawn here yet", ground),
    )
    return Scene((arrangement.width_px, round(arrangement.place.bottom_px)), palette.paper, face, shapes)


def _marks(layout: Layout, masks: Sequence[Outline], arrangement: Arrangement, palette: Palette) -> Iterator[Shape]:
    place = arrangement.place
    unit_px = place.size_px[0] / 960
    for mask in masks:
        corners = tuple(in_place(corner, place) for corner in mask.tolist())
        yield Area(corners, _MASK)
        yield outline(corners, _MASK_RIM, 1.2 * unit_px)
    if layout.ground is not None:
        for stroke in ground_grid(layout.ground).strokes:
            yield Stroke(tuple(in_place(point, place) for point in stroke.tolist()), _GRID, unit_px)
    yield from zone_shapes(layout.zones, place, palette)
    yield from arrangement.cards.leaders(palette, unit_px)
    yield from line_shapes(layout.lines, arrow_points(layout.lines, place), place, palette)


def _texts(layout: Layout) -> Iterator[str]:
    for line in layout.lines:
        yield from (line.name, line.forward_name, line.backward_name)
    yield from (zone.name for zone in layout.zones)
