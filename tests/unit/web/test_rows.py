"""Lists of rows that are written once, and the times of rows."""

import asyncio
import json
from zoneinfo import ZoneInfo

from passerby.web.rows import ROWS_AT_ONCE, KeptRows, Times, all_rows


def test_a_long_list_is_written_in_parts_and_comes_whole() -> None:
    rows = [json.dumps({"number": number}) for number in range(2 * ROWS_AT_ONCE + 1)]
    answer = asyncio.run(all_rows(rows))
    assert json.loads(bytes(answer.body)) == {"rows": [{"number": n} for n in range(len(rows))], "after": None}
    assert json.loads(bytes(asyncio.run(all_rows([])).body)) == {"rows": [], "after": None}


def test_a_row_is_written_anew_when_what_it_is_made_of_is_another() -> None:
    kept, written = KeptRows(), []

    def write() -> str:
        written.append("")
        return str(len(written))

    first, second = object(), object()
    assert [kept.row("square", (first, None), write) for _ in range(2)] == ["1", "1"]
    assert kept.row("square", (second, None), write) == "2"
    assert kept.row("gate", (second, None), write) == "3"
    kept.trim(2)
    assert kept.row("square", (second, None), write) == "2"
    kept.trim(1)
    assert kept.row("square", (second, None), write) == "4"


def test_a_time_is_written_once() -> None:
    times = Times(ZoneInfo("Europe/Berlin"))
    assert times.of(0) == "1970-01-01T01:00:00+01:00"
    assert times.of(0) is times.of(0)
