"""What stands beside a line or in a zone: its words, in three lengths, as measured and drawn cards."""

from dataclasses import dataclass
from enum import IntEnum

from PIL import ImageDraw

from passerby.domain.events import Direction
from passerby.domain.report import LineTotal, ZoneTotal
from passerby.domain.road_user import RoadUser
from passerby.geometry.directions import direction_vector
from passerby.report.placement import Box
from passerby.report.sketch import BACKWARD, FORWARD, INK, PAPER, SOFT_INK, ZONE_STRIPE, Colour, Sketch
from passerby.report.typeface import Typeface
from passerby.report.wording import how_many, many
from passerby.tables.observation_table import direction_name
from passerby.text import duration, known, rounded

_NO_DATA = "no data"
_WORDS_CAP = 34  # letters of a user's name for a place or a way; the whole name is in the table and the files


class Detail(IntEnum):
    """How much a label says."""

    FULL = 0
    BRIEF = 1
    TINY = 2


@dataclass(frozen=True, slots=True)
class Piece:
    """A word or two, or an arrow.

    Attributes:
        text: the words; empty for an arrow.
        colour: of the words or the arrow.
        bold: drawn thicker.
        way: the arrow's unit vector, or None for words.
    """

    text: str
    colour: Colour = INK
    bold: bool = False
    way: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """Pieces side by side, `size` being their letter size as a multiple of the label's own."""

    pieces: tuple[Piece, ...]
    size: float = 1.0


@dataclass(frozen=True, slots=True)
class Label:
    """A card of rows; `stripe` colours its left edge."""

    rows: tuple[Row, ...]
    stripe: Colour | None = None

    def spoken(self) -> str:
        """The label as one line of text, for where it cannot be drawn."""
        heading, *rows = (" ".join(piece.text for piece in row.pieces if piece.text) for row in self.rows)
        return f"{heading}: {', '.join(rows)}" if rows else heading


def line_label(total: LineTotal, size_px: tuple[int, int], detail: Detail, *, watched: bool = True) -> Label:
    """A line's name and how many crossed it each way.

    Args:
        total: what was counted.
        size_px: width and height of the picture that the arrows are drawn in.
        detail: how much to say.
        watched: False when nothing was watched at all: zeros would then be a lie.
    """
    heading = Piece(_short(total.line.name), bold=True)
    ways = [
        (direction, _way_arrow(total, direction, size_px), _crossings(total, direction, watched))
        for direction in Direction
    ]
    if detail is Detail.TINY:
        pieces = [heading]
        for _, arrow, count in ways:
            pieces += [arrow, Piece(count)]
        return Label((Row(tuple(pieces)),))
    rows = [Row((heading,), 1.1)]
    for direction, arrow, count in ways:
        name = _short(direction_name(total.line, direction))
        rows.append(Row((arrow, Piece(count, bold=True), Piece(name))))
        classes = _classes(total, direction)
        if detail is Detail.FULL and classes and watched:
            rows.append(Row((Piece(classes, SOFT_INK),), 0.82))
    return Label(tuple(rows))


def zone_label(total: ZoneTotal, detail: Detail, *, watched: bool = True) -> Label:
    """A zone's name and how full it was; arguments as for `line_label`."""
    heading = Piece(_short(total.zone.name), bold=True)
    users = [user for user in sorted(total.occupancy_max) if total.occupancy_max[user]]
    inside = sum(known(total.occupancy_mean.get(user)) or 0.0 for user in users)
    if not watched:
        return Label((Row((heading, Piece(_NO_DATA))),), ZONE_STRIPE)
    if detail is Detail.TINY:
        return Label((Row((heading, Piece(f"{rounded(inside)} inside"))),), ZONE_STRIPE)
    rows = [Row((heading,), 1.1)]
    if not users:
        rows.append(Row((Piece("no one inside"),)))
    for user in users[: 3 if detail is Detail.FULL else 1]:
        bound = "at least " if total.at_least(user) else ""
        mean = f"{bound}{rounded(known(total.occupancy_mean.get(user)) or 0.0)}"
        rows.append(Row((Piece(mean, bold=True), Piece(f"{many(user)} on average"))))
        highest = Piece(f"{bound}{total.occupancy_max[user]} at most{_stay(total, user)}", SOFT_INK)
        rows.append(Row((highest,), 0.82))
    density = known(total.density_mean_per_m2)
    if detail is Detail.FULL and density is not None:
        rows.append(Row((Piece(f"{rounded(density)} people per square metre", SOFT_INK),), 0.82))
    return Label(tuple(rows), ZONE_STRIPE)


def _stay(total: ZoneTotal, user: RoadUser) -> str:
    dwell_s = known(total.dwell_p50_s.get(user))
    return "" if dwell_s is None else f", stay {duration(dwell_s)} (median)"


def label_size_px(label: Label, face: Typeface, letter_px: float) -> tuple[float, float]:
    """Width and height of the drawn card."""
    widths = [
        sum(_piece_width_px(piece, face, letter_px * row.size) for piece in row.pieces)
        + _gap_px(letter_px * row.size) * (len(row.pieces) - 1)
        for row in label.rows
    ]
    height_px = sum(_row_height_px(letter_px * row.size) for row in label.rows)
    return (max(widths) + 2 * _pad_px(letter_px), height_px + 1.2 * _pad_px(letter_px))


def sketch_card(label: Label, box: Box, sketch: Sketch, face: Typeface, letter_px: float) -> None:
    """The card, its stripe and its arrows; the letters come later, over them."""
    radius_px = letter_px * 0.35
    sketch.card(box, radius_px, label.stripe or PAPER)
    if label.stripe is not None:
        sketch.card(Box(box.left_px + letter_px * 0.25, box.top_px, box.right_px, box.bottom_px), radius_px, PAPER)
    for piece, x_px, middle_px, size_px in _laid_out(label, box, face, letter_px):
        if piece.way is not None:
            half_px = size_px * 0.42
            centre_px = (x_px + size_px * 0.45, middle_px)
            tail_px = (centre_px[0] - piece.way[0] * half_px, centre_px[1] - piece.way[1] * half_px)
            head_px = (centre_px[0] + piece.way[0] * half_px, centre_px[1] + piece.way[1] * half_px)
            sketch.arrow(tail_px, head_px, piece.colour, size_px * 0.16)


def write_letters(label: Label, box: Box, pen: ImageDraw.ImageDraw, face: Typeface, letter_px: float) -> None:
    """The words of a card that was sketched before."""
    for piece, x_px, middle_px, size_px in _laid_out(label, box, face, letter_px):
        if piece.way is None:
            write(pen, (x_px, middle_px), face.readable(piece.text), face, size_px, piece.colour, bold=piece.bold)


def write(
    pen: ImageDraw.ImageDraw,
    at_px: tuple[float, float],
    text: str,
    face: Typeface,
    size_px: float,
    colour: Colour,
    *,
    bold: bool = False,
    anchor: str = "lm",
) -> None:
    """One run of text; `anchor` as in Pillow, by default the middle of its left edge."""
    fill = colour[:3]
    # The face has one weight only, so bold is a rim of the same colour.
    stroke = size_px * 0.022 if bold else 0.0
    pen.text(at_px, text, fill=fill, font=face.font(size_px), anchor=anchor, stroke_width=stroke, stroke_fill=fill)


def _laid_out(label: Label, box: Box, face: Typeface, letter_px: float) -> list[tuple[Piece, float, float, float]]:
    """Each piece with its left edge, its middle line and its letter size, in pixels."""
    laid_out = []
    top_px = box.top_px + 0.6 * _pad_px(letter_px)
    for row in label.rows:
        size_px = letter_px * row.size
        x_px = box.left_px + _pad_px(letter_px)
        middle_px = top_px + _row_height_px(size_px) / 2
        for piece in row.pieces:
            laid_out.append((piece, x_px, middle_px, size_px))
            x_px += _piece_width_px(piece, face, size_px) + _gap_px(size_px)
        top_px += _row_height_px(size_px)
    return laid_out


def _piece_width_px(piece: Piece, face: Typeface, size_px: float) -> float:
    return size_px * 0.9 if piece.way is not None else face.width_px(piece.text, size_px)


def _gap_px(size_px: float) -> float:
    return size_px * 0.35


def _row_height_px(size_px: float) -> float:
    return size_px * 1.34


def _pad_px(letter_px: float) -> float:
    return letter_px * 0.62


def _way_arrow(total: LineTotal, direction: Direction, size_px: tuple[int, int]) -> Piece:
    colour = FORWARD if direction is Direction.FORWARD else BACKWARD
    return Piece("", colour, way=direction_vector(total.line, direction, size_px))


def _crossings(total: LineTotal, direction: Direction, watched: bool) -> str:
    return str(sum(int(ways.get(direction, 0)) for ways in total.counts.values())) if watched else _NO_DATA


def _classes(total: LineTotal, direction: Direction) -> str:
    counted = [(user, int(total.counts[user].get(direction, 0))) for user in sorted(total.counts)]
    return ", ".join(how_many(user, count) for user, count in counted if count)


def _short(name: str) -> str:
    return name if len(name) <= _WORDS_CAP else name[: _WORDS_CAP - 3].rstrip() + "..."
