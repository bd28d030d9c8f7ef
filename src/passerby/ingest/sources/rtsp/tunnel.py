"""RTSP through HTTP (the QuickTime tunnel): one connection down, one up, requests in base64; for firewalls' sake."""

import base64
import secrets
import socket
import threading
from collections.abc import Callable
from urllib.parse import quote

from passerby.domain.sources import CameraSource
from passerby.ingest.sources.errors import StreamError, quoted
from passerby.ingest.sources.http.authorisation import Authorisation
from passerby.ingest.sources.http.message_head import URI_CHARACTERS, check_status, host_in_uri, read_head
from passerby.ingest.sources.timed_socket import TimedSocket, Timeouts

KIND = "application/x-rtsp-tunnelled"
MAX_ATTEMPTS = 5


class HttpTunnel(TimedSocket):
    """Reads from one connection and writes to the other."""

    def __init__(self, down: socket.socket, up: socket.socket, stopping: threading.Event) -> None:
        super().__init__(down, stopping)
        self._up = TimedSocket(up, stopping)

    def expect(self, what: str, within_s: float) -> None:
        """Sets what is waited for, on both connections."""
        super().expect(what, within_s)
        if hasattr(self, "_up"):
            self._up.expect(what, within_s)

    def send(self, message: bytes) -> None:
        """Sends all of it.

        Raises:
            StreamError: as `TimedSocket.send`.
        """
        self._up.send(base64.b64encode(message))

    def close(self) -> None:
        """Ends both connections."""
        self._up.close()
        super().close()


def open_tunnel(
    connect: Callable[[], socket.socket],
    source: CameraSource,
    timeouts: Timeouts,
    authorisation: Authorisation,
    stopping: threading.Event,
) -> HttpTunnel:
    """Returns a tunnel through two connections to the camera's one address.

    Args:
        connect: opens a connection, TLS included.
        source: the camera.
        timeouts: limits.
        authorisation: answers what the camera demands, here and inside of the tunnel.
        stopping: set to end every wait.

    Raises:
        SourceError: the camera refuses, redirects, or knows no tunnel.
        OSError: it cannot be reached.
    """
    cookie = secrets.token_hex(11)
    target = quote(source.path, safe=URI_CHARACTERS)
    for attempts in range(MAX_ATTEMPTS):
        down = connect()
        try:
            link = TimedSocket(down, stopping)
            link.expect("the answer to GET", timeouts.answer_s)
            rows = [*_rows("GET", target, source, cookie, authorisation), f"Accept: {KIND}"]
            link.send(_head(rows))
            answer = read_head(link)
            if not answer.first_line.startswith("HTTP/"):
                raise StreamError(f"what answers does not speak HTTP: {quoted(answer.first_line)!r}. Check the port.")
            if answer.status == 401 and authorisation.learn(answer.fields.get("www-authenticate", ()), attempts):
                down.close()
                continue
            check_status(answer, source.user)
            up = _upwards(connect, target, source, cookie, authorisation, timeouts, stopping)
            tunnel = HttpTunnel(down, up, stopping)
        except BaseException:
            down.close()
            raise
        tunnel.put_back(link.taken())
        return tunnel
    raise StreamError("the camera asks for user and password again and again")


def _upwards(
    connect: Callable[[], socket.socket],
    target: str,
    source: CameraSource,
    cookie: str,
    authorisation: Authorisation,
    timeouts: Timeouts,
    stopping: threading.Event,
) -> socket.socket:
    """Opens the connection for the requests; it is never answered (QuickTime's protocol has it so)."""
    up = connect()
    link = TimedSocket(up, stopping)
    link.expect("the tunnel", timeouts.answer_s)
    # The length and the date are those of every client of this protocol; no camera counts.
    rows = [f"Content-Type: {KIND}", "Content-Length: 32767", "Expires: Sun, 9 Jan 1972 00:00:00 GMT"]
    try:
        link.send(_head(_rows("POST", target, source, cookie, authorisation) + rows))
    except BaseException:
        up.close()
        raise
    return up


def _rows(method: str, target: str, source: CameraSource, cookie: str, authorisation: Authorisation) -> list[str]:
    rows = [f"{method} {target} HTTP/1.0", f"Host: {host_in_uri(source)}:{source.port}", "User-Agent: passerby"]
    rows += [f"x-sessioncookie: {cookie}", "Pragma: no-cache", "Cache-Control: no-cache"]
    header = authorisation.header(method, target)
    return rows + ([] if header is None else [f"Authorization: {header}"])


def _head(rows: list[str]) -> bytes:
    return ("\r\n".join(rows) + "\r\n\r\n").encode("latin-1")
