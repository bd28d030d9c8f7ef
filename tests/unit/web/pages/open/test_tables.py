"""The tables beside the charts."""

import re
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from passerby.domain.class_groups import ClassGroup
from passerby.publish.open_data.periods import Period
from passerby.publish.open_data.usual_day import Usual
from passerby.publish.open_data.views import CounterView
from passerby.register.catalogue import catalogue
from passerby.units import HOUR_S, NS_PER_S
from passerby.web.pages.open.frame import Around
from passerby.web.pages.open.tables import cell, usual_cell, week_table
from tests.unit.publish.published_numbers import DESCRIPTION, LINE, published_bin

ENGLISH = catalogue("en")
BELGRADE = ZoneInfo("Europe/Belgrade")


def plain(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", markup).replace("&lt;", "<").split())


@pytest.mark.parametrize(
    ("value", "shown"),
    [(42, "42 36–48"), (None, "<10"), (-1, "not watched"), (-2, "not published yet")],
)
def test_a_cell_says_a_number_or_why_there_is_none(value: int | None, shown: str) -> None:
    assert plain(cell(published_bin(LINE, ClassGroup.ON_FOOT, 0, 0, value), ENGLISH)) == shown


def test_a_cell_of_a_time_that_was_watched_in_part_says_so() -> None:
    part = replace(published_bin(LINE, ClassGroup.ON_FOOT, 0, 0, 42), coverage=0.5)
    assert plain(cell(part, ENGLISH)) == "42 36–48 50 % watched"
    assert plain(cell(None, ENGLISH)) == ""


def test_what_is_usual_says_of_how_many_days() -> None:
    assert plain(usual_cell(Usual(30.4, 7, 0), ENGLISH)) == "30 mean of 7 days"
    assert plain(usual_cell(Usual(None, 1, 5), ENGLISH)) == plain(usual_cell(None, ENGLISH)) == "–"


def test_an_hour_that_the_clock_showed_twice_has_both_numbers() -> None:
    """On 2026-10-25 the clock of Belgrade went from 3:00 back to 2:00, at 1:00 UTC."""
    first = published_bin(LINE, ClassGroup.ON_FOOT, 0, 0, 42)
    hours = tuple(
        replace(first, way=None, from_ns=from_s * NS_PER_S, to_ns=(from_s + HOUR_S) * NS_PER_S, value=value)
        for from_s, value in ((1_792_886_400, 111), (1_792_890_000, 222))
    )
    around = Around(DESCRIPTION, "en", ("en",), BELGRADE, Period.parsed("2026-11-01").first)
    shown = plain(week_table(around, CounterView(LINE, Period.parsed("2026-W43"), ClassGroup.ON_FOOT, hours)))
    assert "02:00 111 36–48 222 36–48" in shown
