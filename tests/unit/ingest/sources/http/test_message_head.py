"""Answers of cameras: let through, or refused in words that say what to do."""

import pytest

from passerby.domain.errors import AddressRefusedError
from passerby.ingest.sources.errors import CredentialsRefusedError, StreamError, quoted
from passerby.ingest.sources.http.message_head import ResponseHead, body_length, check_status


@pytest.mark.parametrize(
    ("line", "kind", "words"),
    [
        ("RTSP/1.0 301 Moved", AddressRefusedError, "redirects to rtsp://10.0.0.7/new: refused"),
        ("HTTP/1.1 307 Elsewhere", AddressRefusedError, "write the new address into the site file"),
        ("RTSP/1.0 401 Unauthorized", CredentialsRefusedError, "the user 'ada' or the password"),
        ("RTSP/1.0 403 Forbidden", CredentialsRefusedError, "answer 403"),
        ("RTSP/1.0 404 Not Found", StreamError, "Check the path"),
        ("RTSP/1.0 453 Not Enough Bandwidth", StreamError, "no bandwidth"),
        ("RTSP/1.0 461 Unsupported Transport", StreamError, "Try another `transport`"),
        ("RTSP/1.0 500 Oops", StreamError, "'RTSP/1.0 500 Oops'"),
        ("SSH-2.0-x", StreamError, "no camera stream"),
        ("", StreamError, "no camera stream"),
    ],
)
def test_what_is_wrong_is_said(line: str, kind: type[Exception], words: str) -> None:
    answer = ResponseHead(line, {"location": ["rtsp://u:S3cret@10.0.0.7/new?key=S3cret"]})
    with pytest.raises(kind, match=words) as refusal:
        check_status(answer, "ada")
    assert "S3cret" not in str(refusal.value)


def test_without_a_user_it_is_said_that_there_is_none() -> None:
    with pytest.raises(CredentialsRefusedError, match="a caller without user and password"):
        check_status(ResponseHead("RTSP/1.0 401 Unauthorized", {}), "")


def test_good_answers_go_through() -> None:
    check_status(ResponseHead("RTSP/1.0 200 OK", {}), "")
    assert body_length(ResponseHead("", {"content-length": ["12"]})) == 12
    assert body_length(ResponseHead("", {})) == 0
    assert body_length(ResponseHead("", {"content-length": [""]})) == 0


@pytest.mark.parametrize("length", ["-1", "1e9", "65537", "9" * 5000, "٣"])
def test_lengths_that_are_none(length: str) -> None:
    with pytest.raises(StreamError, match="it was given up"):
        body_length(ResponseHead("", {"content-length": [length]}))


@pytest.mark.asvs("16.4.1")
def test_a_cameras_words_are_made_fit_for_a_log() -> None:
    assert quoted(b"a\r\nb\x1b[31m") == "a??b?[31m"
    assert quoted("x" * 500) == "x" * 120 + "…"
    assert quoted("rtsp://user:pass@[::1]:554/a?token=1") == "rtsp://[::1]:554/a"
    assert quoted("RTSP/1.0 302 see rtsp://h/a rtsp://u:p/w@h/b?key=p //u:p@h/c") == (
        "RTSP/1.0 302 see rtsp://h/a rtsp://h/b //h/c"
    )
    assert quoted("Location: u:p@h/x, admin@h") == "Location: h/x, admin@h"


@pytest.mark.parametrize("status", [200, 206, 299])
def test_every_success_goes_through(status: int) -> None:
    check_status(ResponseHead(f"RTSP/1.0 {status} OK", {}), "")


@pytest.mark.parametrize("status", [300, 399])
def test_every_redirect_is_refused(status: int) -> None:
    with pytest.raises(AddressRefusedError, match="redirects to somewhere else"):
        check_status(ResponseHead(f"RTSP/1.0 {status} Elsewhere", {}), "")


@pytest.mark.parametrize("status", [100, 199, 400, 500])
def test_every_other_status_is_an_error_of_the_stream(status: int) -> None:
    with pytest.raises(StreamError, match=f"the camera answers 'RTSP/1.0 {status} No'"):
        check_status(ResponseHead(f"RTSP/1.0 {status} No", {}), "")


def test_the_longest_body_is_itself_allowed() -> None:
    assert body_length(ResponseHead("", {"content-length": ["65536"]})) == 65536
