"""Asks the API as pages and programs do, in a process of its own: what the machines of a city do here keeps it waiting
for a processor, and for nothing else."""

import http.client
import itertools
import multiprocessing
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Self

import numpy as np

PAUSE_S = 0.03


class Reader:
    """Asks for one route after the other while something is said to happen; viewers listen all the time.

    Args:
        address: of the service, without a path.
        cookie: a session.
        routes: what is asked for.
        viewers: how many pages of all cameras are open.
    """

    def __init__(self, address: str, cookie: str, routes: Sequence[str], viewers: int) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._ours, theirs = spawn.Pipe()
        arguments = (theirs, address.rpartition("/")[2], cookie, tuple(routes), viewers)
        self._process = spawn.Process(target=_read, args=arguments, daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.join()

    def meanwhile(self, what: str) -> None:
        """Says what happens from now on; nothing is asked for where that is empty."""
        self._ours.send(what)

    def ended(self) -> dict[str, list[float]]:
        """Stops; returns how often each route was asked for, and median, 95th percentile and most in milliseconds.

        Raises:
            RuntimeError: a route was not answered with 200.
        """
        self._ours.send(None)
        found = self._ours.recv()
        if isinstance(found, str):
            raise RuntimeError(found)
        taken_ms: Mapping[str, Sequence[float]] = found
        return {
            key: [len(each), *np.round(np.percentile(each, [50, 95, 100]), 1).tolist()]
            for key, each in sorted(taken_ms.items())
        }


def _read(parent: Connection, host: str, cookie: str, routes: Sequence[str], viewers: int) -> None:
    for _ in range(viewers):
        threading.Thread(target=_view, args=(host, cookie), daemon=True).start()
    meanwhile: str | None = ""
    taken_ms: dict[str, list[float]] = {}
    for route in itertools.cycle(routes):
        if parent.poll(PAUSE_S if meanwhile else None):
            meanwhile = parent.recv()
        if meanwhile is None:
            parent.send(taken_ms)
            return
        if meanwhile:
            begun_s = time.perf_counter()
            status = _asked(host, cookie, route)
            taken_ms.setdefault(f"{meanwhile} {route}", []).append(1000 * (time.perf_counter() - begun_s))
            if status != 200:
                parent.send(f"{route}: {status}")
                return


def _asked(host: str, cookie: str, route: str) -> int:
    connection = http.client.HTTPConnection(host, timeout=60)
    try:
        connection.request("GET", route, headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def _view(host: str, cookie: str) -> None:
    """Takes what a page of all cameras is sent."""
    while True:
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(host, timeout=60)
            connection.request("GET", "/api/v1/live?detail=overview", headers={"Cookie": cookie})
            answer = connection.getresponse()
            while answer.read1(1 << 16):
                pass
        time.sleep(1)
