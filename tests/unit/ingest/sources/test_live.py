"""A source that never ends and never raises, over files and over what is not there."""

import base64
import itertools
import re
import socket
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from passerby.domain.health import CameraState
from passerby.domain.sources import CameraSource, SourceKind
from passerby.ingest.sources.errors import without_password
from passerby.ingest.sources.live import LiveSource, Timeouts
from testing.films import film, number_of
from testing.waiting import until

HASTY = Timeouts(first_pause_s=0.02, longest_pause_s=0.1, beat_s=0.05)


def file_source(path: Path) -> CameraSource:
    return CameraSource(SourceKind.FILE, file=path)


def test_a_file_without_pace_is_looked_at_without_loss(tmp_path: Path) -> None:
    source = file_source(film(tmp_path / "film.mp4"))
    live = LiveSource(source, "square", analysed_fps=10.0, connector=None, pace=None)
    assert live.condition.state is CameraState.CONNECTING
    seen = []
    for frame in live:
        if frame is not None:
            seen.append(round(number_of(frame.luma)))
        if len(seen) == 30:
            break
    live.stop()
    assert seen == [*range(10)] * 3
    assert live.condition.state is CameraState.ONLINE
    came, dropped, damaged = live.take_counts()
    assert came >= 30
    assert (dropped, damaged) == (0, 0)
    assert live.take_counts() == (0, 0, 0)


def test_a_file_at_its_own_pace_drops_for_who_is_slow(tmp_path: Path) -> None:
    source = file_source(film(tmp_path / "film.mp4"))
    live = LiveSource(source, "square", analysed_fps=10.0, connector=None)
    frames = (frame for frame in live if frame is not None)
    first_s = next(frames).stamp.stream_s
    dropped = 0

    def dropped_three() -> bool:
        nonlocal dropped
        dropped += live.take_counts()[1]
        return dropped >= 3

    until(dropped_three)
    assert next(frames).stamp.stream_s - first_s > 0.25
    live.stop()


def test_a_missing_file_is_reported_and_the_caller_hears_of_us(tmp_path: Path) -> None:
    missing = tmp_path / "missing.mp4"
    live = LiveSource(file_source(missing), "square", analysed_fps=10.0, connector=None, timeouts=HASTY)
    assert list(itertools.islice(live, 5)) == [None] * 5
    assert live.condition.state is CameraState.OFFLINE
    assert "no such file" in live.condition.why
    since_ns = live.condition.since_ns
    film(missing)
    assert any(frame is not None for frame in itertools.islice(live, 100))
    assert live.condition.state is CameraState.ONLINE
    assert live.condition.since_ns >= since_ns
    live.stop()


def test_a_missing_usb_camera_is_reported() -> None:
    source = CameraSource(SourceKind.USB, file=Path("/dev/video987"))
    live = LiveSource(source, "square", analysed_fps=10.0, connector=None, timeouts=HASTY)
    assert list(itertools.islice(live, 3)) == [None] * 3
    live.stop()
    assert live.condition.state is CameraState.OFFLINE
    assert live.condition.why.startswith("/dev/video987: no such USB camera.")


def test_a_network_camera_without_a_route_is_reported() -> None:
    source = CameraSource(SourceKind.RTSP, "10.0.0.9", 554, "/main?token=S3cret", "u", "S3cret")
    live = LiveSource(source, "square", analysed_fps=10.0, connector=None, timeouts=HASTY)
    next(iter(live))
    live.stop()
    assert live.condition.why == "there is no way to rtsp://10.0.0.9/main?…"


class Broken:
    """A connector with a bug in it."""

    def open(self):
        raise KeyError("S3cret")


def test_a_bug_does_not_end_the_camera_and_tells_nothing(tmp_path: Path) -> None:
    source = CameraSource(SourceKind.RTSP, "10.0.0.9", 554)
    live = LiveSource(source, "square", analysed_fps=10.0, connector=Broken(), timeouts=HASTY)
    assert list(itertools.islice(live, 4)) == [None] * 4
    assert live.condition.why == "an unforeseen fault (KeyError)"
    live.stop()


def test_stop_ends_it_from_another_thread_and_twice(tmp_path: Path) -> None:
    source = file_source(film(tmp_path / "film.mp4"))
    before = threading.active_count()
    live = LiveSource(source, "square", analysed_fps=10.0, connector=None)
    timer = threading.Timer(0.3, live.stop)
    timer.start()
    for _ in live:
        continue
    timer.join()
    live.stop()
    assert threading.active_count() == before
    assert list(live) == []


@pytest.mark.parametrize("pace", [None, 1.0])
def test_stop_lets_go_of_the_reader_that_waits_for_us(tmp_path: Path, pace: float | None) -> None:
    source = file_source(film(tmp_path / "film.mp4"))
    live = LiveSource(source, "square", analysed_fps=10.0, connector=None, pace=pace)
    next(iter(live))
    reader = live._reader
    live.stop()
    assert reader is not None
    assert not reader.is_alive()


class Echo:
    """A camera that demands Basic, and then redirects to an address with what it was sent in it."""

    def open(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        threading.Thread(target=self._serve, args=(theirs,), daemon=True).start()
        return ours

    def _serve(self, theirs: socket.socket) -> None:
        with theirs, suppress(OSError):
            answers = ['401 Unauthorized\r\nWWW-Authenticate: Basic realm="x"', "302 Found\r\nLocation: /{}"]
            while request := theirs.recv(65536).decode("latin-1"):
                found = re.search(r"Authorization: Basic (\S+)", request)
                sent = f"{found[1]}-{base64.b64decode(found[1]).decode('latin-1')}" if found else ""
                number = re.search(r"CSeq: (\d+)", request)
                head = answers[bool(found)].format(sent)
                theirs.sendall(f"RTSP/1.0 {head}\r\nCSeq: {number[1] if number else 1}\r\n\r\n".encode("latin-1"))


@pytest.mark.parametrize("password", ["S3cret+", "Gr\u00fc\u00dfe", "Gru\u0308\u00dfe"])
def test_a_password_that_a_camera_repeats_is_not_shown(password: str) -> None:
    source = CameraSource(SourceKind.RTSP, "10.0.0.9", 554, "/main", "u", password, basic_without_tls=True)
    live = LiveSource(source, "square", analysed_fps=10.0, connector=Echo(), timeouts=HASTY)
    frames = iter(live)
    for _ in range(100):
        next(frames)
        if "redirects" in live.condition.why:
            break
    live.stop()
    assert "the camera redirects to /***-u:***" in live.condition.why


def test_a_very_short_password_does_not_hide_the_reason() -> None:
    assert without_password("a camera is away", "u", "a") == "a camera is away"
    assert without_password("at /S3cret%2B?S3cret%2B", "u", "S3cret+") == "at /***?***"
