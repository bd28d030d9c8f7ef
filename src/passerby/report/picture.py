"""The summary picture: the place without people, where they went, and how many."""

import io
from collections.abc import Iterator
from datetime import UTC, tzinfo
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from passerby.domain.events import Direction
from passerby.domain.report import CountReport
from passerby.files import write_whole
from passerby.geometry.directions import direction_vector
from passerby.report.arrangement import Arrangement, PlacedLabel, arrange, corners_px, ends_px
from passerby.report.backdrop import backdrop
from passerby.report.heat import heat_overlay
from passerby.report.labels import sketch_card, write_letters
from passerby.report.sketch import BACKWARD, CASING, FORWARD, WHITE, ZONE_FILL, ZONE_RIM, Sketch
from passerby.report.strips import legend_strip, title_strip
from passerby.report.typeface import Typeface, typeface_for

_ARROW = 25.0  # length of one way's arrow, in 960ths of the picture's width


def summary_picture(
    report: CountReport, background: npt.NDArray[np.uint8] | None, time_zone: tzinfo = UTC
) -> Image.Image:
    """Returns one picture that shows the whole run.

    Args:
        report: what was counted.
        background: uint8 (H, W, 3), BGR, the place without people; None draws on a plain canvas.
        time_zone: the zone that times are shown in.

    Returns:
        an RGB picture, 960 to 2560 pixels wide.

    Raises:
        OutputError: `background` is not such a picture.
    """
    place = backdrop(background)
    face = typeface_for(_texts(report))
    arrangement = arrange(report, place.size, face)
    heat = heat_overlay(report.flow_map, place.size)
    if heat is not None:
        place = Image.alpha_composite(place.convert("RGBA"), heat).convert("RGB")
    place = _with_places(place, report, arrangement)
    place = _with_labels(place, arrangement, face)
    return _stacked(
        title_strip(report, place.width, face, time_zone),
        place,
        legend_strip(report, arrangement.unplaced, place.width, face),
    )


def summary_png(report: CountReport, background: npt.NDArray[np.uint8] | None, time_zone: tzinfo = UTC) -> bytes:
    """The summary picture as PNG without any metadata; errors as in `summary_picture`."""
    sink = io.BytesIO()
    summary_picture(report, background, time_zone).save(sink, "PNG")
    return sink.getvalue()


def write_summary_png(
    report: CountReport, background: npt.NDArray[np.uint8] | None, path: Path, time_zone: tzinfo = UTC
) -> None:
    """Writes the PNG whole or not at all; raises OutputError."""
    write_whole(path, summary_png(report, background, time_zone))


def _with_places(place: Image.Image, report: CountReport, arrangement: Arrangement) -> Image.Image:
    """Zones, then lines over them, then both ways' arrows on top."""
    unit_px = place.width / 960
    sketch = Sketch(place.size)
    for zone_total in report.zones:
        corners = corners_px(zone_total.zone, place.size)
        sketch.polygon(corners, ZONE_FILL)
        sketch.path([*corners, corners[0]], ZONE_RIM, 2 * unit_px)
    for casing in (True, False):
        for total in report.lines:
            colour, width_px = (CASING, 5.0) if casing else (WHITE, 2.2)
            sketch.path(ends_px(total.line, place.size), colour, width_px * unit_px)
    for total, middle in zip(report.lines, arrangement.arrows_px, strict=True):
        for casing in (True, False):
            for direction, hue in ((Direction.FORWARD, FORWARD), (Direction.BACKWARD, BACKWARD)):
                x, y = direction_vector(total.line, direction, place.size)
                reach_px = (_ARROW + (2.5 if casing else 0.0)) * unit_px
                head = (middle[0] + x * reach_px, middle[1] + y * reach_px)
                sketch.arrow(middle, head, CASING if casing else hue, (5.4 if casing else 3.6) * unit_px)
        sketch.dot(middle, 3.4 * unit_px, WHITE)
    return sketch.over(place)


def _with_labels(place: Image.Image, arrangement: Arrangement, face: Typeface) -> Image.Image:
    unit_px = place.width / 960
    sketch = Sketch(place.size)
    for placed in arrangement.labels:
        leader = _leader_px(placed, 30 * unit_px)
        if leader is not None:
            sketch.path(leader, CASING, 3 * unit_px)
            sketch.path(leader, WHITE, 1.2 * unit_px)
    for placed in arrangement.labels:
        sketch_card(placed.label, placed.box, sketch, face, arrangement.letter_px)
    place = sketch.over(place)
    pen = ImageDraw.Draw(place)
    for placed in arrangement.labels:
        write_letters(placed.label, placed.box, pen, face, arrangement.letter_px)
    return place


def _leader_px(placed: PlacedLabel, min_px: float) -> list[tuple[float, float]] | None:
    """A stroke from the label to its place when it had to stand away from it."""
    (x_px, y_px), box = placed.anchor_px, placed.box
    near_x_px = min(max(x_px, box.left_px), box.right_px)
    near_y_px = min(max(y_px, box.top_px), box.bottom_px)
    if max(abs(near_x_px - x_px), abs(near_y_px - y_px)) < min_px:
        return None
    return [(near_x_px, near_y_px), (x_px, y_px)]


def _stacked(*strips: Image.Image) -> Image.Image:
    whole = Image.new("RGB", (strips[0].width, sum(strip.height for strip in strips)))
    top_px = 0
    for strip in strips:
        whole.paste(strip, (0, top_px))
        top_px += strip.height
    return whole


def _texts(report: CountReport) -> Iterator[str]:
    """Every text of the user's that the picture may show."""
    yield report.camera_id
    yield report.source
    yield from report.losses
    for total in report.lines:
        yield from (total.line.name, total.line.forward_name, total.line.backward_name)
    yield from (total.zone.name for total in report.zones)
    yield from (total.movement.name for total in report.movements)
