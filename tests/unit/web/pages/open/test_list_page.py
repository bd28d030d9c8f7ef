"""The first page: places, map, downloads, licence."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from passerby.publish.open_data.description import OpenDataDescription
from passerby.web.pages.open.frame import Around
from passerby.web.pages.open.list_page import list_page, newest_day
from tests.unit.publish.published_numbers import COUNTERS, DESCRIPTION, LINE, ZONE

LANGUAGES = ("en", "sr-Latn", "sr-Cyrl")


def around(language: str = "en", today: date = date(2026, 12, 20), of: OpenDataDescription = DESCRIPTION) -> Around:
    return Around(of, language, LANGUAGES, ZoneInfo("Europe/Belgrade"), today)


def test_it_leads_to_all_with_licence_citation_and_noise() -> None:
    page = list_page(around(), COUNTERS, ["2026-11", "2026-12"]).decode()
    assert 'href="https://creativecommons.org/licenses/by/4.0/" rel="license noreferrer"' in page
    assert "taken on 2026-12-20" in page
    assert "Random noise was added" in page
    assert 'href="/open/2026-11/counts.parquet"' in page
    assert 'href="counters/square-north-a1b2c3/2026-12-19?class=on-foot"' in page
    assert "<script" not in page


def test_places_are_on_the_map_by_the_number_of_the_list() -> None:
    page = list_page(around(), COUNTERS, []).decode()
    assert page.count("<circle") == 2
    assert 'href="#place-2"' in page
    assert '<tr id="place-2"><th scope="row">2</th><td>Trg slobode</td>' in page


def test_a_counter_at_no_place_is_in_the_list_alone() -> None:
    page = list_page(around(of=replace(DESCRIPTION, sites={})), COUNTERS, []).decode()
    assert "<circle" not in page
    assert ">=north</a>" in page


def test_a_title_without_a_description_stands_once() -> None:
    page = list_page(around(of=replace(DESCRIPTION, text=DESCRIPTION.title)), COUNTERS, []).decode()
    assert "<p>Counts of Novi Sad</p>" not in page
    assert "<h1>Counts of Novi Sad</h1>" in page


def test_before_anything_is_public_it_says_so() -> None:
    page = list_page(around(), [], []).decode()
    assert "No counter is public yet." in page
    assert "No number is published yet." in page


@pytest.mark.parametrize(("language", "words"), [("sr-Latn", "Pešaci"), ("sr-Cyrl", "Пешаци")])
def test_it_is_in_the_registers_languages(language: str, words: str) -> None:
    page = list_page(around(language), COUNTERS, ["2026-11"]).decode()
    assert f'lang="{language}"' in page
    assert words.lower() in page
    assert 'href="/open/en/" lang="en"' in page


def test_the_newest_day_is_over_and_one_on_which_it_counted() -> None:
    assert newest_day(around(), LINE) == date(2026, 12, 19)
    assert newest_day(around(), ZONE) == date(2026, 12, 11)  # it ended at one o'clock by the site's clock
    assert newest_day(around(today=date(2026, 11, 1)), LINE) == date(2026, 11, 1)
