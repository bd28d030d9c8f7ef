"""Networks of their own for two hubs on one machine: both may listen on the same port, as on two machines.

The process that asks for them has a network of its own already (`unshare --net`), in which node, camera and database
are; each hub gets another one, and all are on one switch.
"""

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

from testing.city.network import WITHIN_S, missing

__all__ = ["HubNetwork", "enter", "missing", "restart_within", "switch", "there"]

T = TypeVar("T")

_MARK: Final = "PASSERBY_TRIAL_NETWORK"
_CLONE_NEWNET: Final = 0x40000000


class HubNetwork:
    """The network of one hub.

    Args:
        number: 1 or 2.
        pid: a process in it.

    Attributes:
        address: of the hub, as everybody reaches it.
        within: words of a command that becomes a program there.
    """

    def __init__(self, number: int, pid: int) -> None:
        self.address = f"10.97.0.{number + 1}"
        self.within = ("nsenter", "--target", str(pid), "--net")
        self.file = Path("/proc", str(pid), "ns/net")


def restart_within() -> None:
    """Starts this program anew in a network of its own, unless it is in one already."""
    if _MARK not in os.environ:
        os.environ[_MARK] = "1"
        program = sys.modules["__main__"].__spec__
        assert program is not None, "a module that is run by its name"
        os.execvp("unshare", ["unshare", "--net", sys.executable, "-m", program.name, *sys.argv[1:]])


def enter(network: HubNetwork) -> None:
    """Moves the calling thread, and no other, into the network of a hub.

    Raises:
        OSError: the system does not allow it.
    """
    with network.file.open("rb") as file:
        if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), _CLONE_NEWNET):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))


def there(network: HubNetwork, act: Callable[[], T]) -> T:
    """Does something in the network of a hub, and returns what comes of it."""

    def within() -> T:
        enter(network)
        return act()

    with ThreadPoolExecutor(1) as thread:  # one of its own: it stays in that network
        return thread.submit(within).result()


@contextmanager
def switch() -> Iterator[tuple[HubNetwork, HubNetwork]]:
    """Two networks on one switch with this process's own."""
    _run("ip", "link", "set", "lo", "up")
    _run("ip", "link", "add", "switch", "type", "bridge")
    _run("ip", "addr", "add", "10.97.0.1/24", "dev", "switch")
    _run("ip", "link", "set", "switch", "up")
    others = [subprocess.Popen(["unshare", "--net", "sleep", "infinity"], stdin=subprocess.DEVNULL) for _ in range(2)]
    try:
        made = []
        for number, other in enumerate(others, 1):
            network = HubNetwork(number, other.pid)
            _until_own(other.pid)
            _run("ip", "link", "add", f"s{number}", "type", "veth", "peer", "name", "eth0", "netns", str(other.pid))
            _run("ip", "link", "set", f"s{number}", "master", "switch", "up")
            _run(*network.within, "ip", "link", "set", "lo", "up")
            _run(*network.within, "ip", "addr", "add", f"{network.address}/24", "dev", "eth0")
            _run(*network.within, "ip", "link", "set", "eth0", "up")
            made.append(network)
        yield made[0], made[1]
    finally:
        for other in others:
            other.kill()
            other.wait()


def _until_own(pid: int) -> None:
    here, end_s = Path("/proc/self/ns/net").readlink(), time.monotonic() + WITHIN_S
    while Path("/proc", str(pid), "ns/net").readlink() == here:
        assert time.monotonic() < end_s, "no network of its own"
        time.sleep(0.01)


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True, timeout=WITHIN_S)
