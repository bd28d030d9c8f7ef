"""A page that is open while hubs come and go: it listens to live events, and connects again as a browser does."""

import threading
import time
import urllib.error
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPException
from typing import IO, Any

AGAIN_S = 1.0


class OpenPage:
    """Listens in a thread of its own until it is closed.

    Args:
        opened: opens the live events; raises OSError where that does not work now.

    Attributes:
        begun_s: when each connection had its first line, by the monotonic clock.
    """

    def __init__(self, opened: Callable[[], IO[Any]]) -> None:
        self._opened, self._closed = opened, threading.Event()
        self.begun_s: list[float] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def began_after(self, moment_s: float) -> bool:
        """Returns whether a connection has begun since then."""
        return bool(self.begun_s) and self.begun_s[-1] > moment_s

    def close(self) -> None:
        """Ends it with the next line, or when its connection ends; the thread ends with the process at last."""
        self._closed.set()

    def _run(self) -> None:
        while not self._closed.is_set():
            with suppress(OSError, HTTPException, urllib.error.URLError), self._opened() as events:
                for number, _ in enumerate(events):
                    if number == 0:
                        self.begun_s.append(time.monotonic())
                    if self._closed.is_set():
                        return
            time.sleep(AGAIN_S)
