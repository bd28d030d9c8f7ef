"""The pages of open data."""

from datetime import date
from zoneinfo import ZoneInfo

from passerby.domain.class_groups import ClassGroup
from passerby.web.pages.open_pages import day_page, open_page
from tests.unit.publish.published_numbers import COUNTERS, DESCRIPTION, LINE, published_bin

ON_FOOT = ClassGroup.ON_FOOT
TODAY = date(2026, 12, 20)


def test_the_first_page_says_licence_citation_and_noise_and_leads_to_all() -> None:
    page = open_page(DESCRIPTION, COUNTERS, ["2026-11", "2026-12"], TODAY).decode()
    assert 'href="https://creativecommons.org/licenses/by/4.0/" rel="license"' in page
    assert "taken on 2026-12-20" in page
    assert "Random noise was added" in page
    assert 'href="/open/2026-11/counts.parquet"' in page
    assert 'href="/open/counters/square-north-a1b2c3/2026-12-19"' in page
    assert 'href="/open/counters/quay-steps-d4e5f6/2026-12-10"' in page  # the last day of one that has ended
    assert "<script" not in page


def test_before_anything_is_public_it_says_so() -> None:
    page = open_page(DESCRIPTION, [], [], TODAY).decode()
    assert "No counter is public yet." in page
    assert "No number is published yet." in page


def test_a_day_has_a_row_for_each_bin_by_the_sites_clock() -> None:
    bins = [
        published_bin(LINE, ON_FOOT, 0, 0, 42),
        published_bin(LINE, ON_FOOT, 1, 0, None),
        published_bin(LINE, ON_FOOT, 0, 1, -1),
        published_bin(LINE, ON_FOOT, 1, 1, -2),
    ]
    page = day_page(DESCRIPTION, LINE, date(2026, 11, 1), bins, ZoneInfo("Europe/Belgrade")).decode()
    assert '<th scope="row">01:00</th><td>42 (36 to 48)</td><td>below 10</td>' in page
    assert '<th scope="row">01:15</th><td>not watched</td><td>not published yet</td>' in page
    assert '<th scope="col">on foot, out of the square</th>' in page
    assert 'href="/open/counters/square-north-a1b2c3/2026-11-02"' in page


def test_a_day_without_numbers_says_so() -> None:
    page = day_page(DESCRIPTION, LINE, date(2026, 11, 1), [], ZoneInfo("UTC")).decode()
    assert "No number of this day is published." in page
    assert "<table" not in page
