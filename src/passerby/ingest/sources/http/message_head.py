"""Heads of RTSP and HTTP responses: parsed within limits, and refused with errors that name what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from passerby.domain.errors import AddressRefusedError
from passerby.domain.sources import CameraSource
from passerby.ingest.sources.errors import CredentialsRefusedError, StreamError, quoted
from passerby.ingest.sources.timed_socket import TimedSocket
from passerby.text import whole_number

HEAD_BYTES: Final = 1 << 14
BODY_BYTES: Final = 1 << 16
MAX_EMPTY_ROWS: Final = 16

URI_CHARACTERS: Final = "/?&=%:@!$'()*+,;~-._[]"
"""What a request's URI keeps as it is (RFC 3986, section 2.2, and `%`); all else is percent-encoded."""


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """The head of a camera's response, and its body where it has one.

    Attributes:
        first_line: its first line.
        fields: name in lower case -> its values.
        body: what follows, as long as `Content-Length` states.
    """

    first_line: str
    fields: Mapping[str, Sequence[str]]
    body: bytes = b""

    def field(self, name: str, otherwise: str = "") -> str:
        """Returns the first value of a field, or `otherwise` where there is none."""
        values = self.fields.get(name)
        return values[0] if values else otherwise

    @property
    def status(self) -> int:
        """The status code; 0 where there is none."""
        words = self.first_line.split(None, 2)
        return (whole_number(words[1]) or 0) if len(words) > 1 and len(words[1]) == 3 else 0


def host_in_uri(source: CameraSource) -> str:
    """Returns the camera's host as a URI holds it: an IPv6 address in brackets (RFC 3986, section 3.2.2)."""
    return f"[{source.host}]" if ":" in source.host else source.host


def read_rows(timed_socket: TimedSocket, max_bytes: int = HEAD_BYTES) -> list[str]:
    """Returns the rows of a head, up to the empty one that ends it; they may end in a bare LF (RFC 9112, section 2.2).

    Raises:
        StreamError: as `TimedSocket.until`.
    """
    rows: list[str] = []
    came = 0
    while True:
        row = timed_socket.until(b"\n", max_bytes)
        came += len(row) + 1
        if came > max_bytes:
            raise StreamError(f"the camera sends a head without end: more than {max_bytes:,} bytes; it was given up")
        text = row.removesuffix(b"\r").decode("latin-1")
        if not text:
            return rows
        if rows and text[0] in " \t":  # a folded row (RFC 9112, section 5.2)
            rows[-1] += " " + text.strip()
        else:
            rows.append(text)


def read_head(timed_socket: TimedSocket, protocol: str = "") -> ResponseHead:
    """Reads the next head, without its body; empty rows in front of it are skipped.

    Args:
        timed_socket: where it comes from.
        protocol: rows in front of the first one that names it are left out, if there is such a one.
    """
    rows: list[str] = []
    for _ in range(MAX_EMPTY_ROWS):
        if rows := read_rows(timed_socket):
            break
    start = next((number for number, row in enumerate(rows) if protocol in row), 0)
    first_line, *rest = rows[start:] or [""]
    fields: dict[str, list[str]] = {}
    for row in rest:
        name, colon, value = row.partition(":")
        if colon:
            fields.setdefault(name.strip().lower(), []).append(value.strip())
    return ResponseHead(first_line, fields)


def body_length(answer: ResponseHead, max_bytes: int = BODY_BYTES) -> int:
    """Returns how many bytes of body follow the head.

    Raises:
        StreamError: no number, or more than we take.
    """
    stated = answer.field("content-length") or "0"
    length = whole_number(stated)
    if length is None or length > max_bytes:
        raise StreamError(f"the camera announces {quoted(stated)} bytes, more than {max_bytes:,}; it was given up")
    return length


def check_status(answer: ResponseHead, user: str) -> None:
    """Raises an error for every status but success.

    Raises:
        AddressRefusedError: a redirect; wherever it leads, it is not the address in the site file.
        CredentialsRefusedError: user or password are missing or wrong.
        StreamError: anything else.
    """
    status = answer.status
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        there = quoted(answer.field("location", "somewhere else"))
        raise AddressRefusedError(
            f"the camera redirects to {there}: refused. If that is right, write the new address into the site file."
        )
    if status in (401, 403):
        whom = f"the user {quoted(user)!r} or the password" if user else "a caller without user and password"
        raise CredentialsRefusedError(f"the camera does not accept {whom} (answer {status}). Check them.")
    if status == 404:
        raise StreamError("the camera knows no such stream (answer 404). Check the path in the address.")
    if status == 453:
        raise StreamError("the camera has no bandwidth left for one more viewer (answer 453).")
    if status == 461:
        raise StreamError(
            "the camera does not send its stream in this way (answer 461). Try another `transport` in the site file."
        )
    if status == 0:
        raise StreamError(f"what answers is no camera stream: {quoted(answer.first_line)!r}. Check the port.")
    raise StreamError(f"the camera answers {quoted(answer.first_line)!r}")
