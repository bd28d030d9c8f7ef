"""The strip above a picture, which says what it shows, and the one below, which says how to read it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo

import numpy as np
from PIL import Image

from passerby.domain.events import Direction
from passerby.domain.line_accuracies import PRIOR, LineAccuracies
from passerby.domain.report import MIN_ROAD_USERS, CountReport
from passerby.report.pictures.backdrop import draw_hatching
from passerby.report.pictures.cards import way_colour
from passerby.report.pictures.heat import heat_colours, heat_ticks
from passerby.report.pictures.palette import Palette
from passerby.report.pictures.scene import Area, Bend, Bitmap, Box, Shape, Stroke, Words, arrow, outline, ribbon
from passerby.report.pictures.typeface import Typeface
from passerby.report.wording import how_many, interval_sentence, looked_at, none_of, time_span, watched_notes
from passerby.text import percent

_MAX_ROWS = 16
"""Of words below the picture; the rest is in the table and the files."""

_NAMED_LETTERS = 8

_EDGE, _COLUMN = 20.0, 400.0
_LETTER, _ROW = 13.5, 20.0
TITLE = 68.0
"""Height of the title's strip. All of these are in 960ths of the width of the place."""


@dataclass(frozen=True, slots=True)
class Page:
    """What strips are drawn on.

    Attributes:
        width_px: of the whole picture.
        unit_px: a 960th of the width of the place.
        face, palette: letters and colours.
    """

    width_px: int
    unit_px: float
    face: Typeface
    palette: Palette


def title_strip(page: Page, title: str, below: str, right: str) -> Iterator[Shape]:
    """Yields the title with a row below it, and some words at the right."""
    unit_px = page.unit_px
    left_px, right_px = _EDGE * unit_px, page.width_px - _EDGE * unit_px
    room_px = right_px - left_px - page.face.width_px(right, 17 * unit_px) - _EDGE * unit_px
    shown = page.face.fitted(title, 22 * unit_px, room_px, bold=True)
    yield Words(shown, (left_px, 25 * unit_px), 22 * unit_px, page.palette.ink, bold=True)
    yield Words(page.face.readable(right), (right_px, 25 * unit_px), 17 * unit_px, page.palette.ink, anchor="end")
    shown = page.face.fitted(below, _LETTER * unit_px, right_px - left_px)
    yield Words(shown, (left_px, 50 * unit_px), _LETTER * unit_px, page.palette.soft_ink)


def count_title(page: Page, report: CountReport, site: str | None, time_zone: tzinfo) -> Iterator[Shape]:
    """Yields site and camera, time span, recording, and how much of the time was watched."""
    title = report.camera_id if site is None else f"{site}: {report.camera_id}"
    watched = f"watched {percent(report.coverage)} of the time"
    return title_strip(page, title, f"{time_span(report, time_zone)}, {report.source}", watched)


class Legend:
    """The strip below a count's picture: colours and signs at the left, sentences at the right.

    Args:
        report: what was counted.
        unplaced: cards that found no room, as texts.
        page: what it is drawn on.
        top_px: where it begins.
        hatched: something of the place was not learned.
        accuracies: what is believed of the counts of its lines.
    """

    def __init__(
        self,
        report: CountReport,
        unplaced: Sequence[str],
        page: Page,
        top_px: float,
        *,
        hatched: bool,
        accuracies: LineAccuracies = PRIOR,
    ) -> None:
        self._report, self._page, self._top_px = report, page, top_px
        unit_px = page.unit_px
        room_px = page.width_px - (_COLUMN + _EDGE) * unit_px
        self._rows = _rows(report, accuracies, unplaced, page.face, _LETTER * unit_px, room_px)
        self._keys = [*self._sign_keys(hatched)]
        self._heat = heat_ticks(report.flow_map)

    @property
    def height_px(self) -> float:
        """How tall the strip is."""
        keys = len(self._keys) + (3 if self._heat else 1)
        return (max(keys, len(self._rows)) * _ROW + 26) * self._page.unit_px

    def shapes(self) -> Iterator[Shape]:
        """Yields what it consists of."""
        unit_px, palette = self._page.unit_px, self._page.palette
        for number, row in enumerate(self._rows):
            at = (_COLUMN * unit_px, self._top_px + (23 + number * _ROW) * unit_px)
            yield Words(row, at, _LETTER * unit_px, palette.ink)
        yield from self._heat_shapes()
        first = 3 if self._heat else 1
        for number, (sign, words) in enumerate(self._keys, first):
            middle_px = self._top_px + (23 + number * _ROW) * unit_px
            yield from self._sign(sign, middle_px)
            yield Words(words, ((_EDGE + 44) * unit_px, middle_px), _LETTER * unit_px, palette.ink)

    def _sign_keys(self, hatched: bool) -> Iterator[tuple[str, str]]:
        if self._report.lines:
            yield "ways", "the two ways over a line"
        if self._report.zones:
            yield "zone", "a zone"
        if any(sum(total.counts.values()) for total in self._report.movements):
            yield "ribbon", "a movement, the thicker the more"
        if hatched:
            yield "hatch", "not yet learned, and shown coarse"

    def _sign(self, sign: str, middle_px: float) -> Iterator[Shape]:
        unit_px, palette = self._page.unit_px, self._page.palette
        left_px, right_px = _EDGE * unit_px, (_EDGE + 34) * unit_px
        box = Box(left_px, middle_px - 6 * unit_px, right_px, middle_px + 6 * unit_px)
        corners = ((left_px, box.top_px), (right_px, box.top_px), (right_px, box.bottom_px), (left_px, box.bottom_px))
        if sign == "ways":
            centre = ((left_px + right_px) / 2, middle_px)
            yield Stroke(((centre[0], box.top_px), (centre[0], box.bottom_px)), palette.line, 2.4 * unit_px)
            for way, end_px in ((Direction.FORWARD, right_px), (Direction.BACKWARD, left_px)):
                yield from arrow(centre, (end_px, middle_px), way_colour(way, palette), 3 * unit_px)
        elif sign == "zone":
            yield Area(corners, palette.zone_fill)
            yield outline(corners, palette.zone, 1.6 * unit_px)
        elif sign == "ribbon":
            bend = Bend((left_px, middle_px), (right_px, middle_px), (1.0, 0.0), (1.0, 0.0))
            yield ribbon(bend, 8 * unit_px, palette.ribbon)
        else:
            yield _hatched_swatch(box, unit_px, palette)

    def _heat_shapes(self) -> Iterator[Shape]:
        unit_px, palette, face = self._page.unit_px, self._page.palette, self._page.face
        left_px, letter_px, top_px = _EDGE * unit_px, _LETTER * unit_px, self._top_px
        heading = "How many passed through a spot"
        if not self._heat:
            heading = (
                f"No spot that {MIN_ROAD_USERS} or more passed."
                if self._report.coverage > 0
                else "Nothing was watched."
            )
        yield Words(heading, (left_px, top_px + 23 * unit_px), letter_px, palette.ink)
        if not self._heat:
            return
        bar = Box(*map(round, (left_px, top_px + 37 * unit_px, left_px + 330 * unit_px, top_px + 49 * unit_px)))
        width_px, height_px = (round(side) for side in bar.size_px)
        levels = np.tile(np.linspace(0.0, 1.0, width_px), (height_px, 1))
        yield Bitmap(Image.fromarray(heat_colours(levels)), bar)
        free_px = left_px - 1
        for level, number in reversed(self._heat):  # the busiest first: it must not give way to a round number
            half_px = face.width_px(f"{number}", letter_px) / 2
            x_px = min(max(left_px + level * width_px, left_px + half_px), left_px + width_px - half_px)
            if free_px < left_px or x_px + half_px + 6 * unit_px < free_px:
                yield Words(f"{number}", (x_px, top_px + 61 * unit_px), letter_px, palette.soft_ink, anchor="middle")
                free_px = x_px - half_px


def _hatched_swatch(box: Box, unit_px: float, palette: Palette) -> Bitmap:
    whole = Box(*map(round, (box.left_px, box.top_px, box.right_px, box.bottom_px)))
    size = (max(1, round(whole.size_px[0])), max(1, round(whole.size_px[1])))
    strokes = Image.new("L", size)
    draw_hatching(strokes, palette.hatch[3], unit_px)
    grey = round(128 + 127 * palette.lifted) if palette.lifted else 70
    return Bitmap(
        Image.composite(Image.new("RGB", size, palette.hatch[:3]), Image.new("RGB", size, (grey,) * 3), strokes), whole
    )


def _code_points(letters: frozenset[str]) -> str:
    points = [f"U+{ord(letter):04X}" for letter in sorted(letters)]
    more = f" and {len(points) - _NAMED_LETTERS} more" if len(points) > _NAMED_LETTERS else ""
    return ", ".join(points[:_NAMED_LETTERS]) + more


def _rows(
    report: CountReport,
    accuracies: LineAccuracies,
    unplaced: Sequence[str],
    face: Typeface,
    letter_px: float,
    room_px: float,
) -> list[str]:
    sentences = []
    if report.lines and report.coverage > 0:
        sentences.append(f"95 %: {interval_sentence(report, accuracies)}")
    for total in report.movements if report.coverage > 0 else ():
        counts = [how_many(user, int(total.counts[user])) for user in sorted(total.counts) if total.counts[user]]
        sentences.append(f"{total.movement.name}: {', '.join(counts) or none_of(total.counts)}")
    # The share of the time stands in the title.
    sentences += [*([f"{looked_at(report)}."] if report.coverage > 0 else []), *watched_notes(report)]
    sentences += [f"Note: {note}." for note in report.notes]
    if unplaced:
        sentences.append("No room beside the picture for: " + "; ".join(unplaced))
    if face.missing:
        sentences.append(f"No font on this machine has {_code_points(face.missing)}: these letters are replaced.")
    rows = [row for sentence in sentences for row in face.wrapped(sentence, letter_px, room_px)]
    if len(rows) > _MAX_ROWS:
        rows = [*rows[: _MAX_ROWS - 1], "… the rest is in the table and the files."]
    return rows
