"""The summary picture of a count: the place without people, where they went, and how many."""

from collections.abc import Iterator, Sequence
from datetime import UTC, tzinfo

from PIL import Image

from passerby.domain.events import Direction
from passerby.domain.frames import AnonymousFrame
from passerby.domain.line_accuracies import PRIOR, LineAccuracies
from passerby.domain.report import CountReport
from passerby.report.pictures.backdrop import backdrop
from passerby.report.pictures.cards import Card, CardWriter, Detail
from passerby.report.pictures.heat import heat_overlay
from passerby.report.pictures.marks import arrow_points, line_shapes, movement_shapes, zone_point, zone_shapes
from passerby.report.pictures.page import Arrangement, arrange
from passerby.report.pictures.palette import DARK, Palette
from passerby.report.pictures.scene import Bitmap, Box, Point, Scene, Shape
from passerby.report.pictures.strips import TITLE, Legend, Page, count_title
from passerby.report.pictures.typeface import Typeface, typeface_for
from passerby.report.wording import true_inside, true_movement, true_range


def count_picture(
    report: CountReport,
    empty_place: AnonymousFrame | None,
    *,
    site: str | None = None,
    time_zone: tzinfo = UTC,
    palette: Palette = DARK,
    accuracies: LineAccuracies = PRIOR,
) -> Scene:
    """Returns one picture that shows the whole run.

    Args:
        report: what was counted.
        empty_place: the place without people; None draws on a plain canvas.
        site: the site's name, where there is one.
        time_zone: the zone that times are shown in.
        palette: the colours.
        accuracies: what is believed of the counts of its lines.

    Returns:
        the picture; the place in it is 960 to 2560 pixels wide, and margins with cards stand beside it.

    Raises:
        OutputError: `empty_place` has no pixel.
    """
    image = backdrop(empty_place, palette)
    heat = heat_overlay(report.flow_map, image.size)
    if heat is not None:
        image = Image.alpha_composite(image.convert("RGBA"), heat).convert("RGB")
    face, unit_px = typeface_for(_texts(report, site)), image.width / 960
    title_px = round(TITLE * unit_px)
    arrangement = arranged(report, image.size, title_px, face, accuracies)
    page = Page(arrangement.width_px, unit_px, face, palette)
    hatched = empty_place is not None and empty_place.coarse is not None and bool(empty_place.coarse.any())
    legend = Legend(
        report, arrangement.cards.unplaced, page, arrangement.place.bottom_px, hatched=hatched, accuracies=accuracies
    )
    shapes = (
        Bitmap(image, arrangement.place),
        *_marks(report, arrangement, face, palette, accuracies),
        *arrangement.cards.shapes(palette),
        *count_title(page, report, site, time_zone),
        *legend.shapes(),
    )
    height_px = round(arrangement.place.bottom_px + legend.height_px)
    return Scene((arrangement.width_px, height_px), palette.paper, face, shapes)


def arranged(
    report: CountReport, place_px: tuple[int, int], top_px: int, face: Typeface, accuracies: LineAccuracies = PRIOR
) -> Arrangement:
    """Returns where the place and the cards of a count stand; arguments as for `page.arrange`."""

    def cards(writer: CardWriter, detail: Detail) -> Sequence[Card]:
        lines = [
            writer.line_card(total, detail, {way: true_range(accuracies, report, total, (way,)) for way in Direction})
            for total in report.lines
        ]
        return lines + [
            writer.zone_card(total, detail, {user: true_inside(report, total, user) for user in total.occupancy_mean})
            for total in report.zones
        ]

    def anchors(place: Box) -> Sequence[Point]:
        points = arrow_points([total.line for total in report.lines], place)
        return points + [zone_point(total.zone, place) for total in report.zones]

    return arrange(place_px, top_px, face, cards, anchors, watched=report.coverage > 0)


def _marks(
    report: CountReport, arrangement: Arrangement, face: Typeface, palette: Palette, accuracies: LineAccuracies
) -> Iterator[Shape]:
    """Zones, leaders, movements, lines, and both ways' arrows on top."""
    place, lines = arrangement.place, [total.line for total in report.lines]
    points = arrow_points(lines, place)
    yield from zone_shapes([total.zone for total in report.zones], place, palette)
    yield from arrangement.cards.leaders(palette, place.size_px[0] / 960)
    if report.coverage > 0:
        ranges = {total.movement.name: true_movement(accuracies, report, total) for total in report.movements}
        yield from movement_shapes(report.movements, lines, points, place, palette, face, ranges)
    yield from line_shapes(lines, points, place, palette)


def _texts(report: CountReport, site: str | None) -> Iterator[str]:
    """Every text of the user's that the picture may show."""
    yield from (site or "", report.camera_id, report.source, "…²")
    yield from (*report.losses, *report.notes)
    for total in report.lines:
        yield from (total.line.name, total.line.forward_name, total.line.backward_name)
    yield from (total.zone.name for total in report.zones)
    yield from (total.movement.name for total in report.movements)
