"""Motion JPEG over HTTP: one answer that never ends, a picture a part (RFC 2046 multipart)."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from passerby.domain.sources import CameraSource
from passerby.ingest.sources.authorisation import Authorisation
from passerby.ingest.sources.coded_pictures import Codec, CodedPicture, Track
from passerby.ingest.sources.digits import number_in
from passerby.ingest.sources.errors import StreamError, quoted
from passerby.ingest.sources.message_head import HEAD_BYTES, check_status, read_head
from passerby.ingest.sources.rtsp.rtp import MAX_PICTURE_BYTES
from passerby.ingest.sources.timed_socket import TimedSocket
from passerby.ingest.sources.timeouts import Timeouts

_KEPT: Final = "/?&=%:@!$'()*+,;~-._[]"
_BOUNDARY = re.compile(r'boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;]{1,200}))', re.IGNORECASE)
_BEFORE_PART_BYTES: Final = 1 << 12
_BEGIN, _END = b"\xff\xd8", b"\xff\xd9"
_TRAILER_BYTES: Final = 1 << 10


class ChallengedError(Exception):
    """The camera wants user and password, which are known now; most cameras close the connection with that answer."""


class MjpegStream:
    """A camera's pictures, each a JPEG of its own; they carry no time."""

    track = Track(Codec.MJPEG)

    def __init__(
        self, line: TimedSocket, source: CameraSource, patience: Timeouts, authorisation: Authorisation
    ) -> None:
        """Asks for the stream.

        Raises:
            ChallengedError: ask again on a new connection, with what the authorisation has learned.
            SourceError: the camera refuses, redirects, or sends no stream of pictures.
        """
        self._line, self._source, self._patience = line, source, patience
        self._boundary = self._agree(authorisation)

    def _agree(self, authorisation: Authorisation) -> bytes:
        self._line.expect("the answer to GET", self._patience.answer_s)
        target = quote(self._source.path, safe=_KEPT)
        answered = authorisation.header("GET", target)
        self._line.send(self._request(target, answered))
        head = read_head(self._line)
        if not head.first_line.startswith("HTTP/"):
            raise StreamError(f"what answers does not speak HTTP: {quoted(head.first_line)!r}. Check the port.")
        if head.status == 401 and not answered and authorisation.learn(head.fields.get("www-authenticate", ())):
            raise ChallengedError
        check_status(head, self._source.user)
        if "chunked" in head.field("transfer-encoding").lower():  # some do so even where HTTP/1.0 was asked for
            self._line.join_chunks()
        kind = head.field("content-type")
        boundary = _BOUNDARY.search(kind)
        if not kind.lower().startswith("multipart/") or boundary is None:
            raise StreamError(
                f"the camera sends {quoted(kind) or 'nothing that it names'}, not a stream of JPEG pictures. "
                "Check the path in the address."
            )
        # Half of all cameras write the leading dashes into the name, the other half only before the parts.
        return b"--" + (boundary[1] or boundary[2]).encode("latin-1").removeprefix(b"--")

    def _request(self, target: str, authorisation: str | None) -> bytes:
        source = self._source
        host = f"[{source.host}]" if ":" in source.host else source.host
        rows = [f"GET {target} HTTP/1.0", f"Host: {host}:{source.port or source.kind.default_port}"]
        rows += ["User-Agent: passerby", "Accept: multipart/x-mixed-replace, image/jpeg"]
        if authorisation is not None:
            rows.append(f"Authorization: {authorisation}")
        return ("\r\n".join(rows) + "\r\n\r\n").encode()

    def pictures(self) -> Iterator[CodedPicture]:
        """The pictures, as they come.

        Raises:
            SourceError: the stream ended, went silent, or is none.
            StoppedError: nobody wants more.
        """
        at_part = False
        while True:
            self._line.expect("the next picture", self._patience.silent_s)
            if not at_part:
                self._line.until(self._boundary, _BEFORE_PART_BYTES)
            if self._line.until(b"\r\n", _BEFORE_PART_BYTES).startswith(b"--"):
                raise StreamError("the camera ended its stream")
            length = self._part_length()
            if length is None:
                content = self._line.until(b"\r\n" + self._boundary, MAX_PICTURE_BYTES)
            else:
                content = self._line.exactly(length)
            at_part = length is None
            # A picture that was cut off would show grey below the cut.
            whole = content.startswith(_BEGIN) and content.rfind(_END, -_TRAILER_BYTES) >= 0
            yield CodedPicture(content, None, key=True, damaged=not whole)

    def _part_length(self) -> int | None:
        length = None
        for row in self._line.until(b"\r\n\r\n", HEAD_BYTES).decode("latin-1").split("\r\n"):
            name, _, value = row.partition(":")
            if name.strip().lower() == "content-length":
                length = value.strip()
        if length is None:
            return None
        count = number_in(length)
        if count is None or count > MAX_PICTURE_BYTES:
            raise StreamError(f"the camera announces a picture of {quoted(length)} bytes; it was given up")
        return count

    def teardown(self) -> None:
        """Closing is all that HTTP knows."""
