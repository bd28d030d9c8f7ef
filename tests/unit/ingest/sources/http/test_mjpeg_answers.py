"""Heads of answers to a request for a stream, each as some camera or server on the way writes it."""

import gzip
import re
import socket
import threading

import pytest

from passerby.domain.errors import AddressRefusedError, SourceError
from passerby.domain.sources import CameraSource, SourceKind
from passerby.ingest.sources.coded_pictures import CodedPicture
from passerby.ingest.sources.errors import ChallengedError, CredentialsRefusedError, StreamError
from passerby.ingest.sources.http.authorisation import Authorisation
from passerby.ingest.sources.http.mjpeg import MjpegStream
from passerby.ingest.sources.timed_socket import TimedSocket, Timeouts

SOURCE = CameraSource(SourceKind.HTTP, "cam", 80, "/live?a=1", "u", "S3cret")
PICTURE = b"\xff\xd8\xff\xdb\0\4ab\xff\xda\0\2scan\xff\xd9"
KIND = b"Content-Type: multipart/x-mixed-replace; boundary=frontier\r\n"
PARTS = (b"--frontier\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n" % (len(PICTURE), PICTURE)) * 2


def pictures(answer: bytes, authorisation: Authorisation | None = None) -> tuple[list[CodedPicture], str]:
    """Returns the pictures in an answer, and how the stream ended."""
    ours, theirs = socket.socketpair()
    link = TimedSocket(ours, threading.Event())
    found: list[CodedPicture] = []
    with theirs:
        theirs.sendall(answer)
        theirs.shutdown(socket.SHUT_WR)
        try:
            stream = MjpegStream(link, SOURCE, Timeouts(), authorisation or Authorisation("u", "S3cret"))
            try:
                found += stream.pictures()
            except StreamError as end:
                return found, str(end)
        finally:
            link.close()
    return found, ""


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.0 200 OK\r\n" + KIND,
        b"HTTP/1.1 200\r\n" + KIND,
        b"HTTP/1.1 206 Partial Content\r\n" + KIND + b"Content-Range: bytes 0-/*\r\n",
        b"\r\nHTTP/1.1 200 OK\r\ncontent-type:multipart/x-mixed-replace;\r\n\tBOUNDARY = \"frontier\"\r\n",
        b"HTTP/1.1 200 OK\r\n" + KIND + b"Content-Encoding: gzip\r\nContent-Length: 17\r\nConnection: keep-alive\r\n",
        b"HTTP/1.1 200 OK\nContent-Type: multipart/mixed\n",
    ],
)  # fmt: skip
def test_a_stream_is_shown_whatever_its_head(head: bytes) -> None:
    found, end = pictures(head + (b"\r\n" if head.endswith(b"\r\n") else b"\n") + PARTS)
    assert [(each.content, each.damaged) for each in found] == [(PICTURE, False)] * 2
    assert end == "the camera closed the connection"


@pytest.mark.parametrize("line_ends", [b"", b"\r\n", b"\n\n"])
@pytest.mark.parametrize("kind", [KIND, b"Content-Type: multipart/x-mixed-replace\r\n"])
def test_parts_without_a_line_between_them_are_separated_by_their_lengths(kind: bytes, line_ends: bytes) -> None:
    part = b"Content-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s%s" % (len(PICTURE), PICTURE, line_ends)
    found, _ = pictures(b"HTTP/1.0 200 OK\r\n" + kind + b"\r\n" + part * 5)
    assert [(each.content, each.damaged) for each in found] == [(PICTURE, False)] * 5


@pytest.mark.parametrize(
    ("picture", "damaged"),
    [
        (PICTURE, False),
        (PICTURE.replace(b"\xff\xda", b"\0\0\xff\xff\xff\xda"), False),  # bytes that mean nothing
        (PICTURE + b"\0" * 5000, False),
        (PICTURE[:-2], True),
        (PICTURE[:8] + b"\xff\xd9", True),  # an end before any scan
        (b"\xff\xd8\xff\xe1\0\x08\xff\xd8\xff\xd9ab" + PICTURE[2:-2], True),  # that of a small picture inside
        (b"\xff\xd8" + b"\0" * 40 + b"\xff\xd9", True),
        (b"\xff\xd8", True),
    ],
)  # fmt: skip
def test_a_picture_is_whole_with_an_end_behind_its_scan_alone(picture: bytes, damaged: bool) -> None:
    part = b"--frontier\r\nContent-Type: image/jpeg\r\n\r\n%s\r\n" % picture
    found, _ = pictures(b"HTTP/1.0 200 OK\r\n" + KIND + b"\r\n" + part + PARTS)
    assert [each.damaged for each in found][:-1] == [damaged, False]


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (b"HTTP/1.1 200 OK\r\n" + KIND + b"\r\n" + gzip.compress(PARTS), StreamError, r"its stream \(gzip\)"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n" + PICTURE, StreamError, "sends one picture"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + PARTS, StreamError, "sends nothing that it names"),
        (b"HTTP/1.1 401 No\r\n\r\n", CredentialsRefusedError, "does not accept the user 'u'"),
        (b"HTTP/1.1 401 No\r\nWWW-Authenticate: Negotiate YII=\r\n\r\n", CredentialsRefusedError, "does not accept"),
        (b'HTTP/1.1 401 No\r\nWWW-Authenticate: digest nonce="n"\r\n\r\n', ChallengedError, ""),
        (b"HTTP/1.1 301 x\r\nLocation: http://u:S3cret@10.9.9.9/a?b\r\n\r\n", AddressRefusedError, "http://10.9.9.9/a:"),
        (b"HTTP/1.1 302 x\r\nLocation: //u:S3cret@10.9.9.9/\r\n\r\n", AddressRefusedError, "//10.9.9.9/: refused"),
        (b"HTTP/1.1 308 x\r\n\r\n", AddressRefusedError, "somewhere else"),
        (b"ICY 200 OK\r\n\r\n", StreamError, "does not speak HTTP"),
    ],
)  # fmt: skip
def test_other_answers_are_named(answer: bytes, kind: type[Exception], words: str) -> None:
    try:
        _, end = pictures(answer)
    except (SourceError, ChallengedError) as refusal:
        assert isinstance(refusal, kind)
        end = str(refusal)
    assert "S3cret" not in end
    assert re.search(words, end), end
