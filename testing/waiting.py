"""Time in tests: waiting for what comes in its own time, on a condition and with a limit, and a clock that is set."""

import asyncio
import time
from collections.abc import Callable

from passerby.units import NS_PER_S

WITHIN_S = 60.0
"""Far more than anything here takes on an idle machine: only a test that fails waits so long."""

_BETWEEN_S = 0.005

TUESDAY_S = 1_790_640_000
"""2026-09-29 00:00 UTC."""


class Clock:
    """A clock in UTC nanoseconds that stands until it is set."""

    def __init__(self, now_s: int = TUESDAY_S) -> None:
        self.now_s = now_s

    def __call__(self) -> int:
        return round(self.now_s * NS_PER_S)


def until(condition: Callable[[], object], within_s: float = WITHIN_S) -> None:
    """Returns once the condition holds.

    Raises:
        TimeoutError: it did not hold in time.
    """
    end_s = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > end_s:
            raise TimeoutError(f"it did not hold within {within_s:g} s")
        time.sleep(_BETWEEN_S)


async def until_true(condition: Callable[[], object], within_s: float = WITHIN_S) -> None:
    """The same in an event loop, which goes on meanwhile."""
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(_BETWEEN_S)
