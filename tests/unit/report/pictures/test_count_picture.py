"""The summary picture of a count."""

from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings

from passerby.domain.errors import OutputError
from passerby.domain.frames import AnonymousFrame, FrameStamp
from passerby.domain.report import CountReport
from passerby.report.pictures.count_picture import count_picture
from passerby.report.pictures.marks import arrow_points
from passerby.report.pictures.painters.pdf import pdf
from passerby.report.pictures.painters.png import painted
from passerby.report.pictures.painters.svg import svg
from passerby.report.pictures.palette import DARK, LIGHT
from passerby.report.pictures.scene import Bitmap, Scene, Words
from passerby.report.wording import time_span
from testing.reports import any_report, empty_report, market_square

STAMP = FrameStamp("square", 0, 0, 0.0, (6, 4))


def grey(width_px: int, height_px: int, value: int = 128, coarse: np.ndarray | None = None) -> AnonymousFrame:
    return AnonymousFrame(STAMP, np.full((height_px, width_px, 3), value, np.uint8), "redrawn", coarse)


def words(scene: Scene) -> list[str]:
    return [shape.text for shape in scene.shapes if isinstance(shape, Words)]


def place_of(scene: Scene) -> Bitmap:
    return next(shape for shape in scene.shapes if isinstance(shape, Bitmap))


@pytest.mark.parametrize(
    ("size_px", "width_px"),
    [((768, 576), 960), ((1, 1), 960), ((20, 5000), 960), ((1920, 1080), 1920), ((5000, 20), 2560)],
)
def test_every_size_gives_a_place_that_can_be_written_on(size_px: tuple[int, int], width_px: int) -> None:
    scene = count_picture(market_square(), grey(*size_px))
    place = place_of(scene)
    assert (place.image.width, place.box.size_px[0]) == (width_px, width_px)
    assert place.image.height >= place.image.width * 0.4
    assert scene.size_px[0] > place.image.width


def test_a_plain_canvas_and_an_empty_run() -> None:
    assert place_of(count_picture(market_square(), None)).image.width == 1280
    scene = count_picture(empty_report(), None)
    assert scene.size_px[0] == 1280
    assert "Nothing was watched." in words(scene)


def test_the_title_names_site_and_camera_and_says_each_thing_once() -> None:
    said = words(count_picture(market_square(), grey(96, 72), site="Market quarter"))
    assert "Market quarter: square" in said
    assert "watched 98.3 % of the time" in said
    assert len([row for row in said if "98.3" in row]) == 1
    assert "9000 pictures looked at, 10 a second." in said
    assert words(count_picture(market_square(), None))[-20:] != said[-20:]


@pytest.mark.parametrize("palette", [DARK, LIGHT])
def test_the_place_steps_back_and_its_colours_are_not_swapped(palette) -> None:
    red_bgr = np.zeros((576, 768, 3), np.uint8)
    red_bgr[:, :, 2] = 255
    scene = count_picture(empty_report(), AnonymousFrame(STAMP, red_bgr, "redrawn"), palette=palette)
    picture = np.asarray(place_of(scene).image)
    red, green, blue = picture[300, 480].tolist()
    assert red > green + 20
    assert green == blue
    assert red < 160 if palette is DARK else green > 120


def test_what_was_not_learned_is_hatched_and_said() -> None:
    coarse = np.zeros((4, 6), np.bool_)
    coarse[:, :3] = True
    scene = count_picture(empty_report(), grey(96, 72, coarse=coarse))
    picture = np.asarray(place_of(scene).image, np.int16)
    assert np.ptp(picture[:, :470]) > 20
    assert np.ptp(picture[:, 490:]) == 0
    assert "not yet learned, and shown coarse" in words(scene)
    assert "not yet learned, and shown coarse" not in words(count_picture(empty_report(), grey(96, 72)))


def test_both_arrows_stand_on_the_line() -> None:
    report = market_square()
    scene = count_picture(report, grey(960, 720))
    picture, place = np.asarray(painted(scene)), place_of(scene).box
    x_px, y_px = arrow_points([total.line for total in report.lines], place)[1]  # East arcade: forward is to the left
    row = picture[round(y_px)]
    assert tuple(row[round(x_px) - 18]) == DARK.forward[:3]
    assert tuple(row[round(x_px) + 18]) == DARK.backward[:3]


def test_movements_are_ribbons_with_their_number() -> None:
    report = market_square()
    with_ribbon = words(count_picture(report, grey(960, 720)))
    assert "141 (134–301)" in with_ribbon
    assert "a movement, the thicker the more" in with_ribbon
    none = replace(report, movements=(replace(report.movements[0], counts={}),))
    without = words(count_picture(none, grey(960, 720)))
    assert not any(word.startswith("141") for word in without)
    assert "a movement, the thicker the more" not in without
    assert "Station to arcade: no one" in without


def test_the_time_span_is_reported_in_the_zone_asked_for() -> None:
    report = market_square()
    assert time_span(report, ZoneInfo("Europe/Belgrade")) == "2026-06-01 10:00:00 to 10:15:00 CEST (15 min 00 s)"
    night = replace(report, duration_s=86_400.0)
    assert time_span(night, ZoneInfo("UTC")) == "2026-06-01 08:00:00 to 2026-06-02 08:00:00 UTC (24 h 00 min)"


def test_the_notes_stand_below_it() -> None:
    noted = replace(market_square(), notes=("the gate lies outside the calibrated points",))
    assert "Note: the gate lies outside the calibrated points." in " ".join(words(count_picture(noted, None)))
    assert "Note:" not in " ".join(words(count_picture(market_square(), None)))


def test_letters_that_no_font_has_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("passerby.report.pictures.typeface._FOLDERS", ())
    said = " ".join(words(count_picture(replace(market_square(), camera_id="広場"), None)))
    assert "No font on this machine has U+5834, U+5E83: these letters are replaced." in said


def test_a_picture_without_pixels_is_refused() -> None:
    with pytest.raises(OutputError, match=r"picture of a place: .* got \(0, 4, 3\)"):
        count_picture(market_square(), AnonymousFrame(STAMP, np.zeros((0, 4, 3), np.uint8), "redrawn"))


@pytest.mark.parametrize("form", [svg, pdf])
@settings(max_examples=8, deadline=None)
@given(report=any_report)
def test_any_report_can_be_drawn(form: Callable[[Scene], bytes], report: CountReport) -> None:
    assert form(count_picture(report, grey(8, 6)))


@settings(max_examples=6, deadline=None)
@given(report=any_report)
def test_any_report_can_be_painted(report: CountReport) -> None:
    scene = count_picture(report, grey(8, 6))
    assert painted(scene).size == scene.size_px
