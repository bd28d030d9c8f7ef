"""Limit on what libraries log again and again: any stranger can make a server write a line for each broken request."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

OWN: Final = "passerby"
"""Our own lines are not limited: each says something that happened here."""

LINES: Final = 10
WINDOW_S: Final = 600.0
"""So many lines of a kind within so long are written; then one at each power of ten, with the count."""

MAX_KINDS: Final = 200


@dataclass(slots=True)
class _Count:
    """Lines of one kind since the beginning of its window (seconds of a monotonic clock)."""

    begin_s: float
    lines: int = 0


class RepeatedLines(logging.Filter):
    """Leaves out lines of libraries that were written often already.

    A kind is a logger, a level and a text without its values: what a stranger sends makes no new kind.

    Args:
        now_s: seconds of a monotonic clock.
    """

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now_s = now_s
        self._counts: dict[tuple[str, int, str], _Count] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Returns whether the line is to be written; adds how many were not, where some were not."""
        if record.name.partition(".")[0] == OWN:
            return True
        now_s, kind = self._now_s(), (record.name, record.levelno, str(record.msg)[:100])
        count = self._counts.get(kind)
        left_out = 0
        if count is None or now_s - count.begin_s >= WINDOW_S:
            left_out = 0 if count is None else max(0, count.lines - LINES)
            count = self._counts[kind] = _Count(now_s)
            if len(self._counts) > MAX_KINDS:
                # The oldest go first: dictionaries keep the order in which keys came.
                del self._counts[next(iter(self._counts))]
        count.lines += 1
        if left_out:
            _add(record, f"{left_out} more of these came before, and were not all written")
        elif count.lines == LINES:
            _add(record, f"for {WINDOW_S / 60:.0f} min more of these are only counted")
        elif count.lines > LINES:
            if str(count.lines).strip("0") != "1":
                return False
            record.exc_info = record.exc_text = record.stack_info = None
            _add(record, f"{count.lines} of these within {WINDOW_S / 60:.0f} min")
        return True


def _add(record: logging.LogRecord, text: str) -> None:
    record.msg, record.args = f"{record.getMessage()} ({text})", None
