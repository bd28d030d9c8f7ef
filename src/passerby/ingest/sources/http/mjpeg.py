"""Motion JPEG over HTTP: one response without end, each picture a part of it (RFC 2046, section 5.1, multipart)."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from passerby.domain.sources import CameraSource
from passerby.ingest.sources.authorisation import Authorisation
from passerby.ingest.sources.coded_pictures import MAX_PICTURE_BYTES, Codec, CodedPicture, Track
from passerby.ingest.sources.errors import StreamError, quoted
from passerby.ingest.sources.message_head import HEAD_BYTES, URI_CHARACTERS, check_status, host_in_uri, read_head
from passerby.ingest.sources.timed_socket import TimedSocket
from passerby.ingest.sources.timeouts import Timeouts
from passerby.text import whole_number

_BOUNDARY = re.compile(r'boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;]{1,200}))', re.IGNORECASE)
_BEFORE_PART_BYTES: Final = 1 << 12
_BEGIN, _END = b"\xff\xd8", b"\xff\xd9"
_TRAILER_BYTES: Final = 1 << 10


class ChallengedError(Exception):
    """The camera demands user and password, and its challenge is stored; most cameras close the connection with it."""


class MjpegStream:
    """A camera's pictures, each a JPEG of its own; they carry no time."""

    track = Track(Codec.MJPEG)

    def __init__(
        self, timed_socket: TimedSocket, source: CameraSource, timeouts: Timeouts, authorisation: Authorisation
    ) -> None:
        """Asks for the stream.

        Raises:
            ChallengedError: ask again on a new connection, with what the authorisation has learned.
            SourceError: the camera refuses, redirects, or sends no stream of pictures.
        """
        self._socket, self._source, self._timeouts = timed_socket, source, timeouts
        self._boundary = self._handshake(authorisation)

    def _handshake(self, authorisation: Authorisation) -> bytes:
        self._socket.expect("the answer to GET", self._timeouts.answer_s)
        target = quote(self._source.path, safe=URI_CHARACTERS)
        answered = authorisation.header("GET", target)
        self._socket.send(self._request(target, answered))
        head = read_head(self._socket)
        if not head.first_line.startswith("HTTP/"):
            raise StreamError(f"what answers does not speak HTTP: {quoted(head.first_line)!r}. Check the port.")
        if head.status == 401 and not answered and authorisation.learn(head.fields.get("www-authenticate", ())):
            raise ChallengedError
        check_status(head, self._source.user)
        if "chunked" in head.field("transfer-encoding").lower():  # some do so even where HTTP/1.0 was asked for
            self._socket.decode_with(ChunkDecoder().decode)
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
        rows = [f"GET {target} HTTP/1.0", f"Host: {host_in_uri(source)}:{source.port or source.kind.default_port}"]
        rows += ["User-Agent: passerby", "Accept: multipart/x-mixed-replace, image/jpeg"]
        if authorisation is not None:
            rows.append(f"Authorization: {authorisation}")
        return ("\r\n".join(rows) + "\r\n\r\n").encode()

    def pictures(self) -> Iterator[CodedPicture]:
        """Yields the pictures as they arrive.

        Raises:
            SourceError: the stream ended, went silent, or is none.
            StoppedError: the stream was stopped.
        """
        at_part = False
        while True:
            self._socket.expect("the next picture", self._timeouts.silent_s)
            if not at_part:
                self._socket.until(self._boundary, _BEFORE_PART_BYTES)
            if self._socket.until(b"\r\n", _BEFORE_PART_BYTES).startswith(b"--"):
                raise StreamError("the camera ended its stream")
            length = self._part_length()
            if length is None:
                content = self._socket.until(b"\r\n" + self._boundary, MAX_PICTURE_BYTES)
            else:
                content = self._socket.exactly(length)
            at_part = length is None
            # A picture that was cut off would show grey below the cut.
            whole = content.startswith(_BEGIN) and content.rfind(_END, -_TRAILER_BYTES) >= 0
            yield CodedPicture(content, None, key=True, damaged=not whole)

    def _part_length(self) -> int | None:
        length = None
        for row in self._socket.until(b"\r\n\r\n", HEAD_BYTES).decode("latin-1").split("\r\n"):
            name, _, value = row.partition(":")
            if name.strip().lower() == "content-length":
                length = value.strip()
        if length is None:
            return None
        count = whole_number(length)
        if count is None or count > MAX_PICTURE_BYTES:
            raise StreamError(f"the camera announces a picture of {quoted(length)} bytes; it was given up")
        return count

    def teardown(self) -> None:
        """Does nothing: closing the connection ends an HTTP stream."""


class ChunkDecoder:
    """Decoder of HTTP/1.1's chunked transfer coding (RFC 9112, section 7.1)."""

    _LONGEST_HEAD = 1024

    def __init__(self) -> None:
        self._head = b""
        self._left = 0
        self._between = False

    def decode(self, part: bytes) -> bytes:
        """Returns the content in the next part of the stream.

        Raises:
            StreamError: the bytes are not chunks, or the last chunk was received.
        """
        content = []
        while part:
            if self._left:
                content.append(part[: self._left])
                self._left, part = self._left - len(content[-1]), part[self._left :]
                self._between = not self._left
                continue
            row, mark, part = (self._head + part).partition(b"\n")
            if not mark:
                if len(row) > self._LONGEST_HEAD:
                    raise StreamError("the camera's chunks have no lengths")
                self._head = row
                break
            self._head = b""
            if self._between and not row.strip():  # the line end behind each chunk
                self._between = False
                continue
            self._left = self._length(row)
        return b"".join(content)

    @staticmethod
    def _length(row: bytes) -> int:
        digits = row.partition(b";")[0].strip()
        try:
            length = int(digits, 16) if 0 < len(digits) <= 8 and digits.isalnum() else -1
        except ValueError:
            length = -1
        if length < 0:
            raise StreamError("the camera's chunks have no lengths")
        if length == 0:
            raise StreamError("the camera ended its stream")
        return length
