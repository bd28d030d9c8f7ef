"""Which part of a recording is filmed."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from passerby.cli.recordings.film_span import film_span
from passerby.domain.errors import PasserbyError
from passerby.domain.review import FilmSpan

BERLIN = ZoneInfo("Europe/Berlin")
START_NS = 1_780_293_600_400_000_000  # 2026-06-01 08:00:00.4 in Berlin


def span(from_text: str | None, for_text: str | None = None, start_ns: int = START_NS) -> FilmSpan | None:
    return film_span(from_text, for_text, start_ns, BERLIN, wanted=True)


@pytest.mark.parametrize(
    ("from_text", "for_text", "expected"),
    [
        (None, None, FilmSpan()),
        ("08:15", "15min", FilmSpan(899.6, 900.0)),
        ("8:15:30", "120s", FilmSpan(929.6, 120.0)),
        ("08:00", None, FilmSpan()),
        ("07:59", None, FilmSpan(86_339.6)),
        ("2026-06-01T08:15", "1h", FilmSpan(899.6, 3600.0)),
        ("2026-06-01T06:15:00Z", "90", FilmSpan(899.6, 90.0)),
        ("90s", "2 min", FilmSpan(90.0, 120.0)),
        ("1.5h", "0.5m", FilmSpan(5400.0, 30.0)),
    ],
)
def test_a_part_of_the_recording(from_text: str | None, for_text: str | None, expected: FilmSpan) -> None:
    assert span(from_text, for_text) == expected


def test_a_part_ends_where_it_is_said_to() -> None:
    assert FilmSpan(90.0, 120.0).until_s == 210.0
    assert FilmSpan(90.0).until_s is None


def test_seconds_need_no_time_of_day() -> None:
    assert film_span("90s", None, 0, UTC, wanted=True) == FilmSpan(90.0)


@pytest.mark.parametrize(
    ("from_text", "for_text", "start_ns", "why"),
    [
        ("08:15", None, 0, "when the recording began is not known"),
        ("25:15", None, START_NS, "a time such as 08:15"),
        ("noon", None, START_NS, "a length of time such as 90s"),
        ("2026-06-01T07:15", None, START_NS, "before the recording began, which was at 2026-06-01 08:00:00 CEST"),
        (None, "0s", START_NS, "some seconds"),
        (None, "-5s", START_NS, "--film-for: a length of time"),
        (None, "5 days", START_NS, "--film-for: a length of time"),
    ],
)
def test_what_it_cannot_be_is_said(from_text: str | None, for_text: str | None, start_ns: int, why: str) -> None:
    with pytest.raises(PasserbyError) as said:
        span(from_text, for_text, start_ns)
    assert why in str(said.value)


def test_without_a_film_there_is_no_part_of_it() -> None:
    assert film_span(None, None, START_NS, BERLIN, wanted=False) is None
    for from_text, for_text in (("08:15", None), (None, "90s")):
        with pytest.raises(PasserbyError, match="there is no film"):
            film_span(from_text, for_text, START_NS, BERLIN, wanted=False)
