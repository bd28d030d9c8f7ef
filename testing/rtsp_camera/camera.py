"""A real RTSP 1.0 server over TCP, with a recording for a view."""

import socket
import ssl
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Self

from testing.rtsp_camera.faults import Faults
from testing.rtsp_camera.film import Film
from testing.rtsp_camera.habits import Habits
from testing.rtsp_camera.packets import Quirks
from testing.rtsp_camera.viewer import Viewer
from testing.rtsp_camera.ways import Tunnels

ACCEPT_S: Final = 0.2


class RtspCamera:
    """Plays a film to every viewer, in a loop, all at the same place in it; each viewer has a thread.

    Attributes:
        faults: what it does wrong; may be changed at any time.
        habits: what it does in its own way; set before anybody connects.
        others: path -> film of its other streams; may be changed at any time.
        quirks: how its packets are marked and stamped; may be changed at any time.
        connections: how many TCP connections it has accepted so far.
        pictures_sent: to all viewers together so far, also those of which nothing was left to send.
        requests: method and address of each request so far.
        reports: what viewers over UDP have sent to the port of the reports; complete when they have left.
    """

    def __init__(
        self,
        film: Film,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        path: str = "/main",
        others: Mapping[str, Film] | None = None,
        user: str = "",
        password: str = "",
        certificate: tuple[Path, Path] | None = None,
        loop: bool = True,
        pause_s: float = 0.0,
    ) -> None:
        """Prepares it; `start` opens the port.

        Args:
            film: what it sees.
            host, port: where it listens; port 0 takes a free one.
            path: of its stream.
            others: path -> what else it sends, such as a sub-stream; in step with the first.
            user, password: what it asks for; empty for nothing.
            certificate: files of a certificate and its key, for rtsps.
            loop: begin anew at the end; else it ends its connections there.
            pause_s: how long nothing is sent between two rounds. Longer than the gap that counts as watched,
                no track leads from the last picture into the first.
        """
        self.film, self.path, self.loop, self.pause_s = film, path, loop, pause_s
        self.user, self.password = user, password
        self.others = dict(others or {})
        self.faults, self.habits, self.quirks = Faults(), Habits(), Quirks()
        self.connections = self.pictures_sent = 0
        self.requests: list[tuple[str, str]] = []
        self.reports: list[bytes] = []
        self.tunnels = Tunnels()
        self._host, self._port = host, port
        self._context: ssl.SSLContext | None = None
        if certificate is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(*certificate)
        self.begun_s = time.monotonic()
        self.film_begun_s = self.begun_s
        self._lock = threading.Lock()
        self._viewers: set[Viewer] = set()
        self._listener: socket.socket | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """Where it listens, once it does."""
        return self._port

    @property
    def address(self) -> str:
        """Its address, without credentials."""
        scheme = "rtsps" if self._context is not None else "rtsp"
        return f"{scheme}://{self._host}:{self._port}{self.path}"

    @property
    def watched(self) -> int:
        """The number of connections now."""
        with self._lock:
            return len(self._viewers)

    def start(self) -> Self:
        """Opens the port; the same one again after `leave`."""
        self._listener = socket.create_server((self._host, self._port))
        self._listener.settimeout(ACCEPT_S)
        self._port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, args=(self._listener,), daemon=True)
        self._thread.start()
        return self

    def show(self, film: Film) -> None:
        """Plays another film from its start, to the viewers that are connected too."""
        self.film, self.film_begun_s = film, time.monotonic()

    def drop(self) -> None:
        """Ends all connections; new ones are accepted."""
        with self._lock:
            viewers = tuple(self._viewers)
        for viewer in viewers:
            viewer.end()

    def leave(self) -> None:
        """Ends all connections and closes the port, as a camera does without power. `start` opens it again."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()
        if self._thread is not None:
            self._thread.join()
        self.drop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.leave()

    def _accept(self, listener: socket.socket) -> None:
        while self._listener is listener:
            try:
                link, _ = listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            self.connections += 1
            viewer = Viewer(self, link, self._context)
            with self._lock:
                self._viewers.add(viewer)
            viewer.start(self._discard)

    def _discard(self, viewer: Viewer) -> None:
        with self._lock:
            self._viewers.discard(viewer)
