"""Addresses in RTSP requests; the dialogue itself is tested with real cameras under tests/integration/streams."""

import pytest

from passerby.domain.sources import CameraSource, SourceKind
from passerby.ingest.sources.rtsp.client import address, joined


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
        ("rtsp://cam/a", "trackID=1", "rtsp://cam/a/trackID=1"),
        ("rtsp://cam/a/", "trackID=1", "rtsp://cam/a/trackID=1"),
        ("rtsp://cam/a", "/trackID=1", "rtsp://cam/a/trackID=1"),
        ("rtsp://cam/a", "*", "rtsp://cam/a"),
        ("rtsp://cam/a", "", "rtsp://cam/a"),
        ("rtsp://cam/a", "rtsp://10.0.0.9/b", "rtsp://10.0.0.9/b"),
        ("rtsp://cam/a?x=1", "trackID=1", "rtsp://cam/a?x=1/trackID=1"),
        ("rtsp://cam/a", "t\r\nX: y", "rtsp://cam/a/t%0D%0AX:%20y"),
    ],
)
def test_parts_of_a_stream_are_controlled_where_the_camera_says(base: str, control: str, wanted: str) -> None:
    assert joined(base, control) == wanted
