"""Time in tests: waiting with a limit for what comes in its own time, a clock that is set, and a loop that jumps."""

import asyncio
import selectors
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from passerby.units import NS_PER_S

T = TypeVar("T")

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


def until(condition: Callable[[], object], within_s: float = WITHIN_S, between_s: float = _BETWEEN_S) -> None:
    """Returns once the condition holds.

    Args:
        condition: what is waited for.
        within_s: how long.
        between_s: how long to wait before it is asked again; more for one that takes long to find out.

    Raises:
        TimeoutError: it did not hold in time.
    """
    end_s = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > end_s:
            raise TimeoutError(f"it did not hold within {within_s:g} s")
        time.sleep(between_s)


async def until_true(condition: Callable[[], object], within_s: float = WITHIN_S) -> None:
    """The same in an event loop, which goes on meanwhile."""
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(_BETWEEN_S)


class _Jumps(selectors.DefaultSelector):
    """Waits for nothing: adds what was to be waited to the clock of its loop."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0 if timeout is not None else None)
        if not ready and timeout is not None:
            self.now_s += max(0.0, timeout)
        return ready


class HastenedLoop(asyncio.SelectorEventLoop):
    """Its clock jumps to what is due next: for what waits for time alone, without sockets and threads."""

    def __init__(self) -> None:
        self._jumps = _Jumps()
        super().__init__(self._jumps)

    def time(self) -> float:
        return self._jumps.now_s


def hastened(asked: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine to its end; the seconds that it waits take no time."""
    with asyncio.Runner(loop_factory=HastenedLoop) as runner:
        return runner.run(asked)
