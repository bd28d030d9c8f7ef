"""The dialogue with a camera; with real ones it is tested under tests/integration/streams."""

import socket
import threading
from collections.abc import Iterator

import pytest

from passerby.domain.errors import AddressRefusedError
from passerby.ingest.sources.errors import ChallengedError, StreamError
from passerby.ingest.sources.http.authorisation import Authorisation
from passerby.ingest.sources.rtsp.dialogue import MAX_STRAY_BYTES, Packet, RtspDialogue
from passerby.ingest.sources.timed_socket import TimedSocket

OWN = range(2)


@pytest.fixture
def pair() -> Iterator[tuple[RtspDialogue, socket.socket]]:
    ours, theirs = socket.socketpair()
    link = TimedSocket(ours, threading.Event())
    link.expect("the next picture", 5.0)
    yield RtspDialogue(link, Authorisation("u", "p"), 5.0), theirs
    link.close()
    theirs.close()


def sent(theirs: socket.socket) -> list[str]:
    theirs.settimeout(0.2)
    return [request for request in theirs.recv(1 << 16).decode().split("\r\n\r\n") if request]


def test_packets_before_the_answer_to_play_are_kept(pair) -> None:
    dialogue, theirs = pair
    theirs.sendall(b"$\0\0\1a$\1\0\1b\r\n\r\nRTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 2\r\n\r\nok")
    assert dialogue.request("PLAY", "rtsp://cam/").body == b"ok"
    assert dialogue.take_early() == [Packet(0, b"a"), Packet(1, b"b")]
    assert dialogue.take_early() == []


def test_a_request_of_the_camera_between_is_answered(pair) -> None:
    dialogue, theirs = pair
    theirs.sendall(b"OPTIONS * RTSP/1.0\r\nCSeq: 77\r\n\r\nRTSP/1.0 200 OK\r\n\r\n")
    assert dialogue.request("SETUP", "rtsp://cam/").status == 200
    assert "RTSP/1.0 200 OK\r\nCSeq: 77" in sent(theirs)


def test_a_redirect_is_refused_at_any_time(pair) -> None:
    dialogue, theirs = pair
    theirs.sendall(b"REDIRECT rtsp://cam/ RTSP/1.0\r\nCSeq: 1\r\nLocation: rtsp://10.9.9.9/\r\n\r\n")
    with pytest.raises(AddressRefusedError, match=r"rtsp://10\.9\.9\.9/: refused"):
        dialogue.next_packet(OWN)


def test_a_challenge_to_a_sign_of_life_is_met_at_once_and_not_for_ever(pair) -> None:
    dialogue, theirs = pair
    dialogue.sign_of_life("rtsp://cam/")
    challenge = b'RTSP/1.0 401 No\r\nWWW-Authenticate: Digest realm="r", nonce="%d"\r\n\r\n'
    for number in range(5):
        theirs.sendall(challenge % number)
        assert dialogue.next_packet(OWN) is None
    requests = sent(theirs)
    assert len(requests) == 2
    assert 'nonce="0"' in requests[1]


def test_a_stale_nonce_is_replaced_a_few_times(pair) -> None:
    dialogue, theirs = pair
    theirs.sendall(b'RTSP/1.0 401 No\r\nWWW-Authenticate: Digest realm="r", nonce="n", stale=true\r\n\r\n' * 9)
    assert dialogue.request("DESCRIBE", "rtsp://cam/").status == 401
    assert len(sent(theirs)) == 4


def test_a_sign_of_life_that_the_camera_does_not_know_is_replaced(pair) -> None:
    dialogue, theirs = pair
    dialogue.keep_alive = "GET_PARAMETER"
    dialogue.sign_of_life("rtsp://cam/")
    theirs.sendall(b"RTSP/1.0 551 Option not supported\r\nCSeq: 1\r\n\r\n")
    assert dialogue.next_packet(OWN) is None
    assert [request.split()[0] for request in sent(theirs)] == ["GET_PARAMETER", "OPTIONS"]
    assert dialogue.keep_alive == "OPTIONS"


def test_an_ended_session_ends_the_stream_where_no_picture_comes(pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("passerby.ingest.sources.rtsp.dialogue.ENDED_S", 0.01)
    dialogue, theirs = pair
    theirs.sendall(b"RTSP/1.0 454 Session Not Found\r\n\r\n")
    assert dialogue.next_packet(OWN) is None
    with pytest.raises(StreamError, match="a picture after the camera has ended the session"):
        dialogue.next_packet(OWN)


def test_stray_bytes_are_skipped_up_to_the_next_packet_of_ours(pair) -> None:
    dialogue, theirs = pair
    theirs.sendall(b"\0\0$\x09\xff\xff$\1\0\1b")
    assert dialogue.next_packet(OWN) is None
    assert dialogue.next_packet(OWN) == Packet(1, b"b")


def test_stray_bytes_without_end_are_no_rtsp(pair) -> None:
    dialogue, theirs = pair
    theirs.sendall(bytes(MAX_STRAY_BYTES + 10))
    with pytest.raises(StreamError, match="not RTSP"):
        dialogue.next_packet(OWN)


def test_the_nonce_that_is_announced_is_used_next(pair) -> None:
    dialogue, theirs = pair
    theirs.sendall(b'RTSP/1.0 401 No\r\nWWW-Authenticate: Digest realm="r", nonce="a", qop="auth"\r\n\r\n')
    theirs.sendall(b'RTSP/1.0 200 OK\r\nAuthentication-Info: nextnonce="b"\r\n\r\n')
    dialogue.request("OPTIONS", "rtsp://cam/")
    dialogue.sign_of_life("rtsp://cam/")
    last = sent(theirs)[-1]
    assert 'nonce="b"' in last
    assert "nc=00000001" in last


@pytest.mark.parametrize(
    "rest", [b"0\r\n", b"D=0\r\n", b"ID=0\r\n", b"a=control:x\r\n\r\n", b"\r\n\r\n", b"x\nX: y\n", b"0\n$\0\0\1x"]
)
def test_what_a_body_has_too_much_is_skipped(pair, rest: bytes) -> None:
    dialogue, theirs = pair
    theirs.sendall(rest + b"RTSP/1.0 200 OK\r\nSession: 7\r\n\r\n")
    answer = dialogue.request("SETUP", "rtsp://cam/")
    assert (answer.status, answer.field("session")) == (200, "7")


def test_what_is_no_rtsp_is_reported_as_it_came(pair) -> None:
    dialogue, theirs = pair
    theirs.sendall(b"SSH-2.0-OpenSSH\r\n\r\n")
    with pytest.raises(StreamError, match=r"no RTSP camera: 'SSH-2\.0-OpenSSH'"):
        dialogue.request("OPTIONS", "rtsp://cam/")


def test_packets_between_a_head_and_its_body_are_kept_for_what_plays(pair) -> None:
    dialogue, theirs = pair
    dialogue.sign_of_life("rtsp://cam/")
    theirs.sendall(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 4\r\n\r\n$\0\0\1a$\1\0\1bbody$\0\0\1c")
    assert dialogue.next_packet(OWN) is None
    assert [dialogue.next_packet(OWN) for _ in range(3)] == [Packet(0, b"a"), Packet(1, b"b"), Packet(0, b"c")]


def test_an_announcement_and_its_body_between_are_taken_and_answered(pair) -> None:
    dialogue, theirs = pair
    theirs.sendall(
        b"ANNOUNCE rtsp://cam/ RTSP/1.0\r\nCSeq: 9\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n"
        b"$\0\0\1a"
    )
    assert dialogue.next_packet(OWN) is None
    assert dialogue.next_packet(OWN) == Packet(0, b"a")
    assert "RTSP/1.0 200 OK\r\nCSeq: 9" in sent(theirs)


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
def test_an_answer_may_come_byte_by_byte_after_one_that_says_it_is_at_work(pair, line_end: bytes) -> None:
    dialogue, theirs = pair
    rows = (
        b"RTSP/1.0 100 Continue",
        b"CSeq: 1",
        b"",
        b"rtsp/1.0 ",
        b"RTSP/1.0 200 OK",
        b"CSeq: 1",
        b"Public: OPTIONS,",
    )
    answer = line_end.join((*rows, b" \tPLAY", b"Content-Length:", b"", b""))

    def trickle() -> None:
        for byte in answer:
            theirs.sendall(bytes([byte]))

    sending = threading.Thread(target=trickle)
    sending.start()
    found = dialogue.request("OPTIONS", "rtsp://cam/")
    sending.join()
    assert (found.status, found.field("public"), found.body) == (200, "OPTIONS, PLAY", b"")


def test_a_camera_that_hangs_up_with_its_challenge_is_asked_on_a_new_connection(pair) -> None:
    dialogue, theirs = pair
    theirs.sendall(b'RTSP/1.0 401 No\r\nCSeq: 1\r\nWWW-Authenticate: Digest realm="r", nonce="n"\r\n\r\n')
    theirs.shutdown(socket.SHUT_WR)
    with pytest.raises(ChallengedError):
        dialogue.request("DESCRIBE", "rtsp://cam/")


def test_a_camera_that_hangs_up_without_one_has_ended_the_connection(pair) -> None:
    dialogue, theirs = pair
    theirs.shutdown(socket.SHUT_WR)
    with pytest.raises(StreamError, match="closed the connection"):
        dialogue.request("DESCRIBE", "rtsp://cam/")


def test_packets_that_have_come_are_returned_together_up_to_the_next_message(pair) -> None:
    dialogue, theirs = pair
    theirs.sendall(b"$\0\0\1a$\1\0\1bRTSP/1.0 200 OK\r\n\r\n$\0\0\1c")
    assert dialogue.next_packet(OWN) == Packet(0, b"a")
    assert dialogue.packets_here() == [Packet(1, b"b")]
    assert dialogue.packets_here() == []
    assert dialogue.next_packet(OWN) is None
    assert dialogue.packets_here() == [Packet(0, b"c")]
