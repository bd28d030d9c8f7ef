"""Other ways to a viewer than interleaved: over UDP, and through HTTP."""

import base64
import queue
import socket
import threading
from contextlib import suppress
from typing import Final

from testing.rtsp_camera.habits import Habits

PAIR_S: Final = 5.0
_TUNNELLED: Final = b"HTTP/1.0 200 OK\r\nContent-Type: application/x-rtsp-tunnelled\r\n\r\n"


class DatagramSender:
    """Sends a viewer's packets over UDP, from a port of its own, in this camera's way.

    Attributes:
        port: that it sends from.
        reports: what has come to the port of the reports.
    """

    def __init__(self, host: str, viewer: tuple[str, int], habits: Habits) -> None:
        self._viewer, self._habits = viewer, habits
        self._link, self._control = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        while True:
            self._link.bind((host, 0))
            self.port = int(self._link.getsockname()[1])
            with suppress(OSError):
                self._control.bind((host, self.port + 1))
                break
            self._link.close()
            self._link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._control.setblocking(False)
        self._sent = 0
        self._held: bytes | None = None

    def send(self, packet: bytes) -> None:
        """Sends a packet."""
        self._sent += 1
        habits = self._habits
        if self._held is None and habits.reorder_every and self._sent % habits.reorder_every == 0:
            self._held = packet
            return
        times = 2 if habits.double_every and self._sent % habits.double_every == 0 else 1
        for _ in range(times):
            self._link.sendto(packet, self._viewer)
        if self._held is not None:
            self._link.sendto(self._held, self._viewer)
            self._held = None

    def reports(self) -> list[bytes]:
        """Returns what has come to the port of the reports since the last call."""
        found = []
        with suppress(BlockingIOError):
            while True:
                found.append(self._control.recv(2048))
        return found

    def close(self) -> None:
        """Closes both ports."""
        self._link.close()
        self._control.close()


class Tunnels:
    """Pairs the two connections of each tunnel by their cookie."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, queue.Queue[tuple[socket.socket, bytes]]] = {}

    def _place(self, cookie: str) -> "queue.Queue[tuple[socket.socket, bytes]]":
        with self._lock:
            return self._waiting.setdefault(cookie, queue.Queue())

    def down(self, link: socket.socket, cookie: str) -> "Upstream":
        """Answers the connection that leads to the viewer; returns the other one, once it is there."""
        link.sendall(_TUNNELLED)
        up, rest = self._place(cookie).get(timeout=PAIR_S)
        return Upstream(up, rest)

    def up(self, link: socket.socket, cookie: str, rest: bytes) -> None:
        """Hands over the connection that comes from the viewer."""
        self._place(cookie).put((link, rest))


class Upstream:
    """The requests of a tunnel, out of base64."""

    def __init__(self, link: socket.socket, rest: bytes) -> None:
        self.link, self._rest = link, rest

    def recv(self, count: int) -> bytes:
        """Returns what comes next; nothing at the end."""
        while True:
            whole = len(self._rest) // 4 * 4
            if whole:
                words, self._rest = self._rest[:whole], self._rest[whole:]
                return b"".join(base64.b64decode(words[at : at + 4]) for at in range(0, whole, 4))
            more = self.link.recv(count)
            if not more:
                return b""
            self._rest += more
