"""The times of rows."""

from zoneinfo import ZoneInfo

from passerby.web.rows import Times


def test_a_time_is_written_once() -> None:
    times = Times(ZoneInfo("Europe/Berlin"))
    assert times.of(0) == "1970-01-01T01:00:00+01:00"
    assert times.of(0) is times.of(0)
