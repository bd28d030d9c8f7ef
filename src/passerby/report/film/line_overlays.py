"""The lines of a film's picture, and what lights up at a line when one is counted."""

from collections.abc import Iterator
from functools import cached_property
from typing import Final

from passerby.domain.events import Direction
from passerby.domain.layout import Line
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
        self._lit: dict[Place, Overlay] = {}
        self._written: dict[tuple[Place, bool], Overlay] = {}

    def draw_lines(self, picture: Picture, lit: frozenset[Place]) -> None:
        """Draws all lines over a picture, in place.

        Args:
            picture: uint8 (H, W, 3), RGB.
            lit: where one has just been counted.
        """
        self._plain.lay_on(picture)
        for place in sorted(lit):
            if place not in self._lit:
                self._lit[place] = self._overlay(self._lit_shapes(*place))
            self._lit[place].lay_on(picture)

    def write_names(self, picture: Picture, lit: frozenset[Place], unseen: frozenset[Place]) -> None:
        """Writes the lines' names over a picture, and the ways' that light up, in place.

        Args:
            picture: uint8 (H, W, 3), RGB.
            lit: where one has just been counted.
            unseen: those of them where it is not seen any more, so that no box is marked.
        """
        self._names.lay_on(picture)
        for place in sorted(lit):
            key = place, place in unseen
            if key not in self._written:
                self._written[key] = self._overlay(self._way_shapes(*key))
            self._written[key].lay_on(picture)

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

    def _at(self, name: str) -> tuple[Line, Point]:
        """A line, and where its arrows begin."""
        return next(pair for pair in zip(self._lines, self._points, strict=True) if pair[0].name == name)

    def _lit_shapes(self, name: str, way: Direction) -> Iterator[Shape]:
        line, middle = self._at(name)
        colour = way_colour(way, self._palette)
        yield Stroke(ends_px(line, self._place), colour, _LIT_PX)
        x, y = direction_vector(line, way, self._size_px)
        yield from arrow(middle, (middle[0] + x * _REACH_PX, middle[1] + y * _REACH_PX), colour, 6.5)

    def _way_shapes(self, place: Place, unseen: bool) -> Iterator[Shape]:
        """The name of a way, just before the tip of its arrow."""
        name, way = place
        line, middle = self._at(name)
        x, y = direction_vector(line, way, self._size_px)
        words = f"+1 {direction_name(line, way)}{', seen no more' if unseen else ''}"
        half_px, tall_px = self._plate_px(words, bold=True)
        away_px = _REACH_PX + 5 + min(half_px / max(abs(x), 1e-6), tall_px / max(abs(y), 1e-6))
        at = (middle[0] + x * away_px, middle[1] + y * away_px)
        yield from self._plate(words, at, way_colour(way, self._palette), self._palette.paper, bold=True)

    def _fitted(self, text: str, *, bold: bool) -> str:
        return self._face.fitted(text, _NAME_PX, self._size_px[0] / 3, bold=bold)

    def _plate_px(self, text: str, *, bold: bool) -> tuple[float, float]:
        """Half the width and half the height of the plate below some words."""
        return self._face.width_px(self._fitted(text, bold=bold), _NAME_PX, bold=bold) / 2 + 6, 0.8 * _NAME_PX

    def _plate(self, text: str, at_px: Point, fill: Colour, ink: Colour, *, bold: bool = False) -> Iterator[Shape]:
        """Words on a plate that stays within the picture."""
        width_px, height_px = self._size_px
        half_px, tall_px = self._plate_px(text, bold=bold)
        x_px = min(max(at_px[0], half_px + 4), width_px - half_px - 4)
        y_px = min(max(at_px[1], tall_px + 4), height_px - tall_px - 4)
        yield Panel(Box(x_px - half_px, y_px - tall_px, x_px + half_px, y_px + tall_px), 4, (*fill[:3], 225))
        yield Words(self._fitted(text, bold=bold), (x_px, y_px), _NAME_PX, ink, bold=bold, anchor="middle")


def ways_lit(flashing: Flashing) -> frozenset[Place]:
    """Returns the ways over lines of which any counter has just gone up."""
    return frozenset((line, way) for line, way, _ in flashing)
