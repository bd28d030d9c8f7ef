"""The summary picture."""

import io
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from PIL import Image

from passerby.domain.errors import OutputError
from passerby.domain.report import CountReport
from passerby.report.arrangement import arrange
from passerby.report.labels import Detail, line_label
from passerby.report.picture import summary_picture, summary_png, write_summary_png
from passerby.report.sketch import BACKWARD, FORWARD, PAPER
from passerby.report.typeface import typeface_for
from passerby.report.wording import time_span
from testing.reports import any_report, empty_report, grid_report, market_square


def grey(width_px: int, height_px: int, value: int = 128) -> npt.NDArray[np.uint8]:
    return np.full((height_px, width_px, 3), value, np.uint8)


@pytest.mark.parametrize(
    ("size_px", "width_px"),
    [
        ((768, 576), 960),
        ((1, 1), 960),
        ((96, 72), 960),
        ((20, 5000), 960),
        *(pytest.param(*sizes, marks=pytest.mark.slow) for sizes in (((1920, 1080), 1920), ((5000, 20), 2560))),
    ],
)
def test_every_size_gives_a_picture_that_can_be_written_on(size_px: tuple[int, int], width_px: int) -> None:
    for report in (market_square(), grid_report()):
        picture = summary_picture(report, grey(*size_px))
        assert (picture.mode, picture.width) == ("RGB", width_px)
        assert picture.height > picture.width * 0.4


def test_a_plain_canvas_and_an_empty_run() -> None:
    assert summary_picture(market_square(), None).width == 1280
    assert summary_picture(empty_report(), None).width == 1280


def test_the_same_report_gives_the_same_bytes_without_metadata() -> None:
    written = summary_png(market_square(), grey(768, 576))
    assert written == summary_png(market_square(), grey(768, 576))
    with Image.open(io.BytesIO(written)) as picture:
        assert (picture.format, picture.info) == ("PNG", {})


def test_the_place_is_dimmed_and_its_colours_are_not_swapped() -> None:
    red_bgr = grey(768, 576, 0)
    red_bgr[:, :, 2] = 255
    picture = np.asarray(summary_picture(empty_report(), red_bgr))
    red, green, blue = picture[300, 480].tolist()
    assert red > green + 20
    assert green == blue
    assert red < 160


def test_both_arrows_stand_on_the_line_and_the_cards_are_paper() -> None:
    report = market_square()
    place_px = (960, 720)
    arrangement = arrange(report, place_px, typeface_for([]))
    picture = np.asarray(summary_picture(report, grey(*place_px)))
    title_px = 66
    x_px, y_px = arrangement.arrows_px[1]  # East arcade: forward is to the left
    row = picture[round(y_px) + title_px]
    assert tuple(row[round(x_px) - 18]) == FORWARD[:3]
    assert tuple(row[round(x_px) + 18]) == BACKWARD[:3]
    for placed in arrangement.labels:
        box = placed.box
        card = picture[
            round(box.top_px) + title_px + 2 : round(box.bottom_px) + title_px - 2,
            round(box.left_px) + 8 : round(box.right_px) - 2,
        ]
        paper = (card == np.array(PAPER[:3])).all(axis=2).mean()
        assert 0.5 < paper < 0.98  # paper with letters on it


def test_counts_change_the_picture_and_coverage_too() -> None:
    report = market_square()
    written = summary_png(report, None)
    assert summary_png(replace(report, coverage=0.5), None) != written
    fewer = replace(report.lines[1], counts={})
    assert summary_png(replace(report, lines=(report.lines[0], fewer)), None) != written


def test_the_time_span_is_reported_in_the_zone_asked_for() -> None:
    report = market_square()
    assert time_span(report, ZoneInfo("Europe/Belgrade")) == "2026-06-01 10:00:00 to 10:15:00 CEST (15 min 00 s)"
    night = replace(report, duration_s=86_400.0)
    assert time_span(night, ZoneInfo("UTC")) == "2026-06-01 08:00:00 to 2026-06-02 08:00:00 UTC (24 h 00 min)"


def test_labels_shrink_from_classes_to_totals() -> None:
    total = market_square().lines[0]
    spoken = [line_label(total, (960, 720), detail).spoken() for detail in Detail]
    assert spoken == [
        "Station Road: 469 to the station, 412 pedestrians, 57 bicycles, "
        "449 to the square, 388 pedestrians, 61 bicycles",
        "Station Road: 469 to the station, 449 to the square",
        "Station Road 469 449",
    ]


@pytest.mark.parametrize(
    "background", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((0, 4, 3), np.uint8)]
)
def test_what_is_no_picture_is_refused(background: npt.NDArray[np.uint8]) -> None:
    with pytest.raises(OutputError, match=r"must be a uint8 picture.*got uint8"):
        summary_picture(market_square(), background)


@settings(max_examples=12, deadline=None)
@given(any_report)
def test_any_report_can_be_drawn(report: CountReport) -> None:
    assert summary_picture(report, grey(8, 6)).width == 960


def test_the_file_holds_the_same(tmp_path: Path) -> None:
    write_summary_png(market_square(), None, tmp_path / "counts.png")
    assert (tmp_path / "counts.png").read_bytes() == summary_png(market_square(), None)
