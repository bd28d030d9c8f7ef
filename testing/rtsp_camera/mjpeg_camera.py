"""A camera that sends JPEG pictures over HTTP, as cheap ones do."""

import socketserver
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import av

from testing.rtsp_camera.digest import accepted, challenge

BOUNDARY: Final = "frontier"


@dataclass(slots=True)
class MjpegFaults:
    """Switches, all off.

    Attributes:
        silent: keeps its connections and sends nothing on them.
        redirect_to: where it sends who asks; empty for nowhere.
        endless_head: answers with fields without end.
        endless_picture: its first picture never ends.
        cut_short: sends half of each picture only.
        no_length: does not say how long its pictures are.
        chunks: cuts what it sends into HTTP's chunks.
        content_type: what it says that it sends; empty for the truth.
        length: what it says of its pictures' length: added to it; as a text, instead of it.
        stale: demands so many further nonces, one after the other.
    """

    silent: bool = False
    redirect_to: str = ""
    endless_head: bool = False
    endless_picture: bool = False
    cut_short: bool = False
    no_length: bool = False
    chunks: bool = False
    content_type: str = ""
    length: int | str = 0
    stale: int = 0


@dataclass(slots=True)
class MjpegHabits:
    """Oddities of how parts are written.

    Attributes:
        boundary: its name, as the head of the response gives it, quotes included.
        delimiter: the line between the parts.
        no_first: leaves it out before the first part.
        line_end: of all heads.
        no_head: begins with each picture at once.
        before: what it sends before each part: bytes of another part, its delimiter included.
        after: what it sends behind each picture.
    """

    boundary: str = BOUNDARY
    delimiter: str = f"--{BOUNDARY}"
    no_first: bool = False
    line_end: str = "\r\n"
    no_head: bool = False
    before: bytes = b""
    after: bytes = b"\r\n"


def jpeg_pictures(recording: Path) -> tuple[bytes, ...]:
    """The pictures of a recording that is coded as MJPEG."""
    with av.open(str(recording)) as source:
        return tuple(bytes(packet) for packet in source.demux(video=0) if packet.size)


class MjpegCamera:
    """Sends pictures in a loop to everybody who asks.

    Attributes:
        faults: what it does wrong; may be changed at any time.
        habits: what it does in its own way; set before anybody connects.
        connections: how many TCP connections it has accepted so far.
    """

    def __init__(
        self,
        pictures: tuple[bytes, ...],
        *,
        rate_fps: float = 10.0,
        path: str = "/main",
        user: str = "",
        password: str = "",
    ) -> None:
        self.pictures, self.rate_fps, self.path = pictures, rate_fps, path
        self.user, self.password = user, password
        self.faults, self.habits = MjpegFaults(), MjpegHabits()
        self.connections = 0
        self.ended = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Viewer)
        self._server.camera = self

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    camera: MjpegCamera

    def handle_error(self, request: object, client_address: object) -> None:
        """A viewer that leaves is no news."""


class _Viewer(socketserver.StreamRequestHandler):
    server: _Server
    timeout = 10.0

    def handle(self) -> None:
        """Answers one request."""
        camera = self.server.camera
        camera.connections += 1
        request = self.rfile.readline(1 << 13).decode("latin-1")
        fields: dict[str, str] = {}
        while (row := self.rfile.readline(1 << 13).decode("latin-1").strip()) != "":
            name, _, value = row.partition(":")
            fields[name.lower()] = value.strip()
        method, target, _ = request.split(" ", 2)
        faults = camera.faults
        if faults.redirect_to:
            self._say(f"302 Found\r\nLocation: {faults.redirect_to}\r\nContent-Length: 0")
        elif target != camera.path:
            self._say("404 Not Found\r\nContent-Length: 0")
        elif camera.user and not accepted(method, fields.get("authorization", ""), camera.user, camera.password):
            self._say(f"401 Unauthorized\r\nWWW-Authenticate: {challenge()}\r\nContent-Length: 0")
        elif faults.stale:
            faults.stale -= 1
            self._say(f"401 Unauthorized\r\nWWW-Authenticate: {challenge()}, stale=true\r\nContent-Length: 0")
        elif faults.endless_head:
            self.wfile.write(b"HTTP/1.0 200 OK\r\n")
            while not camera.ended.is_set():
                self.wfile.write(b"X-More: and more\r\n" * 64)
        else:
            self._play(camera)

    def _say(self, words: str) -> None:
        self.wfile.write(f"HTTP/1.0 {words}\r\n\r\n".replace("\r\n", self.server.camera.habits.line_end).encode())

    def _play(self, camera: MjpegCamera) -> None:
        habits = camera.habits
        kind = camera.faults.content_type or f"multipart/x-mixed-replace; boundary={habits.boundary}"
        chunks = "\r\nTransfer-Encoding: chunked" if camera.faults.chunks else ""
        self._say(f"200 OK\r\nContent-Type: {kind}{chunks}")
        begun_s, number = time.monotonic(), 0
        while not camera.ended.wait(max(0.0, begun_s + number / camera.rate_fps - time.monotonic())):
            picture = camera.pictures[number % len(camera.pictures)]
            number += 1
            if camera.faults.silent:
                continue
            if camera.faults.cut_short:
                picture = picture[: len(picture) // 2]
            if camera.faults.endless_picture:
                self.wfile.write(f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\n\r\n".encode())
                while not camera.ended.is_set():
                    self.wfile.write(bytes(1 << 16))
            part = self._part(camera, picture, first=number == 1)
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if chunks else part)

    @staticmethod
    def _part(camera: MjpegCamera, picture: bytes, *, first: bool) -> bytes:
        habits, faults = camera.habits, camera.faults
        stated = faults.length if isinstance(faults.length, str) else str(len(picture) + faults.length)
        rows = [] if first and habits.no_first else [habits.delimiter]
        if not habits.no_head:
            rows += ["Content-Type: image/jpeg"] + ([] if faults.no_length else [f"Content-Length: {stated}"]) + [""]
        head = "".join(row + habits.line_end for row in rows).encode()
        return (b"" if first and habits.no_first else habits.before) + head + picture + habits.after
