"""What stands on a card."""

from dataclasses import replace

import pytest

from passerby.domain.events import Direction
from passerby.domain.report import ZoneTotal
from passerby.domain.road_user import RoadUser
from passerby.report.pictures.cards import Card, CardWriter, Detail
from passerby.report.pictures.palette import DARK
from passerby.report.pictures.scene import Box, Words
from passerby.report.pictures.typeface import typeface_for
from testing.reports import market_square

WRITER = CardWriter(typeface_for([]), 14, 236, (960, 720))
STATION, ARCADE = market_square().lines
FOUNTAIN = market_square().zones[0]


def rows(card: Card) -> list[str]:
    return [" ".join(piece.text for piece in row.pieces if piece.text) for row in card.rows]


def test_lines_shrink_from_classes_to_totals() -> None:
    assert rows(WRITER.line_card(STATION, Detail.FULL)) == [
        "Station Road",
        "469 to the station",
        "412 pedestrians, 57 bicycles",
        "449 to the square",
        "388 pedestrians, 61 bicycles",
    ]
    assert rows(WRITER.line_card(STATION, Detail.BRIEF)) == ["Station Road", "469 to the station", "449 to the square"]
    assert rows(WRITER.line_card(STATION, Detail.TINY)) == ["Station Road 469 449"]


def test_a_single_class_is_said_once_and_no_row_repeats_a_number() -> None:
    assert rows(WRITER.line_card(ARCADE, Detail.FULL)) == [
        "East arcade",
        "pedestrians",
        "230 into the arcade",
        "251 out of the arcade",
    ]
    none = replace(ARCADE, counts={RoadUser.CAR: {Direction.FORWARD: 0, Direction.BACKWARD: 0}})
    assert rows(WRITER.line_card(none, Detail.FULL)) == ["East arcade", "0 into the arcade", "0 out of the arcade"]


@pytest.mark.parametrize(
    ("counted", "words"),
    [((RoadUser.CAR, RoadUser.TRUCK), "nothing inside"), ((RoadUser.PEDESTRIAN, RoadUser.BICYCLE), "no one inside")],
)
def test_vehicles_are_no_persons(counted: tuple[RoadUser, ...], words: str) -> None:
    empty = ZoneTotal(FOUNTAIN.zone, None, {}, dict.fromkeys(counted, 0), {}, {}, {}, {}, None, None)
    assert rows(WRITER.zone_card(empty, Detail.FULL)) == ["Fountain", words]


def test_numbers_of_a_full_zone_are_lower_bounds() -> None:
    said = rows(WRITER.zone_card(replace(FOUNTAIN, saturated=0.2), Detail.FULL))
    assert said[1:4] == ["at least 6.4 pedestrians on", "average", "at least 17 at most, stay 48 s (median)"]


def test_long_names_take_more_rows_and_stay_on_their_card() -> None:
    line = replace(STATION.line, name="Avenue of the very long name " * 6, forward_name="towards " * 20)
    long = replace(STATION, line=line)
    card = WRITER.line_card(long, Detail.FULL)
    width_px, height_px = WRITER.size_px(card)
    assert width_px <= 236
    assert rows(card)[2].endswith("…")
    box = Box(10, 10, 10 + width_px, 10 + height_px)
    for shape in WRITER.drawn(card, box, DARK):
        if isinstance(shape, Words):
            end_px = shape.at_px[0] + WRITER.face.width_px(shape.text, shape.letter_px, bold=shape.bold)
            assert box.left_px < shape.at_px[0] <= end_px < box.right_px
            assert box.top_px < shape.at_px[1] < box.bottom_px
