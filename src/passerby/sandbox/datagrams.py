"""A camera's UDP ports, opened outside of the sandbox: what comes in is from this camera alone, and nothing goes out.

A UDP socket could send anywhere, connected or not. The one that is handed in can only receive: its sending half is shut
down, which no later call undoes. What must be sent, receiver reports, is sent here.
"""

import secrets
import socket
import struct
import time
from contextlib import suppress
from typing import Final, Self

BIND_ATTEMPTS: Final = 50
MIN_PORT: Final = 1024
FIRST_DATAGRAM_S: Final = 5.0
REPORT_BLOCK_BYTES: Final = 24
"""RFC 3550, section 6.4.1: one block of a receiver report."""

_RECEIVE_BYTES: Final = 4 << 20
"""Asked for, mostly not granted; a key picture of a large camera is a burst of some 500 KB."""

_RTP_PUNCH: Final = struct.pack("!BBHII", 0x80, 0, 0, 0, 0)
_NAME: Final = b"\1\x08passerby\0\0"


class DatagramPorts:
    """Two neighbouring ports of this machine, for pictures and for reports (RFC 3550, section 11)."""

    def __init__(self, near: str, far: str) -> None:
        """Binds them.

        Args:
            near: address of this machine from which the camera is reached.
            far: the camera's address, which was checked when it was connected to.

        Raises:
            OSError: no two neighbouring ports are free.
        """
        self._far = far
        self._own = secrets.token_bytes(4)
        for _ in range(BIND_ATTEMPTS):
            pictures = _bound(near, 0)
            port = int(pictures.getsockname()[1])
            with suppress(OSError):
                if port % 2 == 0:
                    self._pictures, self._reports, self.port = pictures, _bound(near, port + 1), port
                    return
            pictures.close()
        raise OSError(0, "no two neighbouring UDP ports are free")

    def receive_from(self, port: int) -> socket.socket:
        """Returns a socket that receives from this port of the camera and can send nothing.

        Args:
            port: that the camera announced; 0 for none: the first datagram from its address decides.

        Raises:
            OSError: no port for this, or nothing came.
        """
        there = port or self._first_port()
        if not MIN_PORT <= there < 0xFFFF:
            raise OSError(0, f"the camera announces UDP port {there}, which is none to send pictures from")
        self._pictures.connect((self._far, there))
        self._reports.connect((self._far, there + 1))
        if port:
            self._drain()
        for link, content in ((self._pictures, _RTP_PUNCH), (self._reports, self._report(b""))):
            with suppress(OSError):
                link.send(content)  # opens the way back through firewalls in between
        self._pictures.shutdown(socket.SHUT_WR)
        return self._pictures

    def report(self, block: bytes) -> None:
        """Sends a receiver report with one block; to the camera's port alone."""
        with suppress(OSError):
            self._reports.send(self._report(block))

    def close(self) -> None:
        """Closes both; what was handed in is closed there."""
        self._pictures.close()
        self._reports.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _first_port(self) -> int:
        deadline_s = time.monotonic() + FIRST_DATAGRAM_S
        while (left_s := deadline_s - time.monotonic()) > 0:
            self._pictures.settimeout(left_s)
            try:
                _, there = self._pictures.recvfrom(1, socket.MSG_PEEK)
            except TimeoutError:
                break
            if there[0].partition("%")[0] == self._far:
                return int(there[1])
            self._pictures.recv(1)
        raise OSError(0, "the camera sends nothing over UDP, and names no port that it sends from")

    def _drain(self) -> None:
        """Takes out what others sent before the socket was connected."""
        self._pictures.settimeout(0.0)
        with suppress(OSError):
            while True:
                self._pictures.recv(1)

    def _report(self, block: bytes) -> bytes:
        """RFC 3550, sections 6.4.2 and 6.5."""
        count = len(block) // REPORT_BLOCK_BYTES
        head = struct.pack("!BBH", 0x80 | count, 201, 1 + len(block) // 4) + self._own
        return head + block + struct.pack("!BBH", 0x81, 202, 1 + len(_NAME) // 4) + self._own + _NAME


def _bound(near: str, port: int) -> socket.socket:
    link = socket.socket(socket.AF_INET6 if ":" in near else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BYTES)
        link.bind((near, port))
    except OSError:
        link.close()
        raise
    return link
