"""A camera's connection, handed in from outside: this process can open none itself."""

import os
import socket
import struct
import time
from typing import Final

from passerby.domain.errors import AddressRefusedError

ANSWER_S: Final = 30.0
"""Resolving the name and connecting have limits of their own outside; this one only ends a wait for ever."""

CONNECTED, REFUSED, FAILED = b"c", b"r", b"f"
HEAD: Final = struct.Struct("!BcH")
"""Number of the request, how it ended, bytes of text behind."""

MAX_DESCRIPTORS: Final = 4


class BrokeredConnection:
    """Asks for a connected socket over a Unix socket, one byte a request, and gets it as a descriptor."""

    def __init__(self, control_fd: int) -> None:
        """Args: control_fd: this end of a Unix stream socket pair; it is ours from now on."""
        self._control = socket.socket(fileno=control_fd)
        self._asked = 0

    def open(self) -> socket.socket:
        """A socket connected to the camera.

        Raises:
            AddressRefusedError: the address is not one that may be reached.
            OSError: the camera cannot be reached now.
        """
        self._asked = (self._asked + 1) % 256
        self._control.settimeout(ANSWER_S)
        self._control.sendall(bytes([self._asked]))
        deadline_s = time.monotonic() + ANSWER_S
        while time.monotonic() < deadline_s:
            number, ended, text, descriptor = self._answer()
            if number == self._asked and ended == CONNECTED and descriptor is not None:
                return socket.socket(fileno=descriptor)
            if descriptor is not None:  # an answer that came after we had given up waiting for it
                os.close(descriptor)
            if number == self._asked:
                if ended == REFUSED:
                    raise AddressRefusedError(text)
                raise OSError(0, text or "no connection was handed in")
        raise TimeoutError(0, f"no connection was handed in within {ANSWER_S:g} s")

    def close(self) -> None:
        """Closes the link: no more connections are wanted, and the broker ends."""
        self._control.close()

    def _answer(self) -> tuple[int, bytes, str, int | None]:
        head, descriptors, _, _ = socket.recv_fds(self._control, HEAD.size, MAX_DESCRIPTORS)
        for surplus in descriptors[1:]:
            os.close(surplus)
        head += self._exactly(HEAD.size - len(head))
        number, ended, length = HEAD.unpack(head)
        return number, ended, self._exactly(length).decode("utf-8", "replace"), descriptors[0] if descriptors else None

    def _exactly(self, count: int) -> bytes:
        content = b""
        while len(content) < count:
            more = self._control.recv(count - len(content))
            if not more:
                raise ConnectionError(0, "the connection broker is gone")
            content += more
        return content
