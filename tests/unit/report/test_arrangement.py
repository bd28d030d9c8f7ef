"""Where labels and arrows stand in a whole picture."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings

from passerby.domain.report import CountReport
from passerby.report.arrangement import Arrangement, arrange
from passerby.report.placement import Box
from passerby.report.typeface import typeface_for
from testing.reports import any_report, empty_report, grid_report, market_square, overlap

SIZES_PX = [(960, 720), (1920, 1080), (960, 384), (960, 1920)]


def arranged(report: CountReport, size_px: tuple[int, int] = (960, 720)) -> Arrangement:
    return arrange(report, size_px, typeface_for([]))


def assert_tidy(arrangement: Arrangement, size_px: tuple[int, int]) -> None:
    boxes = [placed.box for placed in arrangement.labels]
    assert not any(overlap(one, other) for one, other in combinations(boxes, 2))
    for box in boxes:
        assert overlap(Box(0, 0, *size_px), box)
        assert min(box.left_px, box.top_px, size_px[0] - box.right_px, size_px[1] - box.bottom_px) >= 0
        assert not any(overlap(box, Box(x, y, x + 1, y + 1)) for x, y in arrangement.arrows_px)


@pytest.mark.parametrize("size_px", SIZES_PX)
def test_an_ordinary_report_is_reported_in_full(size_px: tuple[int, int]) -> None:
    arrangement = arranged(market_square(), size_px)
    assert_tidy(arrangement, size_px)
    assert arrangement.unplaced == ()
    words = " | ".join(placed.label.spoken() for placed in arrangement.labels)
    assert "Station Road: 469 to the station, 412 pedestrians, 57 bicycles, 449 to the square" in words
    assert "Fountain: 6.4 pedestrians on average, 17 at most, stay 48 s (median)" in words


@pytest.mark.parametrize("size_px", SIZES_PX)
def test_seventeen_lines_all_keep_their_label(size_px: tuple[int, int]) -> None:
    arrangement = arranged(grid_report(), size_px)
    assert_tidy(arrangement, size_px)
    assert arrangement.unplaced == ()
    assert len(arrangement.labels) == 18
    words = {placed.label.spoken() for placed in arrangement.labels}
    assert any(spoken.startswith(("x1 123", "x1: 123")) for spoken in words)


def test_what_finds_no_room_is_not_lost() -> None:
    grid = grid_report()
    crowd = tuple(
        replace(total, line=replace(total.line, name=f"{total.line.name} number {number} with a long name"))
        for number in range(12)
        for total in grid.lines
    )
    arrangement = arranged(replace(grid, lines=crowd), (960, 384))
    assert_tidy(arrangement, (960, 384))
    assert arrangement.unplaced
    reported = [label.spoken() for label in arrangement.unplaced if label.stripe is None]
    assert reported
    assert all(words.endswith(": 123 forward, 45 backward") for words in reported)
    assert len(arrangement.labels) + len(arrangement.unplaced) == len(crowd) + 1


def test_arrows_of_lines_that_cross_keep_apart() -> None:
    arrows_px = arranged(grid_report()).arrows_px
    nearest_px = min(abs(x1 - x2) + abs(y1 - y2) for (x1, y1), (x2, y2) in combinations(arrows_px, 2))
    assert nearest_px > 40


def test_without_coverage_no_zero_is_shown() -> None:
    spoken = {placed.label.spoken() for placed in arranged(replace(market_square(), coverage=0.0)).labels}
    assert "East arcade: no data into the arcade, no data out of the arcade" in spoken
    assert "Fountain no data" in spoken


def test_nothing_to_arrange() -> None:
    arrangement = arranged(empty_report())
    assert (arrangement.labels, arrangement.unplaced, arrangement.arrows_px) == ((), (), ())


@settings(max_examples=40, deadline=None)
@given(any_report)
def test_any_report_is_tidy(report: CountReport) -> None:
    arrangement = arranged(report)
    boxes = [placed.box for placed in arrangement.labels]
    assert not any(overlap(one, other) for one, other in combinations(boxes, 2))
    assert len(arrangement.labels) + len(arrangement.unplaced) == len(report.lines) + len(report.zones)
