"""A page of a review film: who is in the redrawn place, at what time, and how many have been counted so far."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from passerby.domain.events import Direction
from passerby.domain.film import Mode
from passerby.domain.review import MARKED_FORWARD, UNMARKED, FilmMoment
from passerby.domain.road_user import RoadUser
from passerby.report.film.counts import FilmCounts
from passerby.report.film.line_overlays import LineOverlays, ways_lit
from passerby.report.film.overlay import Picture
from passerby.report.film.table import CounterTable, Flashing, class_colour
from passerby.report.pictures.cards import way_colour
from passerby.report.pictures.painters.png import painted
from passerby.report.pictures.palette import LIGHT
from passerby.report.pictures.scene import Box, Disc, Scene, Shape, Words
from passerby.report.pictures.typeface import font, typeface_for
from passerby.report.wording import many
from passerby.tables.observation_table import direction_name

PAGE_PX: Final = (1280, 720)
EDGE_PX: Final = 20
PLACE: Final = Box(EDGE_PX, 84, 908, 644)
"""The room for the picture; one of another shape stands at its top, in its middle."""

PANEL: Final = Box(928, 84, PAGE_PX[0] - EDGE_PX, 644)
CLOCK: Final = Box(880, 10, PAGE_PX[0] - EDGE_PX, 76)
TAG_PX: Final = 14.0
LAST_ROWS: Final = 8
"""Of words below the table that ends the film."""

PALETTE: Final = LIGHT
METHODS: Final = frozenset(mode.value for mode in Mode)

NOT_COUNTED: Final = "not counted at any line:"
HOW_TO_READ: Final = "Whenever one is counted, its box is marked with +1, the line lights up, and the counter goes up."
ABOUT: Final = "Redrawn: a flat figure stands for each road user. No camera picture of anyone is in this film."


@dataclass(frozen=True, slots=True)
class Clock:
    """What a page says of its time.

    Attributes:
        time: the time of day; empty where it is not known when the recording was made.
        day: the date and the zone; empty with it.
        within: the recording, and how far into it.
    """

    time: str
    day: str
    within: str


class FilmPage:
    """Draws the pages of one film. What does not change from page to page is drawn once."""

    def __init__(self, title: str, below: str, counts: FilmCounts, texts: Sequence[str] = ()) -> None:
        """Draws what all pages share.

        Args:
            title: site and camera.
            below: what the film is of.
            counts: the counters, which the pages show as they then are.
            texts: what else will be written, so that a font is found for it.
        """
        ways = [direction_name(line, way) for line in counts.lines for way in Direction]
        self.face = typeface_for([title, below, "…+", *texts, *ways, *(line.name for line in counts.lines)])
        self.counts, self._title, self._below = counts, title, below
        self._shared: tuple[Image.Image, LineOverlays] | None = None
        self._place_px = (0, 0)
        self._panel: tuple[object, Image.Image] | None = None
        self._clock: tuple[Clock, Image.Image] | None = None

    def drawn(self, moment: FilmMoment, clock: Clock, film_s: float, notice: str = "") -> Picture:
        """Returns the page of a moment: uint8 (720, 1280, 3), RGB.

        Args:
            moment: the picture, and the boxes in it.
            clock: its time.
            film_s: seconds from the film's beginning, by which counters and lines stop to light up.
            notice: what is written across the picture, such as a gap; empty for nothing.
        """
        flashing = self.counts.flashing(film_s)
        picture = self._picture(moment)
        base, lines = self._for(picture.size)
        lit, pixels = ways_lit(flashing), np.array(picture)
        lines.draw_lines(pixels, lit)
        picture = Image.fromarray(pixels)
        self._draw_boxes(picture, moment)
        pixels = np.array(picture)
        lines.write_names(pixels, lit, self.counts.unseen(film_s))
        picture = Image.fromarray(pixels)
        notice = notice or _notice(moment)
        if notice:
            self._draw_notice(picture, notice)
        page = base.copy()
        page.paste(picture, (round(PLACE.left_px + (PLACE.size_px[0] - picture.width) / 2), round(PLACE.top_px)))
        page.paste(self._panel_picture(flashing), (round(PANEL.left_px) - 8, round(PANEL.top_px)))
        page.paste(self._clock_picture(clock), (round(CLOCK.left_px), round(CLOCK.top_px)))
        return np.asarray(page)

    def last(self, rows: Sequence[str]) -> Picture:
        """Returns the page that ends the film, with the whole table: uint8 (720, 1280, 3), RGB.

        Args:
            rows: sentences on how much was watched; what has no room is left out.
        """
        return np.asarray(painted(Scene(PAGE_PX, PALETTE.paper, self.face, tuple(self._last_shapes(rows)))))

    def _for(self, place_px: tuple[int, int]) -> tuple[Image.Image, LineOverlays]:
        """What all pages share with a picture of that size: title and legend, and the lines."""
        if self._shared is None or self._place_px != place_px:
            self._place_px = place_px
            frame = tuple(self._frame(PLACE.top_px + place_px[1]))
            base = painted(Scene(PAGE_PX, PALETTE.paper, self.face, frame))
            self._shared = base, LineOverlays(self.counts, place_px, self.face, PALETTE)
        return self._shared

    def _picture(self, moment: FilmMoment) -> Image.Image:
        image = moment.frame.image
        height_px, width_px, _ = image.shape
        scale = min(PLACE.size_px[0] / width_px, PLACE.size_px[1] / height_px)
        size = (max(1, round(width_px * scale)), max(1, round(height_px * scale)))
        if _is_masked(moment):  # the page says why
            return Image.new("RGB", size, PALETTE.card[:3])
        shown = Image.frombytes("RGB", (width_px, height_px), image.tobytes(), "raw", "BGR")
        return shown.resize(size, Image.Resampling.BILINEAR)

    def _draw_boxes(self, picture: Image.Image, moment: FilmMoment) -> None:
        pen = ImageDraw.Draw(picture)
        corners = moment.xyxy * np.array([*picture.size, *picture.size], np.float32)
        rows = zip(corners.tolist(), moment.road_user.tolist(), moment.mark.tolist(), strict=True)
        for (left, top, right, bottom), number, mark in sorted(rows, key=lambda row: row[2] != UNMARKED):
            if mark == UNMARKED:
                pen.rectangle((left, top, right, bottom), outline=class_colour(number)[:3], width=2)
                continue
            way = Direction.FORWARD if mark == MARKED_FORWARD else Direction.BACKWARD
            colour = way_colour(way, PALETTE)[:3]
            pen.rectangle((left - 3, top - 3, right + 3, bottom + 3), outline=(255, 255, 255), width=6)
            pen.rectangle((left - 2, top - 2, right + 2, bottom + 2), outline=colour, width=4)
            self._draw_tag(pen, picture.width, (left + right) / 2, top, colour)

    def _draw_tag(
        self, pen: ImageDraw.ImageDraw, width_px: int, middle_px: float, top_px: float, colour: tuple[int, int, int]
    ) -> None:
        letters = font(self.face.runs("+1", bold=True)[0].font, TAG_PX)
        half_px = float(letters.getlength("+1")) / 2 + 5
        x_px, bottom_px = min(max(middle_px, half_px), width_px - half_px), max(top_px - 4, 20)
        plate = (x_px - half_px, bottom_px - 19, x_px + half_px, bottom_px)
        pen.rounded_rectangle(plate, 4, fill=colour)
        pen.text((x_px, bottom_px - 4), "+1", fill=(255, 255, 255), font=letters, anchor="ms")

    def _draw_notice(self, picture: Image.Image, notice: str) -> None:
        width_px, letter_px = picture.width, 17.0
        rows = self.face.wrapped(notice, letter_px, 0.8 * width_px)
        size = (width_px, round(26 * len(rows) + 20))
        words = tuple(
            Words(row, (width_px / 2, 23 + 26 * number), letter_px, PALETTE.ink, anchor="middle")
            for number, row in enumerate(rows)
        )
        plate = painted(Scene(size, PALETTE.card, self.face, words))
        picture.paste(plate, (0, 0))

    def _panel_picture(self, flashing: Flashing) -> Image.Image:
        """The counters; drawn again only where one of them changes or lights up."""
        counts = self.counts
        state = (
            flashing,
            self._place_px,
            counts.total,
        )
        if self._panel is None or self._panel[0] != state:
            width_px, height_px = PANEL.size_px
            box = Box(8, 0, 8 + width_px, height_px)
            table = CounterTable(counts, box, self.face, PALETTE, self._place_px, 25.0, 13.0)
            size = (round(width_px + 16), round(height_px))
            scene = Scene(size, PALETTE.paper, self.face, tuple(table.shapes(flashing)))
            self._panel = (state, painted(scene))
        return self._panel[1]

    def _clock_picture(self, clock: Clock) -> Image.Image:
        if self._clock is None or self._clock[0] != clock:
            self._clock = (clock, painted(Scene(_whole(CLOCK), PALETTE.paper, self.face, tuple(self._time(clock)))))
        return self._clock[1]

    def _time(self, clock: Clock) -> Iterator[Shape]:
        width_px, _ = CLOCK.size_px
        if not clock.time:
            shown = self.face.fitted(clock.within, 17, width_px)
            yield Words(shown, (width_px, 20), 17, PALETTE.ink, anchor="end")
            return
        yield Words(clock.time, (width_px, 20), 28, PALETTE.ink, bold=True, anchor="end")
        left_px = width_px - self.face.width_px(clock.time, 28, bold=True) - 12
        yield Words(clock.day, (left_px, 23), 15, PALETTE.soft_ink, anchor="end")
        yield Words(self.face.fitted(clock.within, 14, width_px), (width_px, 49), 14, PALETTE.soft_ink, anchor="end")

    def _frame(self, bottom_px: float) -> Iterator[Shape]:
        """The title, and the legend below the picture."""
        yield from self._heading(CLOCK.left_px - EDGE_PX - 20)
        x_px, middle_px = float(EDGE_PX), bottom_px + 20.0
        counted = self.counts.road_users
        others = [user for user in RoadUser if user not in counted]
        for number, user in enumerate([*counted, *others]):
            ink = PALETTE.ink if user in counted else PALETTE.soft_ink
            if number == len(counted):
                x_px += 12
                yield Words(NOT_COUNTED, (x_px, middle_px), 14, ink)
                x_px += self.face.width_px(NOT_COUNTED, 14) + 14
            yield Disc((x_px + 6, middle_px), 6, class_colour(user))
            yield Words(many(user), (x_px + 18, middle_px), 14, ink)
            x_px += 18 + self.face.width_px(many(user), 14) + 22
        for number, words in enumerate((HOW_TO_READ, ABOUT)):
            yield Words(words, (EDGE_PX, middle_px + 24 + 19 * number), 13, PALETTE.soft_ink)

    def _heading(self, room_px: float) -> Iterator[Shape]:
        title = self.face.fitted(self._title, 24, room_px, bold=True)
        yield Words(title, (EDGE_PX, 30), 24, PALETTE.ink, bold=True)
        yield Words(self.face.fitted(self._below, 14, room_px), (EDGE_PX, 59), 14, PALETTE.soft_ink)

    def _last_shapes(self, rows: Sequence[str]) -> Iterator[Shape]:
        width_px, letter_px = PAGE_PX[0] - 2 * EDGE_PX, 15.0
        yield from self._heading(width_px)
        wrapped = [row for sentence in rows for row in self.face.wrapped(sentence, letter_px, width_px)]
        if len(wrapped) > LAST_ROWS:
            wrapped = [*wrapped[: LAST_ROWS - 1], "… the rest is on the screen and in the files."]
        top_px = PAGE_PX[1] - 44 - 22.0 * len(wrapped)
        table = Box(EDGE_PX, 88, EDGE_PX + width_px, top_px - 16)
        yield from CounterTable(self.counts, table, self.face, PALETTE, self._place_px, 36.0, 13.0).shapes(frozenset())
        for number, row in enumerate(wrapped):
            yield Words(row, (EDGE_PX, top_px + 11 + 22 * number), letter_px, PALETTE.ink)
        yield Words(ABOUT, (EDGE_PX, PAGE_PX[1] - 24), 13, PALETTE.soft_ink)


def _is_masked(moment: FilmMoment) -> bool:
    return moment.frame.method not in METHODS


def _notice(moment: FilmMoment) -> str:
    """What is written across a picture that could not be drawn as it should be."""
    if not moment.why:
        return ""
    shown = "Boxes alone" if _is_masked(moment) else "Boxes alone, on the place as it was last known"
    return f"{shown}: {moment.why}"


@lru_cache(maxsize=4)
def _whole(box: Box) -> tuple[int, int]:
    width_px, height_px = box.size_px
    return round(width_px), round(height_px)


def as_bgr(page: Picture) -> npt.NDArray[np.uint8]:
    """Returns a page as a film's pictures are: uint8 (H, W, 3), BGR."""
    # Pillow turns the channels round in a fifth of the time that NumPy takes.
    return np.frombuffer(Image.fromarray(page).tobytes("raw", "BGR"), np.uint8).reshape(page.shape)
