"""Motion JPEG over HTTP: one response without end, each picture a part of it (RFC 2046, section 5.1, multipart)."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from passerby.domain.sources import CameraSource
from passerby.ingest.sources.coded_pictures import MAX_PICTURE_BYTES, Codec, CodedPicture, Track
from passerby.ingest.sources.errors import ChallengedError, StreamError, quoted
from passerby.ingest.sources.http.authorisation import Authorisation
from passerby.ingest.sources.http.message_head import (
    HEAD_BYTES,
    URI_CHARACTERS,
    check_status,
    host_in_uri,
    read_head,
    read_rows,
)
from passerby.ingest.sources.timed_socket import LONGEST_MATCH, TimedSocket, Timeouts
from passerby.text import whole_number

_BOUNDARY = re.compile(r"boundary\s*=\s*(?:\"([^\"]{1,200})\"|'([^']{1,200})'|([^\s;]{1,200}))", re.IGNORECASE)
_BEGIN, _END = b"\xff\xd8", b"\xff\xd9"
_LINE_ENDS: Final = b"\r\n"
_GZIP: Final = 0x1F
_SCAN: Final = 0xDA
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD9)})
"""Markers without a length: TEM, the restarts and a picture's begin (ITU-T T.81, table B.1)."""


class MjpegStream:
    """A camera's pictures, each a JPEG of its own; they carry no time."""

    track = Track(Codec.MJPEG)

    def __init__(
        self,
        timed_socket: TimedSocket,
        source: CameraSource,
        timeouts: Timeouts,
        authorisation: Authorisation,
        attempts: int = 0,
    ) -> None:
        """Asks for the stream, after so many attempts that the camera has answered with a challenge.

        Raises:
            ChallengedError: ask again on a new connection, with what the authorisation has learned.
            SourceError: the camera refuses, redirects, or sends no stream of pictures.
        """
        self._socket, self._source, self._timeouts = timed_socket, source, timeouts
        self._delimiter = self._handshake(authorisation, attempts)

    def _handshake(self, authorisation: Authorisation, attempts: int) -> "Delimiter":
        self._socket.expect("the answer to GET", self._timeouts.answer_s)
        target = quote(self._source.path, safe=URI_CHARACTERS)
        self._socket.send(self._request(target, authorisation.header("GET", target)))
        head = read_head(self._socket)
        if not head.first_line.startswith("HTTP/"):
            raise StreamError(f"what answers does not speak HTTP: {quoted(head.first_line)!r}. Check the port.")
        if head.status == 401 and authorisation.learn(head.fields.get("www-authenticate", ()), attempts):
            raise ChallengedError
        check_status(head, self._source.user)
        if "chunked" in head.field("transfer-encoding").lower():  # some do so even where HTTP/1.0 was asked for
            self._socket.decode_with(ChunkDecoder().decode)
        kind = head.field("content-type")
        if kind.lower().startswith("image/"):
            raise StreamError(
                f"the camera sends one picture ({quoted(kind)}), not a stream of them. "
                "Put the path of its MJPEG stream into the address."
            )
        if not kind.lower().startswith("multipart/"):
            raise StreamError(
                f"the camera sends {quoted(kind) or 'nothing that it names'}, not a stream of JPEG pictures. "
                "Check the path in the address."
            )
        boundary = _BOUNDARY.search(kind)
        return Delimiter((boundary[1] or boundary[2] or boundary[3]).encode("latin-1") if boundary else None)

    def _request(self, target: str, authorisation: str | None) -> bytes:
        source = self._source
        rows = [f"GET {target} HTTP/1.0", f"Host: {host_in_uri(source)}:{source.port or source.kind.default_port}"]
        rows += ["User-Agent: passerby", "Accept: multipart/x-mixed-replace, image/jpeg"]
        rows.append("Accept-Encoding: identity")
        if authorisation is not None:
            rows.append(f"Authorization: {authorisation}")
        return ("\r\n".join(rows) + "\r\n\r\n").encode("latin-1")

    def pictures(self) -> Iterator[CodedPicture]:
        """Yields the pictures as they arrive.

        Raises:
            SourceError: the stream ended, went silent, or is none.
            StoppedError: the stream was stopped.
        """
        self._socket.expect("the next picture", self._timeouts.silent_s)
        fields = self._first_fields()
        while True:
            content, ended = self._content(fields)
            if content.startswith(_BEGIN) or _may_be_picture(fields):
                whole = _is_whole(content)
                yield CodedPicture(content, None, key=True, damaged=not whole)
                self._socket.expect("the next picture", self._timeouts.silent_s)
            else:
                whole = False
            if not ended and not (whole and self._at_next_part()):
                # Some cameras leave the line end out behind a picture; an unknown name is one behind a picture alone.
                self._socket.put_back((_END if whole else b"") + _LINE_ENDS)
                self._until_delimiter(None)
            fields = self._fields()

    def _at_next_part(self) -> bool:
        """Returns whether the next part begins at once: a few cameras write lengths, and no line between the parts."""
        while self._socket.peek() in _LINE_ENDS:
            self._socket.exactly(1)
        start = next((each for each in (_BEGIN, b"Content-", b"content-") if self._socket.peek() == each[0]), b"")
        return bool(start) and bytes(self._socket.peek(place) for place in range(len(start))) == start

    def _first_fields(self) -> dict[str, str]:
        """Returns the fields of the first part; some cameras leave the delimiter in front of it out.

        Others give it another name than they announced, or announce none: what begins with two dashes here is it.
        """
        while self._socket.peek() in _LINE_ENDS:
            self._socket.exactly(1)
        if self._socket.peek() == _GZIP:
            raise StreamError("the camera compresses its stream (gzip). Switch that off in the camera.")
        if self._socket.peek() != _BEGIN[0]:
            row = self._socket.until(b"\n", HEAD_BYTES) + b"\n"
            if row.startswith(b"--") and not self._delimiter.search(bytearray(_LINE_ENDS + row), 0):
                self._delimiter = Delimiter(row.rstrip())
            # The line end is put in front, so that the first delimiter stands between two, as the others do.
            self._socket.put_back(_LINE_ENDS + row)
            if self._delimiter.search(bytearray(_LINE_ENDS + row), 0) or b":" not in row:
                self._until_delimiter(None)
            else:
                self._socket.exactly(len(_LINE_ENDS))
        return self._fields()

    def _until_delimiter(self, enough: int | None) -> tuple[bytes, bool]:
        content, found = self._socket.until_found(self._delimiter.search, MAX_PICTURE_BYTES, enough)
        if found is not None and found["end"]:
            raise StreamError("the camera ended its stream")
        if found is not None and found["other"]:
            self._delimiter = Delimiter(found["other"])
        return content, found is not None

    def _fields(self) -> dict[str, str]:
        """Returns the fields of a part by their names in lower case; none where its picture begins at once."""
        if self._socket.peek() == _BEGIN[0]:
            return {}
        rows = (row.partition(":") for row in read_rows(self._socket))
        return {name.strip().lower(): value.strip() for name, _, value in rows}

    def _content(self, fields: dict[str, str]) -> tuple[bytes, bool]:
        """Returns a part's content, and whether the delimiter behind it was taken, too.

        Its stated length is believed where a whole picture is so long; else the delimiter is searched.
        """
        length = whole_number(fields.get("content-length", "")) or 0
        # Without content the next delimiter stands right behind the fields, whose line end was taken with them.
        self._socket.put_back(_LINE_ENDS)
        content, ended = self._until_delimiter(length + len(_LINE_ENDS) if length else None)
        if not ended and _may_be_picture(fields) and not _is_whole(content.lstrip(_LINE_ENDS)):
            self._socket.put_back(content)
            content, ended = self._until_delimiter(None)
        return content.lstrip(_LINE_ENDS), ended

    def take_report(self) -> None:
        """Returns None: nothing here says anything of a clock."""

    def teardown(self) -> None:
        """Does nothing: closing the connection ends an HTTP stream."""


class Delimiter:
    """The line between two parts, with its end and that of the line before it, which may be missing behind a picture.

    Half of all cameras write the leading dashes into the boundary's name, the other half only before the parts; some
    leave them out there. Others announce no name, or another than they write, or change it: right behind a picture's
    end, a line that begins with two dashes is one, whatever its name.
    """

    _MAX_DASHES = 80
    _OTHER = re.compile(rb"(?:\r?\n){0,2}(?P<other>--[!-~][ -~]{0,199})(?P<end>(?!))?\r?\n")

    def __init__(self, boundary: bytes | None) -> None:
        """Args: boundary: its name; None where it is not known."""
        self._known = boundary is not None
        self._name = (boundary or b"").strip(b" \t").lstrip(b"-")
        dashes = b"-{%d,%d}" % (0 if self._name else 2, self._MAX_DASHES)
        self._line = re.compile(
            rb"(?P<other>(?!))?(?:\r?\n|(?<=\xff\xd9))"
            + dashes
            + re.escape(self._name)
            + rb"(?P<end>--)?-{0,80}[ \t]{0,80}\r?\n"
        )

    def search(self, buffer: bytearray, start: int) -> re.Match[bytes] | None:
        """Returns the first one in the buffer from a place on."""
        named = self._named(buffer, start) if self._known else None
        other = self._other(buffer, start)
        return other if other is not None and (named is None or other.end() < named.end()) else named

    # The plain searches are some fifty times as fast as those of the expressions, and a picture has many bytes.
    def _named(self, buffer: bytearray, start: int) -> re.Match[bytes] | None:
        literal = self._name or b"\n--"
        at = buffer.find(literal, start)
        while at >= 0:
            found = self._line.match(buffer, max(start, self._line_place(buffer, at)), at + LONGEST_MATCH)
            if found is not None:
                return found
            at = buffer.find(literal, at + 1)
        return None

    def _line_place(self, buffer: bytearray, at: int) -> int:
        """Returns where the line that the name at a place may stand in begins, its line end of before included."""
        if not self._name:  # the place is that of the line end
            return at - (buffer[max(0, at - 1) : at] == b"\r")
        before = bytes(buffer[max(0, at - self._MAX_DASHES - 2) : at]).rstrip(b"-")
        lacking = before.removesuffix(b"\n").removesuffix(b"\r") if before.endswith(b"\n") else before
        return max(0, at - self._MAX_DASHES - 2) + len(lacking)

    def _other(self, buffer: bytearray, start: int) -> re.Match[bytes] | None:
        at = buffer.find(_END, start)
        while at >= 0:
            found = self._OTHER.match(buffer, at + len(_END), at + LONGEST_MATCH)
            if found is not None:
                return found
            at = buffer.find(_END, at + 1)
        return None


def _may_be_picture(fields: dict[str, str]) -> bool:
    """Returns whether a part is said to be a picture, or nothing is said; others are sound, or words on the camera."""
    kind = fields.get("content-type", "").lower()
    return not kind or kind.startswith(("image/", "application/octet-stream"))


def _is_whole(picture: bytes) -> bool:
    """Returns whether a picture has its end; one that was cut off would show grey below the cut.

    Only an end behind the scan's head is one: a small picture within the head (EXIF) has an end of its own. What
    follows it, however long, is no part of the picture.
    """
    return picture.startswith(_BEGIN) and picture.find(_END, _scan_place(picture)) >= 0


def _scan_place(picture: bytes) -> int:
    """Returns where the first scan begins, walking the segments in front of it; the picture's length without one."""
    at = len(_BEGIN)
    while at + 4 <= len(picture):
        marker = picture[at + 1]
        if picture[at] != 0xFF:  # decoders skip what stands between two segments, and so does this
            found = picture.find(b"\xff", at)
            at = found if found >= 0 else len(picture)
        elif marker == _SCAN:
            return at
        elif marker == 0xFF:  # a byte that fills up (ITU-T T.81, B.1.1.2)
            at += 1
        else:
            at += 2 if marker in _ALONE else 2 + int.from_bytes(picture[at + 2 : at + 4], "big")
    return len(picture)


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
