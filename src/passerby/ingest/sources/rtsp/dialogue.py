"""RTSP's dialogue (RFC 2326): requests, the answers that belong to them, and what is interleaved with both.

As lenient as FFmpeg and GStreamer are: numbers of answers may be wrong or missing, a nonce may be used up at any time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from passerby.domain.errors import AddressRefusedError
from passerby.ingest.sources.errors import ChallengedError, ConnectionEndedError, StreamError, quoted
from passerby.ingest.sources.http.authorisation import Authorisation
from passerby.ingest.sources.http.message_head import ResponseHead, body_length, read_head
from passerby.ingest.sources.timed_socket import TimedSocket
from passerby.text import whole_number

INTERLEAVED: Final = 0x24
MAX_SKIPPED: Final = 10_000
"""Packets that may come before an answer; more is a camera that never answers."""

MAX_STRAY_BYTES: Final = 4096
"""What may stand between two packets that is neither packet nor message; some cameras miscount now and then."""

MAX_EARLY: Final = 500
"""Packets that are kept when they come before the answer to PLAY, or between an answer's head and its body."""

MAX_STRAY_ROWS: Final = 16
MAX_UNANSWERED: Final = 8
_NOT_DONE: Final = frozenset({400, 404, 405, 451, 454, 455, 500, 501, 551})

ENDED_S: Final = 3.0
"""Some cameras know no session in a sign of life (454) and stream on; where no picture comes any more, it is over."""


class Packet(NamedTuple):
    """One interleaved packet (RFC 2326, section 10.12)."""

    channel: int
    content: bytes


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    uri: str
    fields: Mapping[str, str] = field(default_factory=dict)
    attempts: int = 0


class RtspDialogue:
    """One connection's requests and answers."""

    def __init__(
        self, timed_socket: TimedSocket, authorisation: Authorisation, answer_s: float, attempts: int = 0
    ) -> None:
        """Begins one, after so many connections that the camera has closed with a challenge."""
        self._socket, self._authorisation, self._answer_s = timed_socket, authorisation, answer_s
        self._attempts = attempts
        self._sequence = 0
        self._answered: set[str] = set()
        self._unanswered: dict[int, _Request] = {}
        self._latest: _Request | None = None
        self._early: list[Packet] = []
        self.session = ""
        self.keep_alive = "OPTIONS"

    def request(self, method: str, uri: str, fields: Mapping[str, str] | None = None) -> ResponseHead:
        """Returns the answer to a request, with user and password once the camera has asked for them.

        Raises:
            ChallengedError: the camera closes the connection with its challenge; ask again on a new one.
            StreamError: nothing that answers it comes.
        """
        request = _Request(method, uri, fields or {}, self._attempts)
        learned = False
        while True:
            self._socket.expect(f"the answer to {method}", self._answer_s)
            try:
                answer = self._answer_to(request, self._send(request))
            except ConnectionEndedError:
                if learned:
                    raise ChallengedError from None
                raise
            if not self._learned(answer, request.attempts):
                if method != "OPTIONS" and answer.status < 300:  # many cameras answer OPTIONS without a user
                    self._attempts = 0
                return answer
            learned, request = True, replace(request, attempts=request.attempts + 1)

    def take_early(self) -> list[Packet]:
        """Returns the packets that came before the last answer, and forgoes them."""
        early, self._early = self._early, []
        return early

    def sign_of_life(self, uri: str) -> None:
        """Sends a request that keeps the session; `next_packet` sees to its answer."""
        while len(self._unanswered) >= MAX_UNANSWERED:
            del self._unanswered[min(self._unanswered)]
        self._post(_Request(self.keep_alive, uri))

    def teardown(self, uri: str) -> None:
        """Ends the session (RFC 2326, section 10.7); a camera that no longer reads is ignored."""
        self._socket.expect("the end", 0.5)
        try:
            self._send(_Request("TEARDOWN", uri))
        except StreamError:
            return

    def next_packet(self, channels: range) -> Packet | None:
        """Returns the next packet; None where the next thing was a message, which it has handled.

        Args:
            channels: those of the stream; a packet on another one is believed only where nothing was lost.

        Raises:
            AddressRefusedError: the camera redirects.
            StreamError: the session, or the connection, is over.
        """
        if self._early:
            return self._early.pop(0)
        if self._socket.peek() == INTERLEAVED:
            return self._packet()
        if self._socket.peek() in b"\r\n":
            self._socket.exactly(1)
        elif self._at_letters():
            self._handle(self._message())
        else:
            self._skip_stray(channels)
        return None

    def packets_here(self) -> list[Packet]:
        """Returns the interleaved packets that have come whole, up to the next message, without waiting."""
        if self._early:
            return []
        return [Packet(one[1], one[4:]) for one in self._socket.framed(INTERLEAVED, 4)]

    def _at_letters(self) -> bool:
        return 0x41 <= self._socket.peek() <= 0x5A and 0x41 <= self._socket.peek(1) <= 0x5A

    def _packet(self) -> Packet:
        head = self._socket.exactly(4)
        return Packet(head[1], self._socket.exactly(int.from_bytes(head[2:], "big")))

    def _skip_stray(self, channels: range) -> None:
        first = self._socket.peek()
        for _ in range(MAX_STRAY_BYTES):
            self._socket.exactly(1)
            at = self._socket.peek()
            if at == INTERLEAVED and self._socket.peek(1) in channels:
                return
            if at == ord("R") and bytes(self._socket.peek(place) for place in range(5)) == b"RTSP/":
                return
        raise StreamError(f"what the camera sends is not RTSP (a byte {first:#04x} between packets)")

    def _skip_rows(self) -> None:
        """Skips rows of a body that was longer than it was said to be."""
        for _ in range(MAX_STRAY_ROWS):
            if self._socket.peek() == INTERLEAVED or self._at_letters():
                return
            self._socket.until(b"\n", MAX_STRAY_BYTES)

    def _handle(self, message: ResponseHead) -> None:
        """Handles an answer to a sign of life, or a request of the camera."""
        if not message.first_line.startswith("RTSP/"):
            self._serve(message)
            return
        number = whole_number(message.field("cseq"))
        if number not in self._unanswered:
            number = min(self._unanswered, default=None)
        request = self._latest if number is None else self._unanswered.pop(number)
        if message.status == 454:
            self._socket.expect("a picture after the camera has ended the session (answer 454)", ENDED_S)
        if request is None:
            return
        if self._learned(message, request.attempts):
            self._post(replace(request, attempts=request.attempts + 1))
        elif message.status in _NOT_DONE and self.keep_alive != "OPTIONS":
            self.keep_alive = "OPTIONS"
            self._post(_Request(self.keep_alive, request.uri))

    def _serve(self, request: ResponseHead) -> None:
        if request.first_line.startswith("REDIRECT"):
            there = quoted(request.field("location", "somewhere else"))
            raise AddressRefusedError(f"the camera redirects to {there}: refused.")
        sequence = request.field("cseq", "0")
        if whole_number(sequence) is not None:
            self._socket.send(f"RTSP/1.0 200 OK\r\nCSeq: {sequence}\r\n\r\n".encode())

    def _learned(self, answer: ResponseHead, attempts: int) -> bool:
        """Takes up what the answer says of authorisation; returns whether the request is worth sending again."""
        for information in answer.fields.get("authentication-info", ()):
            self._authorisation.learn_next(information)
        challenges = answer.fields.get("www-authenticate", ())
        return answer.status == 401 and self._authorisation.learn(challenges, attempts)

    def _message(self) -> ResponseHead:
        if not 0x41 <= self._socket.peek() <= 0x5A:
            raise StreamError(f"what the camera sends is not RTSP (a byte {self._socket.peek():#04x} between packets)")
        head = read_head(self._socket, "RTSP/")
        length = body_length(head)
        while length and self._socket.peek() == INTERLEAVED:  # some cameras hold no picture back for a body
            self._keep_early(self._packet())
        return ResponseHead(head.first_line, head.fields, self._socket.exactly(length))

    def _answer_to(self, request: _Request, number: int) -> ResponseHead:
        self._early.clear()
        for _ in range(MAX_SKIPPED):
            self._skip_rows()
            if self._socket.peek() == INTERLEAVED:
                packet = self._packet()
                if request.method == "PLAY":
                    self._keep_early(packet)
                continue
            answer = self._message()
            if 100 <= answer.status < 200:  # it is at work (RFC 2326, section 11.3.1)
                continue
            if not answer.first_line.startswith("RTSP/"):
                if answer.first_line.endswith(" RTSP/1.0"):
                    self._serve(answer)
                    continue
                raise StreamError(f"what answers is no RTSP camera: {quoted(answer.first_line)!r}. Check the port.")
            stated = answer.field("cseq")
            if stated in self._answered and stated != str(number) and not _fits(answer, request.method):
                continue  # the same answer once more
            if stated == str(number):
                self._answered.add(stated)
            return answer
        raise StreamError(f"the camera does not answer {request.method}, but sends other things without end")

    def _keep_early(self, packet: Packet) -> None:
        if len(self._early) < MAX_EARLY:
            self._early.append(packet)

    def _post(self, request: _Request) -> None:
        self._latest = request
        self._unanswered[self._send(request)] = request

    def _send(self, request: _Request) -> int:
        """Sends a request; returns its number."""
        self._sequence += 1
        rows = {"CSeq": str(self._sequence), "User-Agent": "passerby", **request.fields}
        if self.session:
            rows["Session"] = self.session
        authorisation = self._authorisation.header(request.method, request.uri)
        if authorisation is not None:
            rows["Authorization"] = authorisation
        head = "".join(f"{name}: {value}\r\n" for name, value in rows.items())
        self._socket.send(f"{request.method} {request.uri} RTSP/1.0\r\n{head}\r\n".encode("latin-1"))
        return self._sequence


def _fits(answer: ResponseHead, method: str) -> bool:
    """Returns whether an answer with another request's number may be this one's; some cameras number all alike."""
    if not 200 <= answer.status < 300:
        return True
    if method == "DESCRIBE":
        return bool(answer.body)
    return method != "SETUP" or "session" in answer.fields or "transport" in answer.fields
