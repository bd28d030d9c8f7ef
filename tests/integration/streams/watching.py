"""What tests of streams do again and again: a way to a camera on this machine, and waiting for frames and states."""

import socket
import time
import weakref
from dataclasses import dataclass

from passerby.domain.health import CameraState
from passerby.domain.sources import CameraSource, SourceKind
from passerby.ingest.raw import RawFrame
from passerby.ingest.sources.live import LiveSource, Timeouts
from passerby.sandbox.connection_broker import AllowList, connect
from passerby.sandbox.datagrams import DatagramPorts
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.mjpeg_camera import MjpegCamera
from testing.waiting import WITHIN_S

HERE = AllowList.of(["127.0.0.0/8"])

HASTY = Timeouts(
    answer_s=1.0, first_picture_s=3.0, silent_s=1.0, frozen_s=1.0, first_pause_s=0.05, longest_pause_s=0.4,
    good_after_s=1.0, beat_s=0.1,
)  # fmt: skip
"""Seconds where the service takes minutes."""


@dataclass
class LocalConnector:
    """Connects in this process, as the worker does, and counts how often it was asked."""

    source: CameraSource
    allowed: AllowList = HERE
    opened: int = 0
    ports: DatagramPorts | None = None

    def open(self) -> socket.socket:
        self.opened += 1
        return connect(self.source, self.allowed)

    def bind(self) -> int:
        self.ports = ports = DatagramPorts("127.0.0.1", "127.0.0.1")
        weakref.finalize(self, ports.close)
        return ports.port

    def receive_from(self, port: int) -> socket.socket:
        assert self.ports is not None
        return self.ports.receive_from(port)

    def report(self, block: bytes) -> None:
        assert self.ports is not None
        self.ports.report(block)


def source_of(
    camera: RtspCamera | MjpegCamera, kind: SourceKind | None = None, password: str | None = None
) -> CameraSource:
    """The way to a camera, with its credentials."""
    own = SourceKind.RTSP if isinstance(camera, RtspCamera) else SourceKind.HTTP
    return CameraSource(
        kind or own, "127.0.0.1", camera.port, camera.path, camera.user,
        camera.password if password is None else password,
    )  # fmt: skip


def watching(source: CameraSource, *, timeouts: Timeouts = HASTY, analysed_fps: float = 10.0) -> LiveSource:
    """A live source in this process."""
    return LiveSource(source, "square", analysed_fps=analysed_fps, connector=LocalConnector(source), timeouts=timeouts)


def frames(live: LiveSource, count: int, within_s: float = WITHIN_S) -> list[RawFrame]:
    """The next frames; fails where they do not come."""
    found: list[RawFrame] = []
    until_s = time.monotonic() + within_s
    for frame in live:
        if frame is not None:
            found.append(frame)
        if len(found) >= count:
            return found
        assert time.monotonic() < until_s, (len(found), live.condition)
    raise AssertionError("the source ended by itself")


def wait_for(live: LiveSource, *states: CameraState, within_s: float = WITHIN_S) -> None:
    """Looks on until the camera is in one of the states; fails where it does not come to that."""
    until_s = time.monotonic() + within_s
    for _ in live:
        if live.condition.state in states:
            return
        assert time.monotonic() < until_s, live.condition
    raise AssertionError("the source ended by itself")
