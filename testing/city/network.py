"""A city's machines and its hub in two networks with a cable between, on which a machine's packets can get lost.

Each machine has an address of its own. What gets lost is not refused: neither end hears of it. For that this process is
in a network namespace of its own, with the machines; the hub gets another one: `unshare --net python -m testing.city`.
"""

import asyncio
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Final

HUB: Final = "10.98.0.1"
MACHINES_OF_ONE: Final = 250
WITHIN_S: Final = 30.0
_ESTABLISHED: Final = "01"
"""In /proc/net/tcp."""

SOURCE: ContextVar[str] = ContextVar("SOURCE", default="")
"""The address of the machine that connects."""


def missing() -> str | None:
    """Why there can be no networks of our own here, or None."""
    absent = [name for name in ("ip", "nsenter", "unshare") if shutil.which(name) is None]
    if absent:
        return f"no {', '.join(absent)}: install iproute2 and util-linux"
    if os.geteuid() != 0:
        return "networks of their own are for root to make"
    tried = subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False)
    return None if tried.returncode == 0 else "this system gives root no network of its own"


def address_of(number: int) -> str:
    """The address of a machine.

    >>> address_of(0), address_of(251)
    ('10.98.1.1', '10.98.2.2')
    """
    return f"10.98.{number // MACHINES_OF_ONE + 1}.{number % MACHINES_OF_ONE + 1}"


class SourceLoop(asyncio.SelectorEventLoop):
    """Connects from the address of the machine that connects."""

    async def create_connection(self, *words: Any, **named: Any) -> Any:
        """Connects, as every loop does."""
        if source := SOURCE.get():
            named["local_addr"] = (source, 0)
        return await super().create_connection(*words, **named)


class Cable:
    """Between the two networks.

    Args:
        other: a process in the hub's network.
    """

    def __init__(self, other: int) -> None:
        self._other = other
        self.within = ("nsenter", "--target", str(other), "--net")

    def lay(self, machines: int) -> None:
        """Makes the cable, and gives so many machines their addresses."""
        _run("ip", "link", "add", "c0", "type", "veth", "peer", "name", "c1", "netns", str(self._other))
        for inside, link, address in (((), "c0", "10.98.0.2"), (self.within, "c1", HUB)):
            _run(*inside, "ip", "link", "set", "lo", "up")
            _run(*inside, "ip", "addr", "add", f"{address}/16", "dev", link)
            _run(*inside, "ip", "link", "set", link, "up")
            # Own addresses are looked for first of all; what gets lost has to be found before.
            _run(*inside, "ip", "rule", "add", "pref", "10", "lookup", "local")
            _run(*inside, "ip", "rule", "del", "pref", "0")
        for number in range(machines):
            _run("ip", "addr", "add", f"{address_of(number)}/32", "dev", "c0")

    def lose(self, address: str) -> None:
        """Loses what a machine sends, and what is sent to it, without a word to either end."""
        self._rules("add", address)

    def carry(self, address: str) -> None:
        """Loses nothing of that machine any more."""
        self._rules("del", address)

    def _rules(self, what: str, address: str) -> None:
        _run(*self.within, "ip", "rule", what, "pref", "5", "from", address, "blackhole")
        _run("ip", "rule", what, "pref", "5", "to", address, "blackhole")

    def established(self, address: str) -> int:
        """Returns how many connections with a machine the hub's system takes for standing."""
        rows = Path("/proc", str(self._other), "net", "tcp").read_text().splitlines()[1:]
        number = f"{int.from_bytes(socket.inet_aton(address), 'little'):08X}"
        found = [row.split() for row in rows]
        return sum(row[2].startswith(number) and row[3] == _ESTABLISHED for row in found)


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True, timeout=WITHIN_S)


@contextmanager
def cable(machines: int) -> Iterator[Cable]:
    """A cable between this process's network, which is its own, and another one."""
    here = Path("/proc/self/ns/net").readlink()
    other = subprocess.Popen(["unshare", "--net", "sleep", "infinity"], stdin=subprocess.DEVNULL)
    try:
        end_s = time.monotonic() + WITHIN_S
        while Path("/proc", str(other.pid), "ns/net").readlink() == here:
            assert time.monotonic() < end_s, "no network of its own"
            time.sleep(0.01)
        made = Cable(other.pid)
        made.lay(machines)
        yield made
    finally:
        other.kill()
        other.wait()
