"""Where a count's place and cards stand."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings

from passerby.domain.report import CountReport
from passerby.report.pictures.count_picture import arranged
from passerby.report.pictures.page import Arrangement
from passerby.report.pictures.scene import Box
from passerby.report.pictures.typeface import typeface_for
from testing.reports import any_report, empty_report, grid_report, market_square, overlap

SIZES_PX = [(960, 720), (1920, 1080), (960, 384), (960, 1920)]


def of(report: CountReport, size_px: tuple[int, int] = (960, 720)) -> Arrangement:
    return arranged(report, size_px, 60, typeface_for([]))


def boxes_of(arrangement: Arrangement) -> list[Box]:
    return [box for box in arrangement.cards.margins.boxes if box is not None]


def assert_tidy(arrangement: Arrangement) -> None:
    boxes = boxes_of(arrangement)
    assert not any(overlap(one, other) for one, other in combinations(boxes, 2))
    for box in boxes:
        assert not overlap(box, arrangement.place), "a card hides something of the place"
        assert 0 <= box.left_px <= box.right_px <= arrangement.width_px
        assert arrangement.place.top_px <= box.top_px <= box.bottom_px <= arrangement.place.bottom_px


@pytest.mark.parametrize("size_px", SIZES_PX)
def test_an_ordinary_report_is_said_in_full_beside_the_place(size_px: tuple[int, int]) -> None:
    arrangement = of(market_square(), size_px)
    assert_tidy(arrangement)
    assert arrangement.cards.unplaced == ()
    assert arrangement.place.size_px == size_px
    said = " | ".join(card.spoken for card in arrangement.cards.cards)
    assert "Station Road: 469 to the station, 412 pedestrians, 57 bicycles, 449 to the square" in said
    assert "East arcade (pedestrians): 230 into the arcade, 251 out of the arcade" in said
    assert "Fountain: 6.4 pedestrians on average, 17 at most, stay 48 s (median)" in said


@pytest.mark.parametrize("size_px", [size for size in SIZES_PX if size[1] > 400])
def test_seventeen_lines_all_keep_their_card(size_px: tuple[int, int]) -> None:
    arrangement = of(grid_report(), size_px)
    assert_tidy(arrangement)
    assert len(boxes_of(arrangement)) == 18


def test_what_finds_no_room_is_not_lost() -> None:
    grid = grid_report()
    crowd = tuple(
        replace(total, line=replace(total.line, name=f"{total.line.name} number {number} with a long name"))
        for number in range(12)
        for total in grid.lines
    )
    arrangement = of(replace(grid, lines=crowd), (960, 384))
    assert_tidy(arrangement)
    assert all(
        said.endswith(": 123 forward, 45 backward")
        for said in arrangement.cards.unplaced
        if not said.startswith("Fount")
    )
    assert len(boxes_of(arrangement)) + len(arrangement.cards.unplaced) == len(crowd) + 1


def test_a_margin_in_which_nothing_stands_is_left_out() -> None:
    report = market_square()
    arrangement = of(replace(report, lines=report.lines[:1], zones=()))
    assert_tidy(arrangement)
    assert arrangement.place.left_px > 0
    assert arrangement.width_px == arrangement.place.right_px
    arrangement = of(replace(report, lines=report.lines[1:], zones=()))
    assert_tidy(arrangement)
    assert arrangement.place.left_px == 0
    assert arrangement.width_px > 960


def test_without_coverage_no_zero_is_shown() -> None:
    said = {card.spoken for card in of(replace(market_square(), coverage=0.0)).cards.cards}
    assert "East arcade: no data into the arcade, no data out of the arcade" in said
    assert "Fountain: no data" in said


def test_nothing_to_arrange() -> None:
    arrangement = of(empty_report())
    assert (arrangement.cards.cards, arrangement.width_px) == ((), 960)


@settings(max_examples=40, deadline=None)
@given(any_report)
def test_any_report_is_tidy(report: CountReport) -> None:
    arrangement = of(report)
    assert_tidy(arrangement)
    assert len(boxes_of(arrangement)) + len(arrangement.cards.unplaced) == len(report.lines) + len(report.zones)
