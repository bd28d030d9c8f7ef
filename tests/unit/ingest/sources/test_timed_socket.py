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
    connection = TimedSocket(ours, stopping)
    connection.expect("the answer", 5.0)
    yield connection, theirs, stopping
    connection.close()
    theirs.close()


def test_bytes_come_in_the_order_and_sizes_that_are_asked_for(pair) -> None:
    connection, theirs, _ = pair
    theirs.sendall(b"$1234head\r\n\r\nbody")
    assert connection.peek() == ord("$")
    assert connection.exactly(5) == b"$1234"
    assert connection.until(b"\r\n\r\n", 100) == b"head"
    assert connection.exactly(4) == b"body"


def test_a_mark_that_comes_in_two_parts_is_found(pair) -> None:
    connection, theirs, _ = pair
    theirs.sendall(b"head\r\n")
    later = threading.Timer(0.05, theirs.sendall, [b"\r\nrest"])
    later.start()
    assert connection.until(b"\r\n\r\n", 100) == b"head"
    assert connection.exactly(4) == b"rest"
    later.join()


@pytest.mark.parametrize("sent", [b"x" * 5000, b"x" * 2000 + b"\r\n\r\n"])
def test_a_head_without_end_is_given_up(pair, sent: bytes) -> None:
    connection, theirs, _ = pair
    theirs.sendall(sent)
    with pytest.raises(StreamError, match="1,000"):
        connection.until(b"\r\n\r\n", 1000)


def test_a_trickle_does_not_win_time(pair) -> None:
    connection, theirs, _ = pair
    connection.expect("the answer", 0.5)
    ended = threading.Event()

    def trickle() -> None:
        while not ended.wait(0.05):
            theirs.sendall(b"x")

    thread = threading.Thread(target=trickle)
    thread.start()
    try:
        with pytest.raises(StreamError, match=r"the answer did not come within 0\.5 s") as fault:
            connection.exactly(1000)
    finally:
        ended.set()
        thread.join()
    assert fault.value.threshold_s == 0.5
    assert fault.value.measured_s is not None
    assert fault.value.measured_s > 0.5


def test_an_end_is_reported(pair) -> None:
    connection, theirs, _ = pair
    theirs.close()
    with pytest.raises(StreamError, match="closed the connection"):
        connection.exactly(1)


def test_who_wants_no_more_is_let_go(pair) -> None:
    connection, _, stopping = pair
    stopping.set()
    with pytest.raises(StoppedError):
        connection.exactly(1)


def test_a_camera_that_takes_nothing_is_given_up(pair) -> None:
    connection, _, _ = pair
    connection.expect("the answer", 0.3)
    with pytest.raises(StreamError, match="takes nothing"):
        connection.send(bytes(10 << 20))


def test_what_came_before_the_chunks_were_announced_counts(pair) -> None:
    connection, theirs, _ = pair
    theirs.sendall(b"head\r\n\r\n4\r\nbo")
    assert connection.until(b"\r\n\r\n", 100) == b"head"
    connection.decode_with(ChunkDecoder().decode)
    theirs.sendall(b"dy\r\n3\r\nabc\r\n")
    assert connection.exactly(7) == b"bodyabc"


def test_the_limit_of_bytes_before_a_mark_is_itself_allowed(pair) -> None:
    connection, theirs, _ = pair
    theirs.sendall(b"x" * 100 + b"\r\n" + b"y" * 101 + b"\r\n")
    assert connection.until(b"\r\n", 100) == b"x" * 100
    with pytest.raises(StreamError, match="101 bytes came as the answer, more than 100"):
        connection.until(b"\r\n", 100)


def test_messages_that_have_come_whole_are_returned_at_once_and_no_part_of_the_next(pair) -> None:
    connection, theirs, _ = pair
    theirs.sendall(b"$\0\0\2ab$\1\0\1c$\0\1\0part")
    assert connection.peek() == ord("$")
    assert connection.framed(ord("$"), 4) == [b"$\0\0\2ab", b"$\1\0\1c"]
    assert connection.framed(ord("$"), 4) == []
    assert connection.exactly(8) == b"$\0\1\0part"
    theirs.sendall(b"R$\0\0\1d")
    assert connection.peek() == ord("R")
    assert connection.framed(ord("$"), 4) == []


@pytest.mark.parametrize("pause_s", [0.0, 0.02])
def test_what_is_read_after_a_pause_has_not_just_come(pair, pause_s: float) -> None:
    connection, theirs, _ = pair
    connection.pause(pause_s)
    later = threading.Timer(0.05, theirs.sendall, [b"a"])
    later.start()
    assert connection.exactly(1) == b"a"
    later.join()
    theirs.sendall(b"b")
    assert connection.exactly(1) == b"b"
    assert connection.take_waited() is not bool(pause_s)


def test_a_pause_ends_when_the_stream_is_stopped(pair) -> None:
    connection, theirs, stopping = pair
    connection.pause(600.0)
    for _ in range(2):
        threading.Timer(0.05, theirs.sendall, [b"a"]).start()
    threading.Timer(0.1, stopping.set).start()
    with pytest.raises(StoppedError):
        connection.exactly(3)
