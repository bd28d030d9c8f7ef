"""The counters as a table: all of them, in any number, within its box."""

from dataclasses import replace
from itertools import pairwise

import pytest

from passerby.domain.events import Direction
from passerby.domain.review import CountedCrossing
from passerby.domain.road_user import RoadUser
from passerby.report.film.counts import FilmCounts
from passerby.report.film.table import CounterTable
from passerby.report.pictures.palette import LIGHT
from passerby.report.pictures.scene import Box, Panel, Shape, Words
from passerby.report.pictures.typeface import Typeface
from testing.reports import line

F, B = Direction.FORWARD, Direction.BACKWARD
PANEL = Box(8, 0, 340, 560)
FULL = Box(20, 88, 1260, 620)


def table(number: int, box: Box = PANEL) -> CounterTable:
    lines = [line(f"line {each}", [[0.5, 0], [0.5, 1]], "to the station", "to the old town") for each in range(number)]
    return CounterTable(FilmCounts(lines), box, Typeface(), LIGHT, (888, 500), 25.0, 13.0)


def words(shapes: list[Shape]) -> list[Words]:
    return [shape for shape in shapes if isinstance(shape, Words)]


@pytest.mark.parametrize("box", [PANEL, FULL])
@pytest.mark.parametrize("number", [1, 3, 8, 13])
def test_every_line_has_its_rows_within_the_box(number: int, box: Box) -> None:
    shown = words(list(table(number, box).shapes(frozenset())))
    assert [word.text for word in shown if word.bold and word.text.startswith("line")] == [
        f"line {each}" for each in range(number)
    ]
    assert sum(word.text == "0" for word in shown) == number * 2 * 9
    face = Typeface()
    for word in shown:
        width_px = face.width_px(word.text, word.letter_px, bold=word.bold)
        left_px = word.at_px[0] - (width_px if word.anchor == "end" else 0)
        assert box.left_px - 1 <= left_px
        assert left_px + width_px <= box.right_px + 1
        assert box.top_px <= word.at_px[1] <= box.bottom_px


def test_what_has_no_room_is_named_as_left_out() -> None:
    shown = words(list(table(40).shapes(frozenset())))
    assert shown[-1].text.startswith("and 2")
    assert shown[-1].text.endswith("in the table on the screen")
    assert max(word.at_px[1] for word in shown) <= PANEL.bottom_px


def test_the_number_stands_in_its_class_s_column_and_in_the_sum() -> None:
    made = table(2)
    made.counts.add([CountedCrossing("line 1", B, RoadUser.BUS)] * 7, 0.0)
    sevens = [word for word in words(list(made.shapes(frozenset()))) if word.text == "7"]
    assert len(sevens) == 2
    assert sevens[0].at_px[0] < sevens[1].at_px[0] == PANEL.right_px


def test_a_counter_that_has_just_gone_up_is_lit() -> None:
    made = table(2)
    plain = list(made.shapes(frozenset()))
    lit = list(made.shapes(frozenset({("line 0", F, RoadUser.CAR)})))
    assert not any(isinstance(shape, Panel) for shape in plain)
    assert sum(isinstance(shape, Panel) for shape in lit) == 1


def test_a_class_that_a_line_does_not_count_has_no_number() -> None:
    cars = replace(table(1).counts.lines[0], road_users=frozenset({RoadUser.CAR}))
    everyone = line("all", [[0, 0.5], [1, 0.5]])
    made = replace(table(1), counts=FilmCounts([cars, everyone]))
    assert sum(word.text == "0" for word in words(list(made.shapes(frozenset())))) == 2 * 2 + 2 * 9


def test_large_numbers_do_not_touch() -> None:
    made = table(1)
    made.counts.add([CountedCrossing("line 0", F, user) for user in RoadUser] * 2345, 0.0)
    face = Typeface()
    shown = [word for word in words(list(made.shapes(frozenset()))) if word.text in ("2345", "18760")]
    assert len(shown) == 9
    for left, right in pairwise(shown):
        assert left.at_px[0] < right.at_px[0] - face.width_px(right.text, right.letter_px, bold=right.bold)


def test_columns_are_headed_by_words_where_they_fit() -> None:
    assert "pedestrians" in [word.text for word in words(list(table(1, FULL).shapes(frozenset())))]
    assert "pedestrians" not in [word.text for word in words(list(table(1).shapes(frozenset())))]
