"""Connections that are handed in, and hands that fail."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from passerby.domain.errors import AddressRefusedError
from passerby.sandbox.brokered_connection import CONNECTED, FAILED, HEAD, REFUSED, BrokeredConnection
from testing.waiting import until


@contextmanager
def asked(answer: Callable[[socket.socket, int], None], times: int = 1) -> Iterator[BrokeredConnection]:
    """A route whose other end answers so many requests."""
    ours, theirs = socket.socketpair()

    def serve() -> None:
        with theirs:
            for _ in range(times):
                answer(theirs, theirs.recv(1)[0])

    server = threading.Thread(target=serve)
    server.start()
    with closing(BrokeredConnection(ours.detach())) as route:
        yield route
    server.join()


def handed(control: socket.socket, number: int) -> None:
    one, other = socket.socketpair()
    with one, other:
        other.sendall(b"camera")
        socket.send_fds(control, [HEAD.pack(number, CONNECTED, 0)], [one.fileno()])


def test_the_connection_that_comes_is_the_cameras() -> None:
    with asked(handed, times=3) as route:
        for _ in range(3):
            with route.open() as link:
                assert link.recv(6) == b"camera"


def test_a_refusal_is_reported_in_its_own_words() -> None:
    words = "8.8.8.8 is not allowed"
    refusal = HEAD.pack(1, REFUSED, len(words)) + words.encode()
    with asked(lambda control, _: control.sendall(refusal)) as route, pytest.raises(AddressRefusedError, match=words):
        route.open()


def test_a_failure_is_reported_in_plain_words() -> None:
    failure = HEAD.pack(1, FAILED, 4) + b"gone"
    with asked(lambda control, _: control.sendall(failure)) as route, pytest.raises(OSError, match="gone") as fault:
        route.open()
    assert fault.value.strerror == "gone"


def test_an_answer_to_an_older_request_is_closed_and_left_out() -> None:
    def late(control: socket.socket, number: int) -> None:
        handed(control, (number - 1) % 256)
        handed(control, number)

    with asked(late) as route:
        before = len(list(Path("/proc/self/fd").iterdir()))
        route.open().close()
        until(lambda: len(list(Path("/proc/self/fd").iterdir())) <= before)  # the other end closes its own in a thread


def test_whoever_hands_in_connections_may_be_gone() -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    with closing(BrokeredConnection(ours.detach())) as route, pytest.raises(OSError, match=r"gone|[Bb]roken pipe"):
        route.open()


def test_connected_without_a_connection_is_a_failure() -> None:
    empty = HEAD.pack(1, CONNECTED, 0)
    with asked(lambda control, _: control.sendall(empty)) as route, pytest.raises(OSError, match="was handed in"):
        route.open()
