"""Waiting for what comes in its own time, as processes, threads and sockets do: on a condition, with a limit."""

import asyncio
import time
from collections.abc import Callable

WITHIN_S = 20.0
"""Far more than anything here takes on an idle machine: only a test that fails waits so long."""

_BETWEEN_S = 0.005


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
