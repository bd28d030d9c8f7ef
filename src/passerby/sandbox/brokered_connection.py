"""A camera's connection, handed in from outside: this process can open none itself."""

import os
import socket
import struct
import time
from typing import Final

from passerby.domain.errors import AddressRefusedError
from passerby.text import whole_number

ANSWER_S: Final = 30.0
"""Resolving the name and connecting have limits of their own outside; this one only ends a wait for ever."""

CONNECTED, REFUSED, FAILED, BOUND = b"c", b"r", b"f", b"p"
HEAD: Final = struct.Struct("!BcH")
"""Number of the request, how it ended, bytes of text behind."""

MAX_DESCRIPTORS: Final = 4
BROKER: Final = "the connection broker"

DATAGRAM_REQUEST: Final = struct.Struct("!BcH")
"""Behind a zero, which is no request's number: number, kind, the camera's port."""

BIND, RECEIVE, REPORT = b"b", b"d", b"r"
"""Two ports for its datagrams; a socket that receives them; a block of a receiver report, which follows."""


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
        number = self._next_number()
        return self._socket_for(number, bytes([number]))

    def bind(self) -> int:
        """Returns the first of two neighbouring UDP ports that the camera is to send to.

        Raises:
            OSError: there are none.
        """
        number = self._next_number()
        text, descriptor = self._answer_to(number, b"\0" + DATAGRAM_REQUEST.pack(number, BIND, 0))
        if descriptor is not None:
            os.close(descriptor)
        return whole_number(text) or 0

    def receive_from(self, port: int) -> socket.socket:
        """Returns a socket that receives what the camera sends from this port; 0 where it announced none.

        Raises:
            OSError: the camera sends nothing from there.
        """
        number = self._next_number()
        return self._socket_for(number, b"\0" + DATAGRAM_REQUEST.pack(number, RECEIVE, port))

    def report(self, block: bytes) -> None:
        """Sends one block of a receiver report to the camera; without any, an empty report."""
        self._control.settimeout(ANSWER_S)
        self._control.sendall(b"\0" + DATAGRAM_REQUEST.pack(0, REPORT, len(block)) + block)

    def _next_number(self) -> int:
        self._asked = self._asked % 255 + 1
        return self._asked

    def _socket_for(self, asked: int, request: bytes) -> socket.socket:
        text, descriptor = self._answer_to(asked, request)
        if descriptor is None:
            raise OSError(0, text or "no connection was handed in")
        return socket.socket(fileno=descriptor)

    def _answer_to(self, asked: int, request: bytes) -> tuple[str, int | None]:
        self._control.settimeout(ANSWER_S)
        self._control.sendall(request)
        deadline_s = time.monotonic() + ANSWER_S
        while time.monotonic() < deadline_s:
            number, ended, text, descriptor = self._answer()
            if number == asked and (ended == BOUND or (ended == CONNECTED and descriptor is not None)):
                return text, descriptor
            if descriptor is not None:  # an answer that came after we had given up waiting for it
                os.close(descriptor)
            if number == asked:
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
        head += exactly(self._control, HEAD.size - len(head), BROKER)
        number, ended, length = HEAD.unpack(head)
        return (
            number,
            ended,
            exactly(self._control, length, BROKER).decode("utf-8", "replace"),
            descriptors[0] if descriptors else None,
        )


def exactly(control: socket.socket, count: int, sender: str) -> bytes:
    """Returns the next bytes of a link, all of them.

    Args:
        control: the link.
        count: how many.
        sender: who is at the other end, for the error.

    Raises:
        ConnectionError: the other end is gone.
    """
    content = b""
    while len(content) < count:
        more = control.recv(count - len(content))
        if not more:
            raise ConnectionError(0, f"{sender} is gone")
        content += more
    return content
