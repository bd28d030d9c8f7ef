"""An event loop whose clock jumps to what is due next: minutes pass at once, and a busy machine changes none."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


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
    """For what waits for time alone, without sockets and threads."""

    def __init__(self) -> None:
        self._jumps = _Jumps()
        super().__init__(self._jumps)

    def time(self) -> float:
        return self._jumps.now_s


def hastened(asked: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine to its end; the seconds that it waits take no time."""
    with asyncio.Runner(loop_factory=HastenedLoop) as runner:
        return runner.run(asked)
