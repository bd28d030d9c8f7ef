"""Connections that trickle, flood, break and end."""

import socket
import threading
from collections.abc import Iterator

import pytest

from passerby.ingest.sources.errors import StoppedError, StreamError
from passerby.ingest.sources.http.mjpeg import ChunkDecoder
from passerby.ingest.sources.timed_socket import TimedSocket


@pytest.fixture
def pair() -> Iterator[tuple[TimedSocket, socket.socket, threading.Event]]:
    ours, theirs = socket.socketpair()
    stopping = threading.Event()
    line = TimedSocket(ours, stopping)
    line.expect("the answer", 5.0)
    yield line, theirs, stopping
    line.close()
    theirs.close()


def test_bytes_come_in_the_order_and_sizes_that_are_asked_for(pair) -> None:
    line, theirs, _ = pair
    theirs.sendall(b"$1234head\r\n\r\nbody")
    assert line.peek() == ord("$")
    assert line.exactly(5) == b"$1234"
    assert line.until(b"\r\n\r\n", 100) == b"head"
    assert line.exactly(4) == b"body"


def test_a_mark_that_comes_in_two_parts_is_found(pair) -> None:
    line, theirs, _ = pair
    theirs.sendall(b"head\r\n")
    later = threading.Timer(0.05, theirs.sendall, [b"\r\nrest"])
    later.start()
    assert line.until(b"\r\n\r\n", 100) == b"head"
    assert line.exactly(4) == b"rest"
    later.join()


@pytest.mark.parametrize("sent", [b"x" * 5000, b"x" * 2000 + b"\r\n\r\n"])
def test_a_head_without_end_is_given_up(pair, sent: bytes) -> None:
    line, theirs, _ = pair
    theirs.sendall(sent)
    with pytest.raises(StreamError, match="1,000"):
        line.until(b"\r\n\r\n", 1000)


def test_a_trickle_does_not_win_time(pair) -> None:
    line, theirs, _ = pair
    line.expect("the answer", 0.5)
    ended = threading.Event()

    def trickle() -> None:
        while not ended.wait(0.05):
            theirs.sendall(b"x")

    thread = threading.Thread(target=trickle)
    thread.start()
    try:
        with pytest.raises(StreamError, match=r"the answer did not come within 0\.5 s") as fault:
            line.exactly(1000)
    finally:
        ended.set()
        thread.join()
    assert fault.value.threshold_s == 0.5
    assert fault.value.measured_s is not None
    assert fault.value.measured_s > 0.5


def test_an_end_is_told(pair) -> None:
    line, theirs, _ = pair
    theirs.close()
    with pytest.raises(StreamError, match="closed the connection"):
        line.exactly(1)


def test_who_wants_no_more_is_let_go(pair) -> None:
    line, _, stopping = pair
    stopping.set()
    with pytest.raises(StoppedError):
        line.exactly(1)


def test_a_camera_that_takes_nothing_is_given_up(pair) -> None:
    line, _, _ = pair
    line.expect("the answer", 0.3)
    with pytest.raises(StreamError, match="takes nothing"):
        line.send(bytes(10 << 20))


def test_what_came_before_the_chunks_were_announced_counts(pair) -> None:
    line, theirs, _ = pair
    theirs.sendall(b"head\r\n\r\n4\r\nbo")
    assert line.until(b"\r\n\r\n", 100) == b"head"
    line.decode_with(ChunkDecoder().decode)
    theirs.sendall(b"dy\r\n3\r\nabc\r\n")
    assert line.exactly(7) == b"bodyabc"
