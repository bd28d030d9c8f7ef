"""The counters of a film as a table: a row for each way over a line, a column for each class."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import Final

from passerby.domain.events import Direction
from passerby.domain.layout import Line
from passerby.domain.road_user import RoadUser
from passerby.domain.stencils import COLOUR_RGB
from passerby.geometry.directions import direction_vector
from passerby.report.film.counts import FilmCounts
from passerby.report.pictures.cards import way_colour
from passerby.report.pictures.palette import Palette
from passerby.report.pictures.scene import Box, Colour, Disc, Panel, Point, Shape, Stroke, Words, arrow
from passerby.report.pictures.typeface import Typeface
from passerby.report.wording import many
from passerby.tables.observation_table import direction_name

_FLASH_OPACITY: Final = 64
_HEADING: Final = 1.5
"""Height of the row of column headings, in rows."""

_SMALLEST_PX: Final = 11.0
"""Letters of column headings; where they would have to be smaller, coloured discs alone head the columns."""

Flashing = Set[tuple[str, Direction, RoadUser]]


def class_colour(road_user: RoadUser) -> Colour:
    """Returns the colour of a class, as its figures have it."""
    return (*COLOUR_RGB[road_user], 255)


@dataclass(frozen=True, slots=True)
class CounterTable:
    """A table of counters, of one size.

    Attributes:
        counts: the counters.
        box: where it stands.
        face, palette: letters and colours.
        place_px: width and height of the picture that the ways' arrows are drawn in.
        tallest_row_px, lowest_row_px: between which rows become lower the more there are; what then has no room is
            named as left out.
    """

    counts: FilmCounts
    box: Box
    face: Typeface
    palette: Palette
    place_px: tuple[int, int]
    tallest_row_px: float
    lowest_row_px: float

    @property
    def _shown(self) -> tuple[Line, ...]:
        room = self.box.size_px[1] / self.lowest_row_px - _HEADING - 1
        fitting = max(1, int(room // 3))
        return self.counts.lines if 3 * len(self.counts.lines) <= room + 1 else self.counts.lines[:fitting]

    @property
    def _row_px(self) -> float:
        rows = 3 * len(self._shown) + _HEADING + (0 if len(self._shown) == len(self.counts.lines) else 1)
        return min(self.tallest_row_px, self.box.size_px[1] / rows)

    @property
    def _letter_px(self) -> float:
        return 0.62 * self._row_px

    @property
    def _column_px(self) -> float:
        columns = len(self.counts.road_users) + 1
        return min(7 * self._letter_px, 0.66 * self.box.size_px[0] / columns)

    @property
    def _number_px(self) -> float:
        """Letter size of numbers: smaller where the highest one would fill its column."""
        counts, letter_px = self.counts, self._letter_px
        highest = max((counts.count(line, way) for line in counts.lines for way in Direction), default=0)
        return min(letter_px, letter_px * self._column_px / (self.face.width_px(f"{highest}0", letter_px, bold=True)))

    def shapes(self, flashing: Flashing) -> Iterator[Shape]:
        """Yields the table.

        Args:
            flashing: the counters that have just gone up.
        """
        yield from self._headings()
        top_px = self.box.top_px + _HEADING * self._row_px
        for line in self._shown:
            yield from self._line(line, top_px, flashing)
            top_px += 3 * self._row_px
        left_out = len(self.counts.lines) - len(self._shown)
        if left_out:
            words = f"and {left_out} more line{'s' if left_out > 1 else ''}, in the table on the screen"
            at = (self.box.left_px, top_px + self._row_px / 2)
            yield Words(words, at, self._letter_px, self.palette.soft_ink)

    def _column(self, number: int) -> float:
        """Right edge of a column; the sum is the last."""
        return self.box.right_px - (len(self.counts.road_users) - number) * self._column_px

    def _headings(self) -> Iterator[Shape]:
        middle_px, names = self.box.top_px + 0.6 * self._row_px, [*map(many, self.counts.road_users), "all"]
        widest_px = max(self.face.width_px(name, 100.0) for name in names) / 100 + 1.6
        letter_px = min(0.8 * self._letter_px, self._column_px / widest_px)
        fit = letter_px >= _SMALLEST_PX
        letter_px = letter_px if fit else 0.8 * self._letter_px
        for number, road_user in enumerate(self.counts.road_users):
            right_px, radius_px = self._column(number), 0.34 * letter_px
            if fit:
                yield Words(names[number], (right_px, middle_px), letter_px, self.palette.soft_ink, anchor="end")
                right_px -= self.face.width_px(names[number], letter_px) + 0.4 * letter_px
            yield Disc((right_px - radius_px, middle_px), radius_px, class_colour(road_user))
        right_px = self._column(len(self.counts.road_users))
        yield Words("all", (right_px, middle_px), letter_px, self.palette.soft_ink, anchor="end")

    def _line(self, line: Line, top_px: float, flashing: Flashing) -> Iterator[Shape]:
        row_px, letter_px, palette = self._row_px, self._letter_px, self.palette
        left_px, right_px = self.box.left_px, self.box.right_px
        rule = ((left_px, top_px), (right_px, top_px))
        yield Stroke(rule, (*palette.soft_ink[:3], 90), 1.0)
        name = self.face.fitted(line.name, letter_px, right_px - left_px, bold=True)
        yield Words(name, (left_px, top_px + 0.58 * row_px), letter_px, palette.ink, bold=True)
        for number, way in enumerate(Direction, 1):
            middle_px = top_px + (number + 0.45) * row_px
            yield from self._way(line, way, middle_px, flashing)

    def _way(self, line: Line, way: Direction, middle_px: float, flashing: Flashing) -> Iterator[Shape]:
        letter_px, palette, users = self._letter_px, self.palette, self.counts.road_users
        colour, left_px = way_colour(way, palette), self.box.left_px
        lit = [user for user in users if (line.name, way, user) in flashing]
        if lit:
            yield self._light(left_px - 0.3 * letter_px, self.box.right_px + 0.3 * letter_px, middle_px, colour)
        yield from _small_arrow(direction_vector(line, way, self.place_px), (left_px, middle_px), letter_px, colour)
        room_px = self._column(0) - self._column_px - left_px - 1.3 * letter_px
        if not users or self._column_px > 3 * letter_px:  # the first column is wider than its number
            room_px += self._column_px - 3 * letter_px
        name = self.face.fitted(direction_name(line, way), letter_px, room_px)
        yield Words(name, (left_px + 1.3 * letter_px, middle_px), letter_px, palette.ink)
        for number, user in enumerate(users):
            if user in line.road_users:
                count = self.counts.count(line, way, user)
                yield self._number(count, number, middle_px, bold=user in lit)
        yield self._number(self.counts.count(line, way), len(users), middle_px, bold=True)

    def _light(self, left_px: float, right_px: float, middle_px: float, colour: Colour) -> Panel:
        half_px = 0.46 * self._row_px
        box = Box(left_px, middle_px - half_px, right_px, middle_px + half_px)
        return Panel(box, 0.3 * self._letter_px, (*colour[:3], _FLASH_OPACITY))

    def _number(self, count: int, column: int, middle_px: float, *, bold: bool) -> Words:
        ink = self.palette.ink if count else self.palette.soft_ink
        return Words(f"{count}", (self._column(column), middle_px), self._number_px, ink, bold=bold, anchor="end")


def _small_arrow(towards: Point, at_px: Point, letter_px: float, colour: Colour) -> Iterator[Shape]:
    half_px, (x, y) = letter_px * 0.48, towards
    centre = (at_px[0] + letter_px * 0.5, at_px[1])
    tail, head = (
        (centre[0] - x * half_px, centre[1] - y * half_px),
        (centre[0] + x * half_px, centre[1] + y * half_px),
    )
    yield from arrow(tail, head, colour, letter_px * 0.17)
