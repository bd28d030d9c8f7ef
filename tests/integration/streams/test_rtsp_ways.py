"""Pictures over UDP, and all of RTSP through HTTP: as over the connection itself, and from the camera alone."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from passerby.domain.health import CameraState
from passerby.domain.sources import CameraSource, SourceKind, Transport
from passerby.ingest.sources.rtsp import udp
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import Film
from testing.rtsp_camera.habits import Habits
from tests.integration.streams.test_tls import certificate
from tests.integration.streams.watching import HASTY, frames, source_of, wait_for, watching


def over(camera: RtspCamera, transport: Transport, password: str | None = None) -> CameraSource:
    return replace(source_of(camera, password=password), transport=transport)


@pytest.mark.parametrize(
    "habits",
    [
        Habits(),
        Habits(only_udp=True, nonce_uses=1),
        Habits(server_port=False),
        Habits(reorder_every=3, double_every=5),
    ],
)
def test_pictures_come_over_udp(noise: Film, habits: Habits) -> None:
    with patch.object(udp, "REPORT_S", 0.3), RtspCamera(noise, user="u", password="p@s:s") as camera:
        camera.habits = habits
        live = watching(over(camera, Transport.UDP))
        seen = frames(live, 10)
        live.stop()
        assert camera.connections == 1
        camera.drop()
    assert {frame.size_px for frame in seen} == {(160, 128)}
    assert live.take_counts()[2] == 0
    # An empty report opens the way; the others say that nothing was lost.
    assert len(camera.reports) >= 2
    assert all(report[0] >> 6 == 2 and report[1] == 201 for report in camera.reports)
    assert {report[12:16] for report in camera.reports if report[0] & 31} <= {b"\0\0\0\0"}


@pytest.mark.slow
def test_what_is_lost_on_the_way_is_counted(noise: Film) -> None:
    with RtspCamera(noise) as camera:
        camera.faults.lose_every = 40
        live = watching(over(camera, Transport.UDP))
        frames(live, 8, within_s=90.0)
        live.stop()
    came, _, damaged = live.take_counts()
    assert came >= 8
    assert damaged > 0


@contextmanager
def strangers(port: int) -> Iterator[None]:
    """Two who send rubbish to a port of this machine: one of another address, one of another port of the camera's."""
    ended = threading.Event()

    def send(address: str) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
            link.bind((address, 0))
            while not ended.wait(0.002):
                link.sendto(b"\x80\x60" + bytes(200), ("127.0.0.1", port))

    threads = [threading.Thread(target=send, args=(address,)) for address in ("127.0.0.1", "127.0.0.2")]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def test_datagrams_of_others_are_not_taken_for_the_cameras(noise: Film) -> None:
    with RtspCamera(noise) as camera:
        live = watching(over(camera, Transport.UDP))
        frames(live, 1)
        connector = live._connector
        assert connector is not None
        with strangers(connector.ports.port):  # type: ignore[attr-defined]
            frames(live, 10)
        live.stop()
        assert camera.connections == 1
    assert live.take_counts()[2] == 0


def test_a_camera_that_sends_nothing_over_udp_is_reported(noise: Film) -> None:
    with RtspCamera(noise) as camera:
        camera.faults.silent = True
        live = watching(over(camera, Transport.UDP))
        wait_for(live, CameraState.OFFLINE)
        live.stop()
    assert "the next picture did not come within 1 s" in live.condition.why


@pytest.mark.parametrize("user", ["", "u"])
def test_all_of_it_comes_through_http(noise: Film, user: str) -> None:
    with RtspCamera(noise, user=user, password="p@s:s" if user else "") as camera:
        camera.habits = Habits(nonce_uses=2 if user else 0)
        live = watching(over(camera, Transport.HTTP))
        frames(live, 4)
        live.stop()
        assert camera.connections == 2
        assert [method for method, _ in camera.requests][:3] == ["GET", "POST", "OPTIONS"]
    assert live.take_counts()[2] == 0


def test_a_wrong_password_through_http_is_reported(noise: Film) -> None:
    with RtspCamera(noise, user="u", password="p") as camera:
        live = watching(over(camera, Transport.HTTP, "other"), timeouts=replace(HASTY, longest_pause_s=30.0))
        wait_for(live, CameraState.OFFLINE)
        live.stop()
    assert "does not accept the user 'u'" in live.condition.why


def test_through_https(noise: Film, tmp_path: Path) -> None:
    certified = certificate(tmp_path, "127.0.0.1")
    with RtspCamera(noise, certificate=certified) as camera:
        source = replace(over(camera, Transport.HTTP), kind=SourceKind.RTSPS, authority=certified[0])
        live = watching(source)
        frames(live, 3)
        live.stop()
