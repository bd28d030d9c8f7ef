"""Numbers, texts and times in plain words."""

from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from passerby.domain.road_user import RoadUser
from passerby.report.wording import how_many
from passerby.text import (
    duration,
    escaped,
    formula_free,
    iso_time,
    known,
    percent,
    printable,
    quoted,
    rounded,
    shortened,
    storable,
    utc_time,
    whole_number,
)


@pytest.mark.parametrize("number", [None, float("nan"), float("inf"), float("-inf")])
def test_what_is_not_a_number_is_not_known(number: float | None) -> None:
    assert known(number) is None


@given(st.text(st.characters(exclude_categories=[])))
@pytest.mark.asvs("1.3.3")
def test_any_text_can_be_stored_and_shown(text: str) -> None:
    assert storable(storable(text)) == storable(text)
    assert len(storable(text)) == len(text)
    assert len(printable(text)) == len(text)
    for shown in (printable(text), escaped(text), quoted(text)):
        assert shown.isprintable()


@given(st.text(st.characters(categories=["L", "N", "P", "S"])))
def test_printable_text_stays_as_it_is(text: str) -> None:
    assert printable(text) == escaped(text) == storable(text) == text


@given(st.text(), st.integers(0, 20))
def test_shortened_text_keeps_its_beginning(text: str, max_letters: int) -> None:
    assert shortened(text, max_letters) == (text if len(text) <= max_letters else f"{text[:max_letters]}…")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_quoted_text_is_read_as_it_was(text: str) -> None:
    assert YAML(typ="safe", pure=True).load(f"a: {quoted(text)}") == {"a": text}


def test_times_are_in_the_zone_with_its_offset_from_utc() -> None:
    assert iso_time(1_774_746_000_000_000_000, ZoneInfo("Europe/Berlin")) == "2026-03-29T03:00:00+02:00"


def test_times_keep_their_fraction_and_their_offset() -> None:
    assert utc_time(1_780_300_800_000_000_000) == "2026-06-01T08:00:00Z"
    assert utc_time(1_780_300_800_250_000_999) == "2026-06-01T08:00:00.250000Z"
    assert iso_time(0, timezone(timedelta(hours=-3, minutes=-30))) == "1969-12-31T20:30:00-03:30"


@pytest.mark.parametrize(
    ("share", "words"),
    [(1.0, "100 %"), (0.9999, "99.9 %"), (0.983, "98.3 %"), (0.29, "29 %"), (0.0, "0 %"), (0.0004, "0 %")],
)
def test_a_hundred_percent_is_only_said_when_nothing_was_missed(share: float, words: str) -> None:
    assert percent(share) == words


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0"), (0.0312, "0.031"), (0.951, "1.0"), (3.21, "3.2"), (9.96, "10"), (1234.6, "1235")]
)
def test_rounding_keeps_what_matters(number: float, words: str) -> None:
    assert rounded(number).removesuffix(".0") == words.removesuffix(".0")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0.4 s"), (42, "42 s"), (59.7, "1 min 00 s"), (900, "15 min 00 s"), (7260, "2 h 01 min")],
)
def test_durations_are_reported_in_two_units(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_one_and_many() -> None:
    assert [how_many(RoadUser.BUS, count) for count in (0, 1, 2)] == ["0 buses", "1 bus", "2 buses"]


def test_whole_numbers() -> None:
    assert [whole_number(text) for text in ("0", "96", "9" * 12)] == [0, 96, 999_999_999_999]
    assert [whole_number(text) for text in ("", "-1", "+1", "1.0", "²", "٣", "9" * 13)] == [None] * 7


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-North", "'-North"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1+1", "'\t'=1+1"),
        ("\rx", "'\rx"),
        ("  =1+1", "'  =1+1"),
        ("\ufeff=1+1", "'\ufeff=1+1"),
        ("\u200b@x", "'\u200b@x"),
        ("\uff1d1\uff0b1", "'\uff1d1\uff0b1"),
        ("Gate;=1+1", "Gate;'=1+1"),
        ("Gate\n-x", "Gate\n'-x"),
        ("Gate\u2028@x", "Gate\u2028'@x"),
        ("\nx", "'\nx"),
        ("\ufe661", "'\ufe661"),
        ("\u202e=1", "'\u202e=1"),
        ("Gate 1 - North, a=b", "Gate 1 - North, a=b"),
        ("Brücke", "Brücke"),
        ("", ""),
    ],
)
def test_what_a_spreadsheet_would_run_is_text(text: str, written: str) -> None:
    assert formula_free(text) == written
