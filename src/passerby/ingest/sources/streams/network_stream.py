"""The streams of network cameras: decoded pictures with their times, over RTSP or HTTP, with TLS where it is set."""

import itertools
import socket
import ssl
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

import av

from passerby.domain.frames import FrameStamp
from passerby.domain.sources import CameraSource, SourceKind, Transport
from passerby.ingest.display_shape import AS_CODED, DisplayShape
from passerby.ingest.sources.clock.sender_clock import SenderReport
from passerby.ingest.sources.coded_pictures import CodedPicture, Track
from passerby.ingest.sources.decoder import PictureDecoder
from passerby.ingest.sources.errors import ChallengedError, StreamError, quoted
from passerby.ingest.sources.http.authorisation import Authorisation
from passerby.ingest.sources.http.mjpeg import MjpegStream
from passerby.ingest.sources.rtsp.client import RtspStream
from passerby.ingest.sources.rtsp.tunnel import open_tunnel
from passerby.ingest.sources.rtsp.udp import DatagramConnector
from passerby.ingest.sources.sleep.resting_decoder import Phase, RestingDecoder
from passerby.ingest.sources.sleep.sleep_state import SleepState
from passerby.ingest.sources.timed_socket import TimedSocket, Timeouts

RESTING_PAUSE_S: Final = 0.25
"""While the decoder sleeps, pictures are read together, of so long: no one is there to be seen sooner."""


class Connector(Protocol):
    """The protocol of what opens connections to a camera."""

    def open(self) -> socket.socket:
        """Returns a socket that is connected to the camera.

        Raises:
            AddressRefusedError: the address is not one that may be reached.
            OSError: the camera cannot be reached now.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class ReceivedPicture:
    """One picture that arrived.

    Attributes:
        frame: decoded; None: it came damaged, or it is held.
        pts_s: the camera's own time of it, None where it sends none.
        arrival_s: monotonic clock.
        shape: how it is meant to be seen.
        waited: it was read as it arrived; else it may have lain in a buffer for any time.
        report: what the camera said of its own clock before it, if anything.
        phase: whether it was decoded as it came.
        held: of one that was not: what is kept with it, the same object when it is decoded.
    """

    frame: "av.VideoFrame | None"
    pts_s: float | None
    arrival_s: float
    shape: DisplayShape = AS_CODED
    waited: bool = True
    report: SenderReport | None = None
    phase: Phase = Phase.NOW
    held: "HeldPicture | None" = None


@dataclass(slots=True, eq=False)
class HeldPicture:
    """What is kept with a picture that was not decoded when it came.

    Attributes:
        stamp: when and where; None where it was decoded then after all.
        due: it is one of those that are analysed.
    """

    stamp: FrameStamp | None = None
    due: bool = False


class _Stream(Protocol):
    track: Track

    def pictures(self) -> Iterator[CodedPicture]: ...

    def take_report(self) -> SenderReport | None: ...

    def teardown(self) -> None: ...


def network_pictures(
    source: CameraSource,
    connector: Connector,
    timeouts: Timeouts,
    stopping: threading.Event,
    sleep: SleepState | None = None,
) -> Generator[ReceivedPicture]:
    """Yields one connection's pictures, from connecting until it ends.

    Args:
        source: the camera.
        connector: opens connections to it.
        timeouts: limits.
        stopping: set to end it.
        sleep: whether the decoder may sleep, and does; None where it never may.

    Raises:
        SourceError, OSError: why it ended, or never began.
        StoppedError: the stream was stopped.
    """
    in_clear = source.kind.encrypted or source.basic_without_tls
    authorisation = Authorisation(source.user, source.password, in_clear=in_clear)
    for attempts in itertools.count():
        with closing(_link(source, connector, timeouts, authorisation, stopping)) as timed_socket:
            stream: _Stream
            try:
                if source.kind in (SourceKind.RTSP, SourceKind.RTSPS):
                    datagrams = _datagrams(source, connector)
                    stream = RtspStream(timed_socket, source, timeouts, authorisation, datagrams, attempts)
                else:
                    stream = MjpegStream(timed_socket, source, timeouts, authorisation, attempts)
            except ChallengedError:
                continue  # it learned how to answer, and asks again a few times at most
            try:
                # Datagrams that no one reads are lost; what comes over a connection waits.
                pause_s = 0.0 if source.transport is Transport.UDP else RESTING_PAUSE_S
                yield from _decoded(stream, timed_socket, timeouts, sleep or SleepState(allowed=False), pause_s)
            finally:
                stream.teardown()


def _datagrams(source: CameraSource, connector: Connector) -> DatagramConnector | None:
    if source.transport is not Transport.UDP:
        return None
    if not isinstance(connector, DatagramConnector):
        raise StreamError("there is no way to receive UDP here")
    return connector


def _link(
    source: CameraSource,
    connector: Connector,
    timeouts: Timeouts,
    authorisation: Authorisation,
    stopping: threading.Event,
) -> TimedSocket:
    if source.transport is Transport.HTTP:
        connect = partial(_connect, source, connector, timeouts)
        return open_tunnel(connect, source, timeouts, authorisation, stopping)
    return TimedSocket(_connect(source, connector, timeouts), stopping)


def _connect(source: CameraSource, connector: Connector, timeouts: Timeouts) -> socket.socket:
    link = connector.open()
    if not source.kind.encrypted:
        return link
    try:
        context = ssl.create_default_context(cafile=source.authority)
        link.settimeout(timeouts.answer_s)
        return context.wrap_socket(link, server_hostname=source.host)
    except ssl.SSLCertVerificationError as fault:
        link.close()
        raise StreamError(
            f"the camera's certificate is not trusted: {quoted(fault.verify_message)}. "
            "Name the file of the authority that signed it in the site file."
        ) from None
    except TimeoutError:
        link.close()
        raise StreamError(f"the camera did not agree on TLS within {timeouts.answer_s:g} s") from None
    except (ssl.SSLError, OSError, ValueError) as fault:
        link.close()
        why = getattr(fault, "reason", None) or getattr(fault, "strerror", None) or type(fault).__name__
        raise StreamError(f"no TLS with the camera: {quoted(str(why))}. Does it speak rtsps or https?") from None


def _decoded(
    stream: _Stream, timed_socket: TimedSocket, timeouts: Timeouts, sleep: SleepState, pause_s: float
) -> Iterator[ReceivedPicture]:
    decoder = PictureDecoder(stream.track)
    resting = RestingDecoder[HeldPicture](decoder, stream.track)
    shown_s = time.monotonic()
    damaged = 0
    for coded in stream.pictures():
        arrival_s = time.monotonic()
        waited_s = arrival_s - shown_s
        if waited_s > timeouts.first_picture_s:
            raise StreamError(
                f"the stream runs, but not one of its pictures could be decoded for {waited_s:.0f} s "
                f"({damaged} damaged so far); pictures of more than 8192x8192 px are refused",
                waited_s,
                timeouts.first_picture_s,
            )
        if waited_s > timeouts.first_picture_s / 2:
            decoder.stop_waiting_for_key()
        waited = timed_socket.take_waited()
        for decoded in resting.put(coded, HeldPicture(), quiet=sleep.quiet, answered=sleep.answered):
            frame, phase, report = decoded.frame, decoded.phase, stream.take_report()
            if phase is Phase.HELD:
                shown_s = arrival_s
                pts_s = None if coded.ticks is None else coded.ticks / stream.track.clock_hz
                yield ReceivedPicture(None, pts_s, arrival_s, AS_CODED, waited, report, phase, decoded.tag)
            elif frame is None:
                damaged += 1
                yield ReceivedPicture(None, None, arrival_s, report=report, phase=phase)
            else:
                shown_s = arrival_s
                pts_s = None if frame.pts is None else frame.pts / stream.track.clock_hz
                shape = decoder.shape_of(frame)
                yield ReceivedPicture(frame, pts_s, arrival_s, shape, waited, report, phase, decoded.tag)
        sleep.note(asleep=resting.asleep, notice=resting.notice)
        timed_socket.pause(pause_s if resting.asleep else 0.0)
