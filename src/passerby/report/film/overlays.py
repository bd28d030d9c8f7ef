"""The lines of a film's picture, and what lights up at a line when one is counted."""

from collections.abc import Iterator
from functools import cached_property
from typing import Final

from passerby.geometry.directions import direction_vector
from passerby.report.film.counts import FilmCounts, Place
from passerby.report.film.overlay import Overlay, Picture
from passerby.report.film.table import Flashing
from passerby.report.pictures.cards import way_colour
from passerby.report.pictures.marks import arrow_points, ends_px, line_shapes
from passerby.report.pictures.palette import Palette
from passerby.report.pictures.scene import Box, Colour, Panel, Point, Shape, Stroke, Words, arrow
from passerby.report.pictures.typeface import Typeface
from passerby.tables.observation_table import direction_name

_NAME_PX: Final = 13.0
_LIT_PX: Final = 7.0
"""Width of a line that lights up."""

_REACH_PX: Final = 46.0
"""Length of the arrow that lights up with it."""


class LineOverlays:
    """The lines as they lie over every picture, and lit up, one way or the other."""

    def __init__(self, counts: FilmCounts, size_px: tuple[int, int], face: Typeface, palette: Palette) -> None:
        self._lines, self._size_px, self._face, self._palette = counts.lines, size_px, face, palette
        self._place = Box(0, 0, *size_px)
        self._points = arrow_points(self._lines, self._place)
        self._lit: dict[tuple[Place, bool], Overlay] = {}

    def lay_on(self, picture: Picture, lit: frozenset[Place], unseen: frozenset[Place]) -> None:
        """Draws all lines over a picture, in place.

        Args:
            picture: uint8 (H, W, 3), RGB.
            lit: where one has just been counted.
            unseen: those of them where it is not seen any more, so that no box is marked.
        """
        self._plain.lay_on(picture)
        for place in sorted(lit):
            key = place, place in unseen
            if key not in self._lit:
                self._lit[key] = self._overlay(self._lit_shapes(*key))
            self._lit[key].lay_on(picture)
        self._names.lay_on(picture)

    @cached_property
    def _plain(self) -> Overlay:
        return self._overlay(line_shapes(self._lines, self._points, self._place, self._palette))

    @cached_property
    def _names(self) -> Overlay:
        return self._overlay(self._name_shapes())

    def _overlay(self, shapes: Iterator[Shape]) -> Overlay:
        return Overlay.of(shapes, self._size_px, self._face)

    def _name_shapes(self) -> Iterator[Shape]:
        for line in self._lines:
            yield from self._plate(line.name, ends_px(line, self._place)[0], self._palette.card, self._palette.ink)

    def _lit_shapes(self, place: Place, unseen: bool) -> Iterator[Shape]:
        name, way = place
        for line, middle in zip(self._lines, self._points, strict=True):
            if line.name == name:
                colour = way_colour(way, self._palette)
                yield Stroke(ends_px(line, self._place), colour, _LIT_PX)
                x, y = direction_vector(line, way, self._size_px)
                head = (middle[0] + x * _REACH_PX, middle[1] + y * _REACH_PX)
                yield from arrow(middle, head, colour, 6.5)
                words = f"+1 {direction_name(line, way)}{', seen no more' if unseen else ''}"
                beside = (head[0] + x * 22, head[1] + y * 22)
                yield from self._plate(words, beside, colour, self._palette.paper, bold=True)

    def _plate(self, text: str, at_px: Point, fill: Colour, ink: Colour, *, bold: bool = False) -> Iterator[Shape]:
        """Words on a plate that stays within the picture."""
        width_px, height_px = self._size_px
        shown = self._face.fitted(text, _NAME_PX, width_px / 3, bold=bold)
        half_px, tall_px = self._face.width_px(shown, _NAME_PX, bold=bold) / 2 + 6, 0.8 * _NAME_PX
        x_px = min(max(at_px[0], half_px + 4), width_px - half_px - 4)
        y_px = min(max(at_px[1], tall_px + 4), height_px - tall_px - 4)
        yield Panel(Box(x_px - half_px, y_px - tall_px, x_px + half_px, y_px + tall_px), 4, (*fill[:3], 225))
        yield Words(shown, (x_px, y_px), _NAME_PX, ink, bold=bold, anchor="middle")


def ways_lit(flashing: Flashing) -> frozenset[Place]:
    """Returns the ways over lines of which any counter has just gone up."""
    return frozenset((line, way) for line, way, _ in flashing)
