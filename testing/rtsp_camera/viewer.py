"""One connection to the camera: its requests answered, its packets sent when they are due."""

import random
import secrets
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final, Protocol

from testing.rtsp_camera.faults import Faults
from testing.rtsp_camera.film import Film, Picture
from testing.rtsp_camera.habits import Habits, NonceKeeper
from testing.rtsp_camera.packets import Packets, Quirks
from testing.rtsp_camera.ways import DatagramSender, Tunnels, Upstream

POLL_S: Final = 0.2
SEND_S: Final = 10.0
METHODS: Final = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, TEARDOWN"


class Camera(Protocol):
    """What a connection reads of the camera that accepted it, at each request and each picture anew."""

    film: Film
    path: str
    loop: bool
    pause_s: float
    user: str
    password: str
    faults: Faults
    habits: Habits
    quirks: Quirks
    begun_s: float
    film_begun_s: float
    others: dict[str, Film]
    pictures_sent: int
    requests: list[tuple[str, str]]
    reports: list[bytes]
    tunnels: Tunnels


class Viewer:
    """Speaks RTSP on one connection, and sends pictures on it while they are wanted."""

    def __init__(self, camera: Camera, link: socket.socket, context: ssl.SSLContext | None) -> None:
        self._camera, self._link, self._context = camera, link, context
        self._nonces = NonceKeeper(camera.habits)
        self._received = b""
        self._session = secrets.token_hex(4)
        self._playing = False
        self._channel = 0
        self._packets = Packets(secrets.randbelow(1 << 16), secrets.randbelow(1 << 32), secrets.randbelow(1 << 32))
        self._sent = 0
        self._waits_for_key = True
        self._upstream: Upstream | None = None
        self._handed_over = False
        self._datagrams: DatagramSender | None = None
        self._other: Film | None = None

    def start(self, ended: Callable[["Viewer"], None]) -> None:
        """Serves the connection in a thread."""
        threading.Thread(target=self._serve, args=(ended,), daemon=True).start()

    def end(self) -> None:
        """Ends it at once."""
        with suppress(OSError):
            self._link.shutdown(socket.SHUT_RDWR)

    def _serve(self, ended: Callable[["Viewer"], None]) -> None:
        try:
            # A viewer that takes nothing any more must not hold its thread for ever.
            self._link.settimeout(SEND_S)
            if self._context is not None:
                self._link = self._context.wrap_socket(self._link, server_side=True)
            while not self._playing:
                self._receive(None)
            self._play()
        except (OSError, ValueError, EOFError):
            return
        finally:
            self._close()
            ended(self)

    def _close(self) -> None:
        if self._datagrams is not None:
            self._camera.reports += self._datagrams.reports()
            self._datagrams.close()
        with suppress(OSError):
            if self._upstream is not None:
                self._upstream.link.close()
            if not self._handed_over:
                self._link.close()

    def _receive(self, within_s: float | None) -> None:
        """Answers what comes within the time; what is interleaved, the viewer's reports, is left out."""
        link = self._link if self._upstream is None else self._upstream.link
        pending = isinstance(link, ssl.SSLSocket) and link.pending()
        if within_s is not None and not pending and not select.select([link], [], [], max(0.0, within_s))[0]:
            return
        received = (self._upstream or link).recv(1 << 14)
        if not received:
            raise EOFError
        self._received += received
        while self._received:
            if self._received[0] == 0x24:
                length = 4 + int.from_bytes(self._received[2:4], "big")
                if len(self._received) < max(4, length):
                    return
                self._received = self._received[length:]
                continue
            head, mark, rest = self._received.partition(b"\r\n\r\n")
            if not mark:
                return
            self._received = rest
            self._answer(head.decode("latin-1"))

    def _answer(self, request: str) -> None:
        first, *rows = request.split("\r\n")
        method, uri, _ = first.split(" ", 2)
        fields = {name.strip().lower(): value.strip() for name, _, value in (row.partition(":") for row in rows)}
        self._camera.requests.append((method, uri))
        if method in ("GET", "POST"):
            self._tunnel(method, fields.get("x-sessioncookie", ""))
            return
        faults, habits = self._camera.faults, self._camera.habits
        # A request that needs no user keeps no session of one that does.
        open_to_all = method in ("OPTIONS", "GET_PARAMETER") and not (habits.nonce_uses and self._playing)
        if not open_to_all and not self._authorised(method, fields.get("authorization", "")):
            self._say(401, "Unauthorized", fields, {"WWW-Authenticate": self._nonces.challenge()})
            if habits.hangs_up:
                raise EOFError
        elif habits.no_session and method in ("OPTIONS", "GET_PARAMETER") and "session" in fields:
            self._say(454, "Session Not Found", fields, {})
        elif method == "OPTIONS":
            self._say(200, "OK", fields, {"Public": habits.public})
        elif method == "DESCRIBE" and faults.redirect_to:
            self._say(302, "Moved Temporarily", fields, {"Location": faults.redirect_to})
        elif method == "DESCRIBE" and faults.endless_head:
            self._send(b"RTSP/1.0 200 OK\r\n")
            while True:
                self._send(b"X-More: and more\r\n" * 64)
        elif method == "DESCRIBE" and not self._is_mine(uri):
            self._say(404, "Not Found", fields, {})
        elif method == "DESCRIBE":
            base = habits.content_base.format(address=uri.rstrip("/"))
            more = {"Content-Base": base} if base else {}
            body = habits.described(self._film.media)
            self._say(200, "OK", fields, more | {"Content-Type": "application/sdp"}, body)
        else:
            self._control(method, uri, fields)

    def _tunnel(self, method: str, cookie: str) -> None:
        if method == "GET":
            self._upstream = self._camera.tunnels.down(self._link, cookie)
            return
        rest, self._received, self._handed_over = self._received, b"", True
        self._camera.tunnels.up(self._link, cookie, rest)
        raise EOFError

    def _control(self, method: str, uri: str, fields: dict[str, str]) -> None:
        habits = self._camera.habits
        timeout_s = habits.session_timeout_s or 60
        session = habits.session_field.format(name=self._session, timeout=f"{timeout_s:g}")
        answered = {"Session": session} if session else {}
        if method == "SETUP":
            self._set_up(uri, fields, answered)
        elif method == "PLAY" and habits.no_range and "range" in fields:
            self._say(457, "Invalid Range", fields, answered)
        elif method in ("PLAY", "PAUSE"):
            self._say(200, "OK", fields, answered | {"Range": "npt=0.000-"})
            self._playing = method == "PLAY"
        elif method == "GET_PARAMETER" and not habits.no_parameters:
            self._say(200, "OK", fields, answered)
        elif method == "TEARDOWN":
            self._say(200, "OK", fields, answered)
            raise EOFError
        else:
            self._say(501, "Not Implemented", fields, {})

    def _set_up(self, uri: str, fields: dict[str, str], answered: dict[str, str]) -> None:
        wanted, habits = fields.get("transport", ""), self._camera.habits
        if not uri.endswith(habits.set_up_at):
            self._say(404, "Not Found", fields, {})
        elif "client_port=" in wanted and "TCP" not in wanted.upper():
            self._set_up_datagrams(wanted, fields, answered)
        elif "TCP" not in wanted.upper() or habits.only_udp:
            self._say(461, "Unsupported Transport", fields, {})
        else:
            channel = wanted.partition("interleaved=")[2].partition("-")[0]
            self._channel = int(channel) if channel.isdecimal() else 0
            if habits.channel is not None:
                self._channel = habits.channel
            transport = habits.transport.format(channels=f"{self._channel}-{self._channel + 1}")
            self._say(200, "OK", fields, answered | ({"Transport": transport} if transport else {}))

    def _set_up_datagrams(self, wanted: str, fields: dict[str, str], answered: dict[str, str]) -> None:
        port = int(wanted.partition("client_port=")[2].partition("-")[0])
        viewer = str(self._link.getpeername()[0]), port
        self._datagrams = sender = DatagramSender(self._link.getsockname()[0], viewer, self._camera.habits)
        transport = f"RTP/AVP;unicast;client_port={port}-{port + 1}"
        if self._camera.habits.server_port:
            transport += f";server_port={sender.port}-{sender.port + 1}"
        self._say(200, "OK", fields, answered | {"Transport": transport})

    def _is_mine(self, uri: str) -> bool:
        path = "/" + uri.partition("://")[2].partition("/")[2]
        wanted = path.rstrip("/")
        self._other = next((film for at, film in self._camera.others.items() if _within(wanted, at)), None)
        return self._other is not None or _within(wanted, self._camera.path)

    @property
    def _film(self) -> Film:
        return self._camera.film if self._other is None else self._other

    def _authorised(self, method: str, answer: str) -> bool:
        camera = self._camera
        return not camera.user or self._nonces.accepts(method, answer, camera.user, camera.password)

    def _say(self, status: int, word: str, fields: dict[str, str], more: dict[str, str], body: bytes = b"") -> None:
        given = {"CSeq": fields.get("cseq", "0"), **more}
        if body:
            given["Content-Length"] = str(len(body) - self._camera.habits.short_by)
        if status == 200:
            self._nonces.signed_s = time.monotonic()
        habits = self._camera.habits
        answer = habits.head(f"RTSP/1.0 {status} {word}", given) + body
        if habits.twice:
            answer += answer
        if not self._camera.faults.trickle:
            self._send(answer)
            return
        for byte in answer:
            self._send(bytes([byte]))
            time.sleep(1.0)

    def _send(self, message: bytes) -> None:
        self._link.sendall(message)

    def _play(self) -> None:
        """Sends each picture when it is due, from the next one that is."""
        film, begun_s = self._film, self._camera.film_begun_s
        number = round_number = 0
        while True:
            if self._film is not film or self._camera.film_begun_s != begun_s:
                film, begun_s = self._film, self._camera.film_begun_s
                number = round_number = 0
                self._waits_for_key = True
            picture = film.pictures[number]
            slow = self._camera.quirks.slow
            length_s = (film.length_s + self._camera.pause_s) * slow
            round_s = begun_s + round_number * length_s
            due_s = _held_until(round_s + picture.send_s * slow, self._camera.quirks.held_s)
            late_s = time.monotonic() - due_s
            if late_s > length_s:
                round_number += int(late_s / length_s)
                continue
            while late_s < 0:
                self._receive(min(-late_s, POLL_S))
                late_s = time.monotonic() - due_s
            if late_s < 1.0 and self._playing:
                self._show(film, picture, begun_s + (round_s - begun_s) / slow + picture.shown_s)
            number += 1
            if number == len(film.pictures):
                number, round_number = 0, round_number + 1
                if not self._camera.loop:
                    return

    def _show(self, film: Film, picture: Picture, shown_s: float) -> None:
        faults, habits = self._camera.faults, self._camera.habits
        if faults.garbage:
            self._send(random.Random(self._packets.sequence).randbytes(4096))
            return
        if faults.silent or (self._waits_for_key and not picture.key):
            return
        if self._nonces.ended:
            raise EOFError
        self._waits_for_key = False
        if faults.frozen:
            picture = film.pictures[0]
        quirks = replace(self._camera.quirks, constant=True) if faults.clock_stands else self._camera.quirks
        self._camera.pictures_sent += 1
        message = bytearray(self._reported(shown_s - self._camera.begun_s, quirks))
        for packet in self._packets.of(film, picture, shown_s - self._camera.begun_s, quirks):
            self._sent += 1
            if faults.lose_every and self._sent % faults.lose_every == 0:
                continue
            if faults.noise:
                packet = packet[:12] + random.Random(self._sent).randbytes(len(packet) - 12)
            if self._datagrams is not None:
                self._datagrams.send(packet)
                continue
            channel = self._channel if habits.sends_on is None else habits.sends_on
            message += bytes([0x24, channel]) + len(packet).to_bytes(2, "big") + packet
            if habits.stray_every and self._sent % habits.stray_every == 0:
                message += b"\0stray$\r\n\x07"
        if message:
            self._send(bytes(message))

    def _reported(self, shown_s: float, quirks: Quirks) -> bytes:
        """The sender report that is due, on the channel of the reports."""
        report = self._packets.report(shown_s, quirks)
        if report is None or self._datagrams is not None:
            return b""
        return bytes([0x24, self._channel + 1]) + len(report).to_bytes(2, "big") + report


def _within(wanted: str, path: str) -> bool:
    """Whether what is asked for is the stream at a path."""
    return wanted == path.rstrip("/")


def _held_until(due_s: float, held_s: float) -> float:
    """When a picture is sent, where nothing is sent for a while once in ten seconds."""
    return due_s + max(0.0, held_s - due_s % 10) if held_s else due_s
