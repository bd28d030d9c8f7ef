"""The ways in, all alike: each gives pictures with their times, and says which arrived damaged."""

import socket
import ssl
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

import av

from passerby.domain.sources import CameraSource, SourceKind
from passerby.ingest.sources.authorisation import Authorisation
from passerby.ingest.sources.coded_pictures import CodedPicture, Track
from passerby.ingest.sources.decoder import PictureDecoder
from passerby.ingest.sources.errors import StreamError, quoted
from passerby.ingest.sources.http.mjpeg import ChallengedError, MjpegStream
from passerby.ingest.sources.rtsp.client import RtspStream
from passerby.ingest.sources.timed_socket import TimedSocket
from passerby.ingest.sources.timeouts import Timeouts


class Route(Protocol):
    """Where connections to a camera come from."""

    def open(self) -> socket.socket:
        """A socket that is connected to the camera.

        Raises:
            AddressRefusedError: the address is not one that may be reached.
            OSError: the camera cannot be reached now.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Arrived:
    """One picture that came.

    Attributes:
        frame: decoded; None: it came damaged.
        pts_s: the camera's own time of it, None where it tells none.
        arrival_s: monotonic clock.
    """

    frame: "av.VideoFrame | None"
    pts_s: float | None
    arrival_s: float


class _Stream(Protocol):
    track: Track

    def pictures(self) -> Iterator[CodedPicture]: ...

    def teardown(self) -> None: ...


def network_pictures(
    source: CameraSource, route: Route, patience: Timeouts, stopping: threading.Event
) -> Generator[Arrived]:
    """One connection's pictures, from connecting until it ends.

    Raises:
        SourceError, OSError: why it ended, or never began.
        StoppedError: nobody wants more.
    """
    authorisation = Authorisation(source.user, source.password)
    while True:
        with closing(_connected(source, route, patience)) as link:
            line = TimedSocket(link, stopping)
            try:
                stream = _agreed(line, source, patience, authorisation)
            except ChallengedError:
                continue  # it learned how to answer, and does not ask twice
            try:
                yield from _decoded(stream, patience)
            finally:
                stream.teardown()


def _agreed(line: TimedSocket, source: CameraSource, patience: Timeouts, authorisation: Authorisation) -> _Stream:
    if source.kind in (SourceKind.RTSP, SourceKind.RTSPS):
        return RtspStream(line, source, patience, authorisation)
    return MjpegStream(line, source, patience, authorisation)


def _connected(source: CameraSource, route: Route, patience: Timeouts) -> socket.socket:
    link = route.open()
    if not source.kind.encrypted:
        return link
    try:
        context = ssl.create_default_context(cafile=source.authority)
        link.settimeout(patience.answer_s)
        return context.wrap_socket(link, server_hostname=source.host)
    except ssl.SSLCertVerificationError as fault:
        link.close()
        raise StreamError(
            f"the camera's certificate is not trusted: {quoted(fault.verify_message)}. "
            "Name the file of the authority that signed it in the site file."
        ) from None
    except TimeoutError:
        link.close()
        raise StreamError(f"the camera did not agree on TLS within {patience.answer_s:g} s") from None
    except (ssl.SSLError, OSError, ValueError) as fault:
        link.close()
        why = getattr(fault, "reason", None) or getattr(fault, "strerror", None) or type(fault).__name__
        raise StreamError(f"no TLS with the camera: {quoted(str(why))}. Does it speak rtsps or https?") from None


def _decoded(stream: _Stream, patience: Timeouts) -> Iterator[Arrived]:
    decoder = PictureDecoder(stream.track)
    shown_s = time.monotonic()
    damaged = 0
    for coded in stream.pictures():
        arrival_s = time.monotonic()
        waited_s = arrival_s - shown_s
        if waited_s > patience.first_picture_s:
            raise StreamError(
                f"the stream runs, but not one of its pictures could be decoded for {waited_s:.0f} s "
                f"({damaged} damaged so far); pictures of more than 8192x8192 px are refused",
                waited_s,
                patience.first_picture_s,
            )
        if waited_s > patience.first_picture_s / 2:
            decoder.wait_no_longer()
        frames = decoder.decode(coded)
        if frames is None:
            damaged += 1
            yield Arrived(None, None, arrival_s)
            continue
        for frame in frames:
            shown_s = arrival_s
            yield Arrived(frame, None if frame.pts is None else frame.pts / stream.track.clock_hz, arrival_s)
