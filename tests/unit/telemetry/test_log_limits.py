"""What libraries log again and again is written some times, and then counted; our own lines are all written."""

import logging

from passerby.telemetry.log_limits import LINES, MAX_KINDS, WINDOW_S, RepeatedLines
from testing.waiting import Clock


def written(lines: RepeatedLines, name: str, text: str, *values: object, level: int = logging.WARNING) -> str:
    """What is written of a line; empty where it is left out."""
    record = logging.LogRecord(name, level, "server.py", 1, text, values, None)
    return record.getMessage() if lines.filter(record) else ""


def seconds() -> tuple[RepeatedLines, Clock]:
    clock = Clock(1000)
    return RepeatedLines(lambda: clock.now_s), clock


def test_a_storm_is_a_few_lines_with_its_count() -> None:
    lines, _ = seconds()
    found = [written(lines, "uvicorn.error", "Invalid HTTP request received.") for _ in range(100_000)]
    shown = [text for text in found if text]
    assert len(shown) == LINES + 4
    assert "only counted" in shown[LINES - 1]
    assert "100000 of these" in shown[-1]


def test_what_a_stranger_sends_makes_no_new_kind() -> None:
    lines, _ = seconds()
    found = [written(lines, "websockets", "bad path %s", f"/{number}") for number in range(99)]
    assert len([text for text in found if text]) == LINES


def test_after_a_while_it_is_written_again_and_says_how_many_were_not() -> None:
    lines, clock = seconds()
    for _ in range(57):
        written(lines, "uvicorn.error", "broken")
    clock.now_s += int(WINDOW_S)
    assert (
        written(lines, "uvicorn.error", "broken")
        == f"broken ({57 - LINES} more of these came before, and were not all written)"
    )
    assert written(lines, "uvicorn.error", "broken") == "broken"


def test_other_kinds_and_our_own_lines_are_written() -> None:
    lines, _ = seconds()
    for _ in range(50):
        written(lines, "uvicorn.error", "broken")
        assert written(lines, "passerby", "camera is back")
    assert written(lines, "uvicorn.error", "another")
    assert written(lines, "uvicorn.error", "broken", level=logging.ERROR)
    assert written(lines, "asyncio", "broken")


def test_a_flood_of_kinds_holds_little_memory() -> None:
    lines, _ = seconds()
    for number in range(10 * MAX_KINDS):
        written(lines, "library", f"kind {number}")
    assert len(lines._counts) <= MAX_KINDS
