"""RTSP 1.0 (RFC 2326), pictures interleaved or over UDP: the part of it that watching needs.

FFmpeg's own client follows redirects to other machines, and shows passwords in its errors. This one has connected
sockets and no way to others: it needs no right to open any.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from passerby.domain.sources import CameraSource
from passerby.ingest.sources.clock.sender_clock import SenderReport
from passerby.ingest.sources.coded_pictures import Codec, CodedPicture, Track
from passerby.ingest.sources.http.authorisation import Authorisation
from passerby.ingest.sources.http.message_head import ResponseHead, check_status
from passerby.ingest.sources.rtsp.control import KEEP_ALIVE_S, address, base_of, interleaved_channel, joined, session_of
from passerby.ingest.sources.rtsp.dialogue import Packet, RtspDialogue
from passerby.ingest.sources.rtsp.jpeg import StatedSize
from passerby.ingest.sources.rtsp.payloads import payload_of
from passerby.ingest.sources.rtsp.rtp import ClockPair, PictureAssembler, rtp_packet, sender_times
from passerby.ingest.sources.rtsp.sdp import parse_description
from passerby.ingest.sources.rtsp.udp import DatagramConnector, Datagrams, announced_port
from passerby.ingest.sources.timed_socket import TimedSocket, Timeouts

_ELSEWHERE: Final = frozenset({400, 404, 451, 454, 455, 457, 459, 460, 500, 551})
"""Answers after which the same is asked for at the next address that may be meant."""

DATAGRAM_S: Final = 0.05


class RtspStream:
    """A camera's stream of coded pictures, kept alive by a request in time (RFC 2326, section 12.37)."""

    def __init__(
        self,
        timed_socket: TimedSocket,
        source: CameraSource,
        timeouts: Timeouts,
        authorisation: Authorisation,
        datagrams: DatagramConnector | None = None,
        attempts: int = 0,
    ) -> None:
        """Negotiates the stream and starts it.

        Args:
            timed_socket: connected to the camera.
            source: the camera.
            timeouts: limits.
            authorisation: answers what the camera demands.
            datagrams: opens UDP ports towards it; None where its pictures come over this connection.
            attempts: so many connections before it were closed with a challenge.

        Raises:
            ChallengedError: ask again on a new connection, with what the authorisation has learned.
            SourceError: the camera refuses, redirects, or does not speak RTSP.
        """
        self._socket, self._source, self._timeouts = timed_socket, source, timeouts
        self._dialogue = RtspDialogue(timed_socket, authorisation, timeouts.answer_s, attempts)
        self._keep_alive_s = KEEP_ALIVE_S
        self._channel = 0
        self._confirmed = False
        self._set_up = False
        self._connector = datagrams
        self._datagrams: Datagrams | None = None
        self._report: SenderReport | None = None
        self._uri = address(source)
        self.track, self._payload_type = self._handshake()

    def _handshake(self) -> tuple[Track, int]:
        asked = self._uri
        options = self._dialogue.request("OPTIONS", asked)
        if 300 <= options.status < 400 or (options.status == 401 and self._source.user):
            check_status(options, self._source.user)  # other answers are none to what counts, which comes next
        if options.status == 200 and "GET_PARAMETER" in options.field("public").upper():
            self._dialogue.keep_alive = "GET_PARAMETER"
        answer, _ = self._first_success("DESCRIBE", (asked,), {"Accept": "application/sdp"})
        base = base_of(answer, asked)
        found = parse_description(answer.body.decode("utf-8", "replace"))
        wanted = "RTP/AVP/TCP;unicast;interleaved=0-1"
        if self._connector is not None:
            port = self._connector.bind()
            wanted = f"RTP/AVP;unicast;client_port={port}-{port + 1}"
        answer, part = self._first_success("SETUP", joined(base, found.control), {"Transport": wanted})
        self._set_up = True
        self._store_session(answer)
        self._agree(answer.field("transport"), found.track)
        self._play(tuple(dict.fromkeys((*joined(base, found.session_control), part, asked))))
        if self._connector is not None and self._datagrams is None:
            self._datagrams = Datagrams(self._connector.receive_from(0), self._connector, found.track.clock_hz)
        return found.track, found.payload_type

    def _agree(self, transport: str, track: Track) -> None:
        """Takes up the way in which the camera sends; a UDP port that it does not announce shows when it does."""
        if self._connector is None:
            self._channel = interleaved_channel(transport)
        elif port := announced_port(transport):
            self._datagrams = Datagrams(self._connector.receive_from(port), self._connector, track.clock_hz)

    def _play(self, uris: Sequence[str]) -> None:
        self._uri = uris[0]
        answer = self._dialogue.request("PLAY", self._uri, {"Range": "npt=0.000-"})
        if answer.status in _ELSEWHERE:  # a range is what some refuse, an address others
            answer, self._uri = self._first_success("PLAY", uris, {})
        check_status(answer, self._source.user)
        self._store_session(answer)

    def _first_success(self, method: str, uris: Sequence[str], fields: Mapping[str, str]) -> tuple[ResponseHead, str]:
        """Returns the successful answer to a request at the first address that has one, and the address."""
        for uri in uris:
            answer = self._dialogue.request(method, uri, fields)
            if answer.status not in _ELSEWHERE:
                break
        check_status(answer, self._source.user)
        return answer, uri

    def _store_session(self, answer: ResponseHead) -> None:
        name, keep_alive_s = session_of(answer.field("session"))
        self._dialogue.session = name or self._dialogue.session
        self._keep_alive_s = keep_alive_s or self._keep_alive_s

    def pictures(self) -> Iterator[CodedPicture]:
        """Yields the pictures as they arrive.

        Raises:
            SourceError: the stream ended, went silent, or redirects.
            StoppedError: the stream was stopped.
        """
        assembled = PictureAssembler(payload_of(self.track), self._payload_type)
        stated = StatedSize()
        self._expect_picture()
        for packet in self._packets():
            self._note_report(assembled.clock_pair(packet))
            for picture in assembled.add(packet):
                if self.track.codec is Codec.MJPEG and not picture.damaged:
                    stated.check(picture.content)
                yield picture
                # Only whole pictures are a sign of life: a camera may send reports and scraps for ever.
                self._expect_picture()

    def take_report(self) -> SenderReport | None:
        """Returns what the camera has said of its own clock since the last call; None where it has not."""
        report, self._report = self._report, None
        return report

    def _note_report(self, times: ClockPair | None) -> None:
        if times is not None:
            self._report = SenderReport(times.sent_s, times.ticks / self.track.clock_hz, time.monotonic())

    def _expect_picture(self) -> None:
        self._socket.expect("the next picture", self._timeouts.silent_s)

    def _packets(self) -> Iterator[bytes]:
        return self._interleaved_packets() if self._datagrams is None else self._datagram_packets(self._datagrams)

    def _datagram_packets(self, datagrams: Datagrams) -> Iterator[bytes]:
        due_s = time.monotonic() + self._keep_alive_s
        while True:
            yield from datagrams.receive(DATAGRAM_S)
            if self._socket.arrived(time.monotonic() + 0.001):
                self._dialogue.next_packet(range(2))
            if time.monotonic() >= due_s:
                due_s = time.monotonic() + self._keep_alive_s
                self._dialogue.sign_of_life(self._uri)

    def _interleaved_packets(self) -> Iterator[bytes]:
        yield from (early.content for early in self._dialogue.take_early() if self._carries_pictures(early))
        due_s = time.monotonic() + self._keep_alive_s
        while True:
            if self._socket.arrived(due_s):
                for packet in self._dialogue.packets_here() or self._next_packet():
                    if self._carries_pictures(packet):
                        yield packet.content
            if time.monotonic() >= due_s:
                due_s = time.monotonic() + self._keep_alive_s
                self._dialogue.sign_of_life(self._uri)

    def _next_packet(self) -> list[Packet]:
        """Waits for the rest of the next packet, or handles the message that comes in its place."""
        packet = self._dialogue.next_packet(range(self._channel, self._channel + 2))
        return [] if packet is None else [packet]

    def _carries_pictures(self, packet: Packet) -> bool:
        """Returns whether a packet is of the pictures, or a report on them.

        Some cameras send on another channel than they confirmed.
        """
        if packet.channel == self._channel:
            self._confirmed = True
            return True
        if not self._confirmed and packet.channel != self._channel + 1:
            parts = rtp_packet(packet.content)
            if parts is not None and parts.payload_type == self._payload_type:
                self._channel = packet.channel
        reports = packet.channel == self._channel + 1 and sender_times(packet.content) is not None
        return packet.channel == self._channel or reports

    def teardown(self) -> None:
        """Ends the session, where there is one."""
        if self._datagrams is not None:
            self._datagrams.close()
        if self._set_up:
            self._dialogue.teardown(self._uri)
