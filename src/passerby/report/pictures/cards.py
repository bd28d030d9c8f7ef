"""Cards: what is written of a line or a zone beside the picture, in three lengths."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from passerby.domain.events import Direction
from passerby.domain.layout import Line, Zone
from passerby.domain.report import LineTotal, ZoneTotal
from passerby.domain.road_user import RoadUser
from passerby.geometry.directions import direction_vector
from passerby.report.pictures.palette import Palette
from passerby.report.pictures.scene import Box, Colour, Panel, Point, Shape, Words, arrow
from passerby.report.pictures.typeface import Typeface
from passerby.report.wording import how_many, many, none_of
from passerby.tables.observation_table import direction_name
from passerby.text import duration, known, rounded

_NO_DATA = "no data"
_MAX_NAME_ROWS = 3
"""Of a name on a card; the whole name is in the table and the files."""

_SMALL, _LARGE = 0.84, 1.1
_EDGE = 0.3
"""Of a zone's card, in its colour."""


class Detail(IntEnum):
    """How much a card says."""

    FULL = 0
    BRIEF = 1
    TINY = 2


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words, or an arrow.

    Attributes:
        text: the words; empty for an arrow.
        bold: in the bold cut.
        soft: what explains, in softer ink.
        way: an arrow's direction of a line, or None for words.
        towards: the arrow's unit vector.
        indent: multiples of the letter size to leave free before it.
    """

    text: str = ""
    bold: bool = False
    soft: bool = False
    way: Direction | None = None
    towards: Point = (0.0, 0.0)
    indent: float = 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """Pieces side by side, `size` being their letter size as a multiple of the card's own."""

    pieces: tuple[Piece, ...]
    size: float = 1.0


@dataclass(frozen=True, slots=True)
class Card:
    """Rows about one place.

    Attributes:
        rows: the words.
        spoken: the same as one line of text, for where it cannot be drawn.
        of_zone: it is about a zone: its edge has the zones' colour.
    """

    rows: tuple[Row, ...]
    spoken: str
    of_zone: bool = False


NOTHING: Mapping[Direction, str] = {}
NO_RANGES: Mapping[RoadUser, str] = {}


@dataclass(frozen=True, slots=True)
class CardWriter:
    """Makes cards of one width and letter size, and draws them.

    Attributes:
        face: what they are written in.
        letter_px: letter size.
        room_px: the widest that a card may be.
        place_px: width and height of the picture that arrows are drawn in.
        watched: False when nothing was watched at all: zeros would then be a lie.
    """

    face: Typeface
    letter_px: float
    room_px: float
    place_px: tuple[int, int]
    watched: bool = True
    _words_px: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_words_px", self.room_px - 2 * _pad_px(self.letter_px))

    def line_card(self, total: LineTotal, detail: Detail, true: Mapping[Direction, str] = NOTHING) -> Card:
        """Returns a line's name and how many crossed it each way, and in which range the true number lies."""
        name, seen = total.line.name, _seen(total.counts)
        # Of a single class each way's number is that class's: it is written once.
        only = many(seen[0]) if len(seen) == 1 and self.watched else None
        with_classes = detail is Detail.FULL and not only
        ways = [
            (
                way,
                self._crossings(total, way),
                direction_name(total.line, way),
                self._classes(total, way) if with_classes else "",
            )
            for way in Direction
        ]
        parts = [part for _, count, way_name, classes in ways for part in (f"{count} {way_name}", classes) if part]
        spoken = f"{name}{f' ({only})' if only else ''}: {', '.join(parts)}"
        if detail is Detail.TINY:
            pieces = [Piece(self._name(name, 0.45), bold=True)]
            for way, count, _, _ in ways:
                pieces += [self._arrow(total.line, way), Piece(count, bold=True)]
            return Card((Row(tuple(pieces)),), spoken)
        rows = [*self._heading(name), *([Row((Piece(only, soft=True),), _SMALL)] if only else [])]
        for way, count, way_name, classes in ways:
            rows += self._way_rows(total.line, way, count, way_name)
            if true.get(way) and self.watched:
                rows += self._soft_rows(f"95 %: {true[way]}", indent=1.25 / _SMALL)
            rows += self._soft_rows(classes, indent=1.25 / _SMALL)
        return Card(tuple(rows), spoken)

    def zone_card(self, total: ZoneTotal, detail: Detail, true: Mapping[RoadUser, str] = NO_RANGES) -> Card:
        """Returns a zone's name, how full it was, and in which range the true mean of each class lies."""
        users = [user for user in sorted(total.occupancy_max) if total.occupancy_max[user]]
        inside = sum(known(total.occupancy_mean.get(user)) or 0.0 for user in users)
        if not self.watched or detail is Detail.TINY:
            words = f"{rounded(inside)} inside" if self.watched else _NO_DATA
            row = Row((Piece(self._name(total.zone.name, 0.55), bold=True), Piece(words)))
            return Card((row,), f"{total.zone.name}: {words}", of_zone=True)
        parts: list[str] = []
        rows = list(self._heading(total.zone.name))
        if not users:
            parts.append(f"{none_of(total.occupancy_max)} inside")
            rows.append(Row((Piece(parts[0]),)))
        for user in users[: 3 if detail is Detail.FULL else 1]:
            bound = "at least " if total.at_least(user) else ""
            mean = f"{bound}{rounded(known(total.occupancy_mean.get(user)) or 0.0)}"
            rows += self._counted_rows(mean, f"{many(user)} on average")
            rows += self._soft_rows(f"95 %: {true[user]}" if true.get(user) else "")
            highest = f"{bound}{total.occupancy_max[user]} at most{_stay(total, user)}"
            rows += self._soft_rows(highest)
            parts += [f"{mean} {many(user)} on average", highest]
        density = known(total.density_mean_per_m2)
        if detail is Detail.FULL and density is not None:
            rows += self._soft_rows(f"{rounded(density)} people per square metre")
        return Card(tuple(rows), f"{total.zone.name}: {', '.join(parts)}", of_zone=True)

    def line_name_card(self, line: Line) -> Card:
        """Returns a line's name, and what its ways are called."""
        rows = list(self._heading(line.name))
        for way in Direction:
            rows += self._way_rows(line, way, "", direction_name(line, way))
        ways = ", ".join(direction_name(line, way) for way in Direction)
        return Card(tuple(rows), f"{line.name}: {ways}")

    def zone_name_card(self, zone: Zone) -> Card:
        """Returns a zone's name."""
        return Card(tuple(self._heading(zone.name)), zone.name, of_zone=True)

    def size_px(self, card: Card) -> tuple[float, float]:
        """Returns width and height of a card as it is drawn."""
        widths = [
            sum(self._piece_px(piece, row) for piece in row.pieces)
            + _gap_px(self.letter_px * row.size) * (len(row.pieces) - 1)
            for row in card.rows
        ]
        height_px = sum(_row_px(self.letter_px * row.size) for row in card.rows)
        edge_px = _EDGE * self.letter_px if card.of_zone else 0.0
        return max(widths) + edge_px + 2 * _pad_px(self.letter_px), height_px + 1.2 * _pad_px(self.letter_px)

    def drawn(self, card: Card, box: Box, palette: Palette) -> Iterator[Shape]:
        """Yields the shapes of a card in its box."""
        radius_px = self.letter_px * 0.35
        if card.of_zone:
            yield Panel(box, radius_px, palette.zone)
            box = Box(box.left_px + _EDGE * self.letter_px, box.top_px, box.right_px, box.bottom_px)
        yield Panel(box, radius_px, palette.card)
        top_px = box.top_px + 0.6 * _pad_px(self.letter_px)
        for row in card.rows:
            letter_px = self.letter_px * row.size
            x_px, middle_px = box.left_px + _pad_px(self.letter_px), top_px + _row_px(letter_px) / 2
            for piece in row.pieces:
                x_px += piece.indent * letter_px
                yield from self._piece(piece, (x_px, middle_px), letter_px, palette)
                x_px += self._piece_px(piece, row) - piece.indent * letter_px + _gap_px(letter_px)
            top_px += _row_px(letter_px)

    def _piece(self, piece: Piece, at_px: Point, letter_px: float, palette: Palette) -> Iterator[Shape]:
        if piece.way is None:
            ink = palette.soft_ink if piece.soft else palette.ink
            yield Words(self.face.readable(piece.text), at_px, letter_px, ink, piece.bold)
            return
        half_px, centre_px = letter_px * 0.44, at_px[0] + letter_px * 0.45
        x, y = piece.towards
        tail = (centre_px - x * half_px, at_px[1] - y * half_px)
        yield from arrow(
            tail, (centre_px + x * half_px, at_px[1] + y * half_px), way_colour(piece.way, palette), letter_px * 0.17
        )

    def _piece_px(self, piece: Piece, row: Row) -> float:
        letter_px = self.letter_px * row.size
        width_px = letter_px * 0.9
        if piece.way is None:
            width_px = self.face.width_px(piece.text, letter_px, bold=piece.bold)
        return piece.indent * letter_px + width_px

    def _heading(self, name: str) -> Iterator[Row]:
        letter_px = self.letter_px * _LARGE
        for row in self._rows(name, letter_px, self._words_px, bold=True):
            yield Row((Piece(row, bold=True),), _LARGE)

    def _way_rows(self, line: Line, way: Direction, count: str, name: str) -> Iterator[Row]:
        """An arrow, a number, and the way's name in as many rows as it needs."""
        start_px = self.letter_px * 0.9 + _gap_px(self.letter_px)
        pieces = [self._arrow(line, way)]
        if count:
            pieces.append(Piece(count, bold=True))
            start_px += self.face.width_px(count, self.letter_px, bold=True) + _gap_px(self.letter_px)
        first, *rest = self._rows(name, self.letter_px, self._words_px - start_px) or [""]
        yield Row((*pieces, Piece(first)))
        for row in rest:
            yield Row((Piece(row, indent=start_px / self.letter_px),))

    def _counted_rows(self, count: str, words: str) -> Iterator[Row]:
        start_px = self.face.width_px(count, self.letter_px, bold=True) + _gap_px(self.letter_px)
        first, *rest = self._rows(words, self.letter_px, self._words_px - start_px)
        yield Row((Piece(count, bold=True), Piece(first)))
        for row in rest:
            yield Row((Piece(row),))

    def _soft_rows(self, words: str, indent: float = 0.0) -> Iterator[Row]:
        letter_px = self.letter_px * _SMALL
        for row in self._rows(words, letter_px, self._words_px - indent * letter_px):
            yield Row((Piece(row, soft=True, indent=indent),), _SMALL)

    def _rows(self, words: str, letter_px: float, room_px: float, *, bold: bool = False) -> list[str]:
        rows = self.face.wrapped(words, letter_px, room_px, bold=bold)
        if len(rows) <= _MAX_NAME_ROWS:
            return rows
        last = self.face.fitted(" ".join(rows[_MAX_NAME_ROWS - 1 :]), letter_px, room_px, bold=bold)
        return [*rows[: _MAX_NAME_ROWS - 1], last]

    def _name(self, name: str, share: float) -> str:
        return self.face.fitted(name, self.letter_px, self._words_px * share, bold=True)

    def _arrow(self, line: Line, way: Direction) -> Piece:
        return Piece(way=way, towards=direction_vector(line, way, self.place_px))

    def _crossings(self, total: LineTotal, way: Direction) -> str:
        return str(sum(int(ways.get(way, 0)) for ways in total.counts.values())) if self.watched else _NO_DATA

    def _classes(self, total: LineTotal, way: Direction) -> str:
        counted = [(user, int(total.counts[user].get(way, 0))) for user in sorted(total.counts)]
        return ", ".join(how_many(user, count) for user, count in counted if count) if self.watched else ""


def way_colour(way: Direction, palette: Palette) -> Colour:
    """Returns the colour of a way over a line."""
    return palette.forward if way is Direction.FORWARD else palette.backward


def _seen(counts: Mapping[RoadUser, Mapping[Direction, int]]) -> list[RoadUser]:
    return [user for user in sorted(counts) if any(counts[user].values())]


def _stay(total: ZoneTotal, user: RoadUser) -> str:
    dwell_s = known(total.dwell_p50_s.get(user))
    return "" if dwell_s is None else f", stay {duration(dwell_s)} (median)"


def _gap_px(letter_px: float) -> float:
    return letter_px * 0.35


def _row_px(letter_px: float) -> float:
    return letter_px * 1.36


def _pad_px(letter_px: float) -> float:
    return letter_px * 0.62
