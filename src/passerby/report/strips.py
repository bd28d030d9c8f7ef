"""The strip above the picture, which says what it shows, and the one below, which says how to read it."""

from collections.abc import Sequence
from datetime import tzinfo

import numpy as np
from PIL import Image, ImageDraw

from passerby.domain.report import MIN_ROAD_USERS, CountReport
from passerby.report.heat import heat_colours, heat_ticks
from passerby.report.labels import Label, write
from passerby.report.sketch import NIGHT, PALE, WHITE
from passerby.report.terminal import watched_sentences
from passerby.report.typeface import Typeface
from passerby.report.wording import how_many, time_span
from passerby.text import percent

_MAX_ROWS = 16  # of words below the picture; the rest is in the table and the files


def title_strip(report: CountReport, width_px: int, face: Typeface, time_zone: tzinfo) -> Image.Image:
    """Camera, time span and coverage."""
    unit_px = width_px / 960
    strip = Image.new("RGB", (width_px, round(66 * unit_px)), NIGHT[:3])
    pen = ImageDraw.Draw(strip)
    left_px, right_px = 20 * unit_px, width_px - 20 * unit_px
    watched = f"watched {percent(report.coverage)} of the time"
    watched_px = face.width_px(watched, 17 * unit_px)
    room_px = right_px - left_px - watched_px - 20 * unit_px
    title = face.fitted(report.camera_id, 22 * unit_px, room_px)
    write(pen, (left_px, 24 * unit_px), title, face, 22 * unit_px, WHITE, bold=True)
    write(pen, (right_px, 24 * unit_px), watched, face, 17 * unit_px, WHITE, anchor="rm")
    span = face.fitted(f"{time_span(report, time_zone)}, {report.source}", 13.5 * unit_px, right_px - left_px)
    write(pen, (left_px, 49 * unit_px), span, face, 13.5 * unit_px, PALE)
    return strip


def legend_strip(report: CountReport, unplaced: Sequence[Label], width_px: int, face: Typeface) -> Image.Image:
    """The heat's colours with their numbers on the left, movements and losses in words on the right."""
    unit_px = width_px / 960
    letter_px, row_px = 13.5 * unit_px, 19.5 * unit_px
    words_left_px = 400 * unit_px
    rows = _rows(report, unplaced, face, letter_px, width_px - words_left_px - 20 * unit_px)
    height_px = max(84 * unit_px, row_px * len(rows) + 28 * unit_px)
    strip = Image.new("RGB", (width_px, round(height_px)), NIGHT[:3])
    pen = ImageDraw.Draw(strip)
    _heat_legend(report, strip, pen, face, unit_px)
    for number, row in enumerate(rows):
        write(pen, (words_left_px, 22 * unit_px + number * row_px), row, face, letter_px, WHITE)
    return strip


def _heat_legend(
    report: CountReport, strip: Image.Image, pen: ImageDraw.ImageDraw, face: Typeface, unit_px: float
) -> None:
    left_px, letter_px = 20 * unit_px, 13.5 * unit_px
    ticks = heat_ticks(report.flow_map)
    if not ticks:
        words = f"No spot that {MIN_ROAD_USERS} or more passed." if report.coverage > 0 else "Nothing was watched."
        write(pen, (left_px, 22 * unit_px), words, face, letter_px, WHITE)
        return
    write(pen, (left_px, 22 * unit_px), "How many passed through a spot", face, letter_px, WHITE)
    bar_px = (round(330 * unit_px), round(12 * unit_px))
    levels = np.tile(np.linspace(0.0, 1.0, bar_px[0]), (bar_px[1], 1))
    strip.paste(Image.fromarray(heat_colours(levels)), (round(left_px), round(36 * unit_px)))
    free_px = left_px - 1
    for level, number in reversed(ticks):  # the busiest first: it must not give way to a round number
        half_px = face.width_px(f"{number}", letter_px) / 2
        x_px = min(max(left_px + level * bar_px[0], left_px + half_px), left_px + bar_px[0] - half_px)
        if free_px < left_px or x_px + half_px + 6 * unit_px < free_px:
            write(pen, (x_px, 60 * unit_px), f"{number}", face, letter_px, PALE, anchor="mm")
            free_px = x_px - half_px


def _rows(
    report: CountReport, unplaced: Sequence[Label], face: Typeface, letter_px: float, room_px: float
) -> list[str]:
    sentences = []
    for total in report.movements if report.coverage > 0 else ():
        counts = [how_many(user, int(total.counts[user])) for user in sorted(total.counts) if total.counts[user]]
        sentences.append(f"{total.movement.name}: {', '.join(counts) or 'no one'}")
    sentences += watched_sentences(report)
    if unplaced:
        sentences.append("No room in the picture for: " + "; ".join(label.spoken() for label in unplaced))
    rows = [row for sentence in sentences for row in face.wrapped(sentence, letter_px, room_px)]
    if len(rows) > _MAX_ROWS:
        rows = [*rows[: _MAX_ROWS - 1], "... the rest is in the table and the files."]
    return rows
