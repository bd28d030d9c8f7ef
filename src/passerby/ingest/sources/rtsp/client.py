"""RTSP 1.0 (RFC 2326) over one TCP connection, pictures interleaved: the part of it that watching needs.

FFmpeg's own client follows redirects to other machines, and shows passwords in its errors. This one has one connected
socket and no way to another: it needs no right to open any.
"""

import time
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from passerby.domain.errors import AddressRefusedError
from passerby.domain.sources import CameraSource
from passerby.ingest.sources.authorisation import Authorisation
from passerby.ingest.sources.coded_pictures import CodedPicture, Track
from passerby.ingest.sources.errors import StreamError, quoted
from passerby.ingest.sources.message_head import (
    URI_CHARACTERS,
    ResponseHead,
    body_length,
    check_status,
    host_in_uri,
    read_head,
)
from passerby.ingest.sources.rtsp.payloads import payload_of
from passerby.ingest.sources.rtsp.rtp import PictureAssembler
from passerby.ingest.sources.rtsp.sdp import parse_description
from passerby.ingest.sources.timed_socket import TimedSocket
from passerby.ingest.sources.timeouts import Timeouts
from passerby.text import whole_number

INTERLEAVED: Final = 0x24
SESSION_TIMEOUT_S: Final = 60.0
MAX_SKIPPED: Final = 10_000
"""Packets that may come before an answer; more is a camera that never answers."""

MAX_EARLY: Final = 500
"""Packets of pictures that are kept when they come before the answer to PLAY."""


class RtspStream:
    """A camera's stream of coded pictures, kept alive by a request in time (RFC 2326, section 12.37)."""

    def __init__(
        self, timed_socket: TimedSocket, source: CameraSource, timeouts: Timeouts, authorisation: Authorisation
    ) -> None:
        """Negotiates the stream and starts it.

        Raises:
            SourceError: the camera refuses, redirects, or does not speak RTSP.
        """
        self._socket, self._source, self._timeouts = timed_socket, source, timeouts
        self._authorisation = authorisation
        self._sequence = 0
        self._session = ""
        self._public = ""
        self._keep_alive_s = SESSION_TIMEOUT_S / 2
        self._early: list[bytes] = []
        self._address = address(source)
        self._channel = 0
        self._uri = self._address
        self.track, self._payload_type = self._handshake()

    def _handshake(self) -> tuple[Track, int]:
        options = self._request_once("OPTIONS", self._address)
        self._public = options.field("public").upper() if options.status == 200 else ""
        answer = self._request("DESCRIBE", self._address, {"Accept": "application/sdp"})
        base = answer.field("content-base") or answer.field("content-location") or self._address
        found = parse_description(answer.body.decode("utf-8", "replace"))
        self._uri = joined(base, found.session_control)
        transport = {"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1"}
        answer = self._request("SETUP", joined(base, found.control), transport)
        self._channel = _channel(answer.field("transport"))
        self._store_session(answer.field("session"))
        self._request("PLAY", self._uri, {"Range": "npt=0.000-"})
        return found.track, found.payload_type

    def _store_session(self, header: str) -> None:
        name, *parameters = header.split(";")
        if not name.strip() or not name.strip().isprintable():
            raise StreamError("the camera names no session in its answer to SETUP")
        self._session = name.strip()
        for parameter in parameters:
            key, _, value = parameter.strip().partition("=")
            timeout_s = whole_number(value)
            if key.lower() == "timeout" and timeout_s and timeout_s < 86_400:
                self._keep_alive_s = max(1.0, timeout_s / 2)

    def pictures(self) -> Iterator[CodedPicture]:
        """Yields the pictures as they arrive.

        Raises:
            SourceError: the stream ended, went silent, or redirects.
            StoppedError: the stream was stopped.
        """
        assembled = PictureAssembler(payload_of(self.track.codec), self._payload_type)
        self._expect_picture()
        for packet in self._packets():
            for picture in assembled.add(packet):
                yield picture
                # Only whole pictures are a sign of life: a camera may send reports and scraps for ever.
                self._expect_picture()

    def _expect_picture(self) -> None:
        self._socket.expect("the next picture", self._timeouts.silent_s)

    def _packets(self) -> Iterator[bytes]:
        yield from self._early
        self._early.clear()
        due_s = time.monotonic() + self._keep_alive_s
        while True:
            if self._socket.peek() == INTERLEAVED:
                channel, packet = self._interleaved()
                if channel == self._channel:
                    yield packet
            else:
                self._handle_unrequested()
            if time.monotonic() >= due_s:
                due_s = time.monotonic() + self._keep_alive_s
                self._send("GET_PARAMETER" if "GET_PARAMETER" in self._public else "OPTIONS", self._uri, {})

    def _handle_unrequested(self) -> None:
        """Handles a response to a keep-alive request, or a request of the camera."""
        message = self._message()
        if message.first_line.startswith("REDIRECT"):
            there = quoted(message.field("location", "somewhere else"))
            raise AddressRefusedError(f"the camera redirects to {there}: refused.")
        if message.first_line.startswith("RTSP/"):
            if message.status == 401:
                self._authorisation.learn(message.fields.get("www-authenticate", ()))
            elif message.status == 454:
                raise StreamError("the camera has ended the session")
            return
        sequence = message.field("cseq", "0")
        if whole_number(sequence) is not None:
            self._socket.send(f"RTSP/1.0 200 OK\r\nCSeq: {sequence}\r\n\r\n".encode())

    def _interleaved(self) -> tuple[int, bytes]:
        head = self._socket.exactly(4)
        return head[1], self._socket.exactly(int.from_bytes(head[2:], "big"))

    def _message(self) -> ResponseHead:
        first = self._socket.peek()
        while first in b"\r\n":
            self._socket.exactly(1)
            first = self._socket.peek()
        if not 0x41 <= first <= 0x5A:
            raise StreamError(f"what the camera sends is not RTSP (a byte {first:#04x} between packets)")
        head = read_head(self._socket)
        return ResponseHead(head.first_line, head.fields, self._socket.exactly(body_length(head)))

    def _request(self, method: str, uri: str, fields: dict[str, str]) -> ResponseHead:
        """Returns the successful response to a request, with user and password once the camera has asked for them."""
        answer = self._request_once(method, uri, fields)
        if answer.status == 401 and self._authorisation.learn(answer.fields.get("www-authenticate", ())):
            answer = self._request_once(method, uri, fields)
        check_status(answer, self._source.user)
        return answer

    def _request_once(self, method: str, uri: str, fields: dict[str, str] | None = None) -> ResponseHead:
        self._socket.expect(f"the answer to {method}", self._timeouts.answer_s)
        self._send(method, uri, fields or {})
        for _ in range(MAX_SKIPPED):
            if self._socket.peek() == INTERLEAVED:
                channel, packet = self._interleaved()
                if channel == self._channel and method == "PLAY" and len(self._early) < MAX_EARLY:
                    self._early.append(packet)
                continue
            answer = self._message()
            if answer.first_line.startswith("RTSP/") and answer.field("cseq", "0") == str(self._sequence):
                return answer
            if not answer.first_line.startswith("RTSP/"):
                raise StreamError(f"what answers is no RTSP camera: {quoted(answer.first_line)!r}. Check the port.")
        raise StreamError(f"the camera does not answer {method}, but sends other things without end")

    def _send(self, method: str, uri: str, fields: dict[str, str]) -> None:
        self._sequence += 1
        rows = {"CSeq": str(self._sequence), "User-Agent": "passerby", **fields}
        if self._session:
            rows["Session"] = self._session
        authorisation = self._authorisation.header(method, uri)
        if authorisation is not None:
            rows["Authorization"] = authorisation
        head = "".join(f"{name}: {value}\r\n" for name, value in rows.items())
        self._socket.send(f"{method} {uri} RTSP/1.0\r\n{head}\r\n".encode())

    def teardown(self) -> None:
        """Ends the session (RFC 2326, section 10.7); a camera that no longer reads is ignored."""
        if self._session:
            self._socket.expect("the end", 0.5)
            try:
                self._send("TEARDOWN", self._uri, {})
            except StreamError:
                return


def address(source: CameraSource) -> str:
    """Returns the camera's address as requests hold it: without credentials, and free of what could break a line."""
    port = "" if source.port in (0, source.kind.default_port) else f":{source.port}"
    return f"{source.kind.value}://{host_in_uri(source)}{port}{quote(source.path, safe=URI_CHARACTERS)}"


def joined(base: str, control: str) -> str:
    """Returns the URI that controls a part of the stream, after RFC 2326, C.1.1, as cameras understand it."""
    clean = quote(control, safe=URI_CHARACTERS)
    if not clean or clean == "*":
        return quote(base, safe=URI_CHARACTERS)
    if clean.lower().startswith(("rtsp://", "rtsps://")):
        return clean
    return quote(base, safe=URI_CHARACTERS) + ("" if base.endswith("/") else "/") + clean.lstrip("/")


def _channel(transport: str) -> int:
    """Returns the channel of the pictures that the camera confirms (RFC 2326, section 12.39)."""
    if "TCP" not in transport.upper():
        raise StreamError(
            f"the camera sends its stream another way than it was asked to: {quoted(transport)!r}. Allow RTSP over TCP."
        )
    for parameter in transport.split(";"):
        key, _, value = parameter.strip().partition("=")
        number = whole_number(value.partition("-")[0])
        if key.lower() == "interleaved" and number is not None and number < 256:
            return number
    return 0
