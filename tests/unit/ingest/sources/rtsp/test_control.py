"""Addresses, sessions and transports in an RTSP camera's answers."""

import pytest

from passerby.domain.sources import CameraSource, SourceKind
from passerby.ingest.sources.errors import StreamError
from passerby.ingest.sources.http.message_head import ResponseHead
from passerby.ingest.sources.rtsp.control import address, base_of, interleaved_channel, joined, session_of


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        (CameraSource(SourceKind.RTSP, "cam", 554, "/a?b=c&d=%20"), "rtsp://cam/a?b=c&d=%20"),
        (CameraSource(SourceKind.RTSP, "cam", 8554, "/a", "u", "p"), "rtsp://cam:8554/a"),
        (CameraSource(SourceKind.RTSPS, "cam", 322, "/"), "rtsps://cam/"),
        (CameraSource(SourceKind.RTSP, "fd00::1", 554, "/a"), "rtsp://[fd00::1]/a"),
        (CameraSource(SourceKind.RTSP, "cam", 554, "/a b\r\nX: y"), "rtsp://cam/a%20b%0D%0AX:%20y"),
    ],
)
def test_addresses_hold_no_credentials_and_break_no_line(source: CameraSource, wanted: str) -> None:
    assert address(source) == wanted


@pytest.mark.parametrize(
    ("base", "control", "wanted"),
    [
        ("rtsp://cam/a", "trackID=1", ["rtsp://cam/a/trackID=1", "rtsp://cam/trackID=1"]),
        ("rtsp://cam/a/", "trackID=1", ["rtsp://cam/a/trackID=1"]),
        ("rtsp://cam/a", "/trackID=1", ["rtsp://cam/a/trackID=1", "rtsp://cam/trackID=1"]),
        ("rtsp://cam/a", "/live/track1", ["rtsp://cam/live/track1", "rtsp://cam/a/live/track1"]),
        ("rtsp://cam", "track1", ["rtsp://cam/track1"]),
        ("rtsp://cam?x=1", "/live/track1", ["rtsp://cam/live/track1", "rtsp://cam?x=1/live/track1"]),
        ("rtsp://cam/a", "*", ["rtsp://cam/a"]),
        ("rtsp://cam/a", "", ["rtsp://cam/a"]),
        ("rtsp://cam/a", " RTSP://10.0.0.9/b", ["RTSP://10.0.0.9/b"]),
        (
            "rtsp://cam/a?x=1", "trackID=1",
            ["rtsp://cam/a?x=1/trackID=1", "rtsp://cam/a/trackID=1?x=1", "rtsp://cam/trackID=1"],
        ),
        ("rtsp://cam/a", "t\r\nX: y", ["rtsp://cam/a/t%0D%0AX:%20y", "rtsp://cam/t%0D%0AX:%20y"]),
    ],
)  # fmt: skip
def test_parts_of_a_stream_are_controlled_where_the_camera_says(base: str, control: str, wanted: list[str]) -> None:
    assert list(joined(base, control)) == wanted


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({}, "rtsp://cam:99/a?b"),
        ({"content-base": ["rtsp://cam/x/"], "content-location": ["rtsp://cam/y"]}, "rtsp://cam/x/"),
        ({"content-location": ["rtsp://cam/y"]}, "rtsp://cam/y"),
        ({"content-base": ["cam:99/"], "content-location": ["rtsp://cam/y"]}, "rtsp://cam/y"),
        ({"content-base": ["cam:99/"]}, "rtsp://cam:99/a?b"),
        ({"content-base": ["/x/"]}, "rtsp://cam:99/x/"),
        ({"content-base": ['"rtsp://cam/a b\tc/"']}, "rtsp://cam/a%20b%09c/"),
    ],
)
def test_the_base_of_relative_addresses(fields: dict[str, list[str]], wanted: str) -> None:
    assert base_of(ResponseHead("RTSP/1.0 200 OK", fields), "rtsp://cam:99/a?b") == wanted


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        ("77", ("77", None)),
        ("77;timeout=20", ("77", 10.0)),
        ("77 ; Timeout = 20", ("77", 10.0)),
        ('77;timeout="20";x', ("77", 10.0)),
        ("77;timeout=20s", ("77", 10.0)),
        ("77;timeout=1", ("77", 0.5)),
        ("77;timeout=86400", ("77", 30.0)),
        ("77;timeout=" + "9" * 400, ("77", 30.0)),
        ("77;timeout=0", ("77", None)),
        ("77;timeout=-1", ("77", None)),
        ("77;timeout=x", ("77", None)),
        ("", ("", None)),
        ("7\x1b7", ("", None)),
    ],
)
def test_sessions_and_how_often_they_want_a_sign_of_life(field: str, wanted: tuple[str, float | None]) -> None:
    assert session_of(field) == wanted


@pytest.mark.parametrize(
    ("transport", "wanted"),
    [
        ("", 0),
        ("RTP/AVP/TCP;unicast", 0),
        ("RTP/AVP/TCP;unicast;interleaved=4-5", 4),
        ("RTP/AVP/TCP;Interleaved = 4", 4),
        ("RTP/AVP/TCP;interleaved=999-1000", 0),
        ("RTP/AVP;unicast", 0),
    ],
)
def test_the_channel_of_the_pictures(transport: str, wanted: int) -> None:
    assert interleaved_channel(transport) == wanted


@pytest.mark.parametrize(
    "transport", ["RTP/AVP/UDP;unicast", "RTP/AVP;multicast", "RTP/AVP;unicast;server_port=6000-6001"]
)
def test_another_way_than_asked_for_is_no_way(transport: str) -> None:
    with pytest.raises(StreamError, match="another way than it was asked to"):
        interleaved_channel(transport)
