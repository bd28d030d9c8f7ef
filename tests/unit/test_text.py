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
    compared,
    duration,
    escaped,
    exact_duration,
    figure,
    figures,
    formula_free,
    iso_tenth,
    iso_time,
    known,
    percent,
    printable,
    quoted,
    rounded,
    share_figure,
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


def test_a_set_length_of_time_has_no_unit_that_is_none_of_it() -> None:
    assert [exact_duration(seconds) for seconds in (0, 60, 300, 3600, 5400, 86_400)] == [
        "0 s", "1 min", "5 min", "1 h", "1 h 30 min", "24 h",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0"),
        (0.00004444, "0.0000444"),
        (0.9996, "1"),
        (13.89, "13.9"),
        (99.99, "100"),
        (20, "20"),
        (12345.6, "12346"),
    ],
)
def test_what_is_compared_with_a_limit_has_three_digits(number: float, words: str) -> None:
    assert compared(number) == words
    assert compared(-number) == (f"-{words}" if number else words)


@given(st.floats(-1e9, 1e9))
def test_a_figure_is_near_its_number_and_without_the_noise_behind_it(number: float) -> None:
    stated = figure(number)
    assert stated is not None
    assert stated == pytest.approx(number, rel=1e-5, abs=1e-300)
    assert figure(stated) == stated
    if number.is_integer():
        assert stated == number
    elif abs(number) >= 1e-4:
        decimals = repr(stated).partition(".")[2]
        assert len(decimals.lstrip("0")) <= (6 if abs(number) < 1000 else 3)


@given(st.floats(0, 1) | st.floats(1 - 1e-5, 1))
def test_a_share_is_all_only_where_nothing_is_missing(share: float) -> None:
    assert share_figure(share) == pytest.approx(share, rel=1e-5, abs=1e-300)
    assert share_figure(share) == 1.0 or share < 1 - 5e-10
    assert share_figure(share) < 1.0 or share > 1 - 2e-9
    assert (share_figure(share) == 0.0) == (share == 0.0)


@given(st.floats(0, 1), st.integers(2, 4))
def test_a_share_of_few_decimals_is_neither_all_nor_none_by_rounding(share: float, decimals: int) -> None:
    stated = share_figure(share, decimals)
    assert stated == round(stated, decimals)
    assert stated == pytest.approx(share, abs=10.0**-decimals)
    assert (stated == 0.0) == (share == 0.0)
    assert stated < 1.0 or share > 1 - 2e-9


def test_shares_and_figures_of_what_is_not_known() -> None:
    assert share_figure(None) == share_figure(float("nan")) == 0.0
    assert figures({"a": [1.00000001, None, "x", 7, True], "b": (float("inf"),)}) == {
        "a": [1.0, None, "x", 7, True], "b": [None],
    }  # fmt: skip


def test_a_tenth_of_a_second_is_one_that_has_begun() -> None:
    assert iso_tenth(1_780_300_799_999_999_999) == "2026-06-01T07:59:59.9+00:00"
    assert iso_tenth(-1) == "1969-12-31T23:59:59.9+00:00"


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
