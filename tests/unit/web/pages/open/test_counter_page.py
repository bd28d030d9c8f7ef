"""The page of a counter's day, week or year, and its chart alone."""

import asyncio
from collections.abc import Callable
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from passerby.domain.class_groups import ClassGroup
from passerby.publish.open_data.months import OpenData
from passerby.publish.open_data.periods import Period
from passerby.publish.open_data.views import CounterView, read_view
from passerby.units import DAY_S, NS_PER_S
from passerby.web.pages.open.counter_page import counter_page, embedded_page
from passerby.web.pages.open.frame import Around
from tests.unit.publish.published_numbers import BEGAN_NS, DESCRIPTION, LINE, SomePublishedNumbers

DAYS = 75
UTC = ZoneInfo("UTC")


def shown(period: str, made: Callable[[Around, CounterView], bytes] = counter_page, language: str = "en") -> str:
    numbers = SomePublishedNumbers(DAYS * 96, [LINE])
    clock = BEGAN_NS + DAYS * DAY_S * NS_PER_S
    data = OpenData(numbers, Path("/nowhere"), lambda: UTC, lambda: DESCRIPTION, lambda: clock)
    view = asyncio.run(read_view(data, LINE, Period.parsed(period), ClassGroup.ON_FOOT))
    return made(Around(DESCRIPTION, language, ("en", "sr-Latn"), UTC, date(2027, 1, 15)), view).decode()


@pytest.mark.parametrize("period", ["2027-01-14", "2027-W01"])
def test_a_page_has_chart_table_files_licence_and_its_own_address(period: str) -> None:
    page = shown(period)
    assert page.count('role="img"') == 1
    assert page.count("<table") == 1
    assert f'href="/open/counters/square-north-a1b2c3/{period}/counts.json"' in page
    assert 'rel="license noreferrer"' in page
    assert f"https://count.example.org/open/en/counters/square-north-a1b2c3/{period}?class=on-foot" in page
    assert f"/{period}/embed?class=on-foot&quot; title=" in page
    assert "<script" not in page
    assert " style=" not in page


def test_a_day_says_what_is_usual_and_of_how_many_days() -> None:
    page = shown("2027-01-14")
    assert "A usual day (the same weekday of the last 8 weeks):" in page
    assert "mean of 8 days" in page
    first = shown("2026-11-01")
    assert "What is usual cannot be said" in first


def test_withheld_and_gaps_are_words() -> None:
    page = shown("2027-01-14")
    assert "<td>&lt;10</td>" in page
    assert "<td>not watched</td>" in page


def test_a_time_without_numbers_says_so() -> None:
    page = shown("2026-10-05")
    assert "No number of this time is published." in page
    assert "<table" not in page


def test_the_chart_alone_has_its_source_and_nothing_that_runs() -> None:
    page = shown("2027-01-14", embedded_page)
    assert "City of Novi Sad, CC-BY-4.0." in page
    assert 'target="_blank"' in page
    assert page.count('role="img"') == 1
    assert "<form" not in page
    assert "<script" not in page


def test_words_are_in_the_language_of_the_page() -> None:
    assert "Nedelja po satima, pešaci" in shown("2027-W01", language="sr-Latn")
