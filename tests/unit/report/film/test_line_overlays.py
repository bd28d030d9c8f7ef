"""Lines light up in the colour of the way that one was counted."""

import numpy as np

from passerby.domain.events import Direction
from passerby.domain.road_user import RoadUser
from passerby.report.film.counts import FilmCounts
from passerby.report.film.line_overlays import LineOverlays, ways_lit
from passerby.report.pictures.palette import LIGHT
from passerby.report.pictures.typeface import Typeface
from testing.reports import line

F, B = Direction.FORWARD, Direction.BACKWARD
SIZE_PX = (960, 540)
LINES = [line("gate", [[0.3, 0.1], [0.3, 0.9]]), line("door", [[0.7, 0.1], [0.7, 0.9]])]


def laid(lit: frozenset = frozenset(), unseen: frozenset = frozenset()) -> np.ndarray:
    picture = np.full((540, 960, 3), 120, np.uint8)
    overlays = LineOverlays(FilmCounts(LINES), SIZE_PX, Typeface(), LIGHT)
    overlays.draw_lines(picture, lit)
    overlays.write_names(picture, lit, unseen)
    return picture


def near(picture: np.ndarray, colour: tuple[int, ...]) -> int:
    return int((np.abs(picture.astype(int) - colour[:3]).max(axis=2) < 8).sum())


def test_lines_lie_over_every_picture() -> None:
    plain = laid()
    assert near(plain[120:180, 280:300], LIGHT.line) > 10
    assert near(plain[120:180, 660:680], LIGHT.line) > 10


def test_the_line_that_was_crossed_lights_up_and_no_other() -> None:
    plain, lit = laid(), laid(frozenset({("gate", F)}))
    changed = np.flatnonzero((plain != lit).any(axis=(0, 2)))
    assert near(lit, LIGHT.forward) > near(plain, LIGHT.forward) + 500
    assert near(lit, LIGHT.backward) <= near(plain, LIGHT.backward)
    assert changed.max() < 600
    assert near(laid(frozenset({("gate", B)})), LIGHT.backward) > near(plain, LIGHT.backward) + 500


def test_it_says_so_where_the_one_counted_is_not_seen() -> None:
    both = frozenset({("gate", F)})
    assert not np.array_equal(laid(both), laid(both, both))


def test_a_way_is_lit_by_any_of_its_counters() -> None:
    flashing = frozenset({("gate", F, RoadUser.CAR), ("gate", F, RoadUser.BUS), ("door", B, RoadUser.CAR)})
    assert ways_lit(flashing) == {("gate", F), ("door", B)}
