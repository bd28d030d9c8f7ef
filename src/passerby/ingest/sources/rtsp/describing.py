"""Asks an RTSP camera how its pictures are coded, and ends the connection; no picture is requested."""

import itertools
import socket
import threading
from collections.abc import Callable
from contextlib import closing

from passerby.domain.sources import CameraSource
from passerby.ingest.sources.coded_pictures import Track
from passerby.ingest.sources.errors import ChallengedError
from passerby.ingest.sources.http.authorisation import Authorisation
from passerby.ingest.sources.http.message_head import check_status
from passerby.ingest.sources.rtsp.control import address
from passerby.ingest.sources.rtsp.dialogue import RtspDialogue
from passerby.ingest.sources.rtsp.sdp import parse_description
from passerby.ingest.sources.timed_socket import TimedSocket


def described(source: CameraSource, connect: Callable[[], socket.socket], answer_s: float) -> Track:
    """Returns how the pictures of a camera's stream are coded (RFC 2326, DESCRIBE).

    Args:
        source: the camera, with its password.
        connect: opens a connection to it, TLS already agreed where there is any.
        answer_s: seconds for each of its answers.

    Raises:
        SourceError: it refuses, redirects, does not speak RTSP, or has no pictures that are decoded here.
        OSError: it cannot be reached.
    """
    in_clear = source.kind.encrypted or source.basic_without_tls
    authorisation = Authorisation(source.user, source.password, in_clear=in_clear)
    for attempts in itertools.count():
        with closing(TimedSocket(connect(), threading.Event())) as timed_socket:
            dialogue = RtspDialogue(timed_socket, authorisation, answer_s, attempts)
            try:
                answer = dialogue.request("DESCRIBE", address(source), {"Accept": "application/sdp"})
            except ChallengedError:
                continue  # it learned how to answer, and asks again a few times at most
            check_status(answer, source.user)
            return parse_description(answer.body.decode("utf-8", "replace")).track
    raise AssertionError("unreachable")
