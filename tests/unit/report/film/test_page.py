"""The pages of a film: a picture of any shape, boxes, counters and clock; and nothing of who is who."""

from dataclasses import replace

import numpy as np
import pytest

from passerby.domain.events import Direction
from passerby.domain.review import MARKED_BACKWARD, MARKED_FORWARD, UNMARKED, CountedCrossing
from passerby.domain.road_user import RoadUser
from passerby.report.film.counts import FilmCounts
from passerby.report.film.page import CLOCK, NOT_COUNTED, PAGE_PX, PANEL, PLACE, Clock, FilmPage, as_bgr
from passerby.report.pictures.palette import LIGHT
from passerby.report.pictures.scene import Box, Words
from testing.pictures.film_moments import BoxRow, film_moment
from testing.reports import line

GATE = line("gate", [[0.5, 0.05], [0.5, 0.95]], "to the station", "to the square")
CLOCK_AT = Clock("08:15:00.0", "2026-06-01 CEST", "video.mp4, 15:00.0")


@pytest.fixture(scope="module")
def page() -> FilmPage:
    """A page whose counters stand at nothing."""
    return FilmPage("Market square: north", "Review of the count in video.mp4", FilmCounts([GATE]), ["video.mp4"])


def part(drawn: np.ndarray, box: Box) -> np.ndarray:
    return drawn[round(box.top_px) : round(box.bottom_px), round(box.left_px) : round(box.right_px)]


def near(picture: np.ndarray, colour: tuple[int, ...]) -> int:
    return int((np.abs(picture.astype(int) - colour[:3]).max(axis=2) < 12).sum())


@pytest.mark.parametrize("size_px", [(960, 540), (400, 900), (1000, 100)])
def test_a_picture_of_any_shape_has_its_room(size_px: tuple[int, int]) -> None:
    page = FilmPage("north", "", FilmCounts([GATE]))
    drawn = page.drawn(film_moment(0.0, size_px=size_px, rows=()), CLOCK_AT, 0.0)
    assert drawn.shape == (720, 1280, 3)
    rows, columns = np.nonzero((np.abs(drawn.astype(int) - 120) < 3).all(axis=2))
    width_px, height_px = int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1
    assert width_px / height_px == pytest.approx(size_px[0] / size_px[1], rel=0.03)
    assert width_px >= PLACE.size_px[0] - 2 or height_px >= PLACE.size_px[1] - 2
    assert columns.min() >= PLACE.left_px
    assert rows.max() < PLACE.bottom_px


def test_the_counters_go_up_and_light_up() -> None:
    page = FilmPage("Market square: north", "Review of the count in video.mp4", FilmCounts([GATE]))
    before = page.drawn(film_moment(0.0), CLOCK_AT, 0.0)
    page.counts.add([CountedCrossing("gate", Direction.FORWARD, RoadUser.CAR)], 0.1)
    lit, later = (page.drawn(film_moment(0.1), CLOCK_AT, second) for second in (0.1, 3.0))
    panels = [part(drawn, PANEL) for drawn in (before, lit, later)]
    assert not np.array_equal(panels[0], panels[1])
    assert not np.array_equal(panels[1], panels[2])
    assert not np.array_equal(panels[0], panels[2])
    assert near(part(lit, PLACE), LIGHT.forward) > near(part(later, PLACE), LIGHT.forward) + 500


@pytest.mark.parametrize(("mark", "colour"), [(MARKED_FORWARD, LIGHT.forward), (MARKED_BACKWARD, LIGHT.backward)])
def test_the_box_of_who_was_counted_is_marked(page: FilmPage, mark: int, colour: tuple[int, ...]) -> None:
    def shown(mark: int) -> np.ndarray:
        row: BoxRow = ((0.2, 0.4, 0.3, 0.7), RoadUser.TRUCK, mark)
        return part(page.drawn(film_moment(0.0, rows=(row,)), CLOCK_AT, 0.0), PLACE)

    assert near(shown(mark), colour) > near(shown(UNMARKED), colour) + 500


def test_boxes_that_reach_to_the_edge_are_drawn(page: FilmPage) -> None:
    rows = [((0.0, 0.0, 1.0, 1.0), RoadUser.BUS, MARKED_FORWARD), ((0.99, 0.0, 1.0, 0.01), RoadUser.CAR, UNMARKED)]
    assert page.drawn(film_moment(0.0, rows=rows), CLOCK_AT, 0.0).shape == (720, 1280, 3)


def test_the_clock_goes_on(page: FilmPage) -> None:
    first = page.drawn(film_moment(0.0), CLOCK_AT, 0.0)
    second = page.drawn(film_moment(0.0), Clock("08:15:00.1", "2026-06-01 CEST", "video.mp4, 15:00.1"), 0.0)
    without = page.drawn(film_moment(0.0), Clock("", "", "video.mp4, 15:00.1"), 0.0)
    assert not np.array_equal(part(first, CLOCK), part(second, CLOCK))
    assert not np.array_equal(part(second, CLOCK), part(without, CLOCK))
    assert np.array_equal(part(first, PLACE), part(second, PLACE))


def test_a_picture_that_could_not_be_drawn_says_why_and_shows_none(page: FilmPage) -> None:
    masked = film_moment(0.0, why="too dark to be sure", method="masked", rows=())
    drawn = part(page.drawn(masked, CLOCK_AT, 0.0), PLACE)
    assert near(drawn, (120, 120, 120)) < 1000
    place = part(page.drawn(film_moment(0.0, why="another scene", rows=()), CLOCK_AT, 0.0), PLACE)
    assert near(place, (120, 120, 120)) > 100_000
    plain = part(page.drawn(film_moment(0.0, rows=()), CLOCK_AT, 0.0), PLACE)
    assert not np.array_equal(place[:46], plain[:46])


def test_a_notice_stands_in_the_picture(page: FilmPage) -> None:
    with_notice = page.drawn(film_moment(0.0), CLOCK_AT, 0.0, "Not watched: 08:15:00 to 08:16:00")
    assert not np.array_equal(with_notice, page.drawn(film_moment(0.0), CLOCK_AT, 0.0))


def test_the_last_page_has_the_table_and_what_was_watched(page: FilmPage) -> None:
    page.drawn(film_moment(0.0), CLOCK_AT, 0.0)
    few, many = page.last(["Watched 100 % of the time."]), page.last(["A long sentence about a gap. " * 9] * 9)
    assert few.shape == many.shape == (PAGE_PX[1], PAGE_PX[0], 3)
    assert not np.array_equal(few, many)


def test_the_legend_tells_what_is_counted_from_what_is_shown_alone() -> None:
    cars = replace(GATE, road_users=frozenset({RoadUser.CAR}))
    legend = [shape.text for shape in FilmPage("", "", FilmCounts([cars]))._frame(600.0) if isinstance(shape, Words)]
    assert legend.index("cars") < legend.index(NOT_COUNTED) < legend.index("pedestrians")
    whole = [shape.text for shape in FilmPage("", "", FilmCounts([GATE]))._frame(600.0) if isinstance(shape, Words)]
    assert NOT_COUNTED not in whole


def test_a_film_s_pictures_have_blue_first() -> None:
    picture = np.zeros((2, 2, 3), np.uint8)
    picture[..., 0] = 200
    assert as_bgr(picture)[0, 0].tolist() == [0, 0, 200]
