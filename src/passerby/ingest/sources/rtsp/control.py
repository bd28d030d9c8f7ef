"""Addresses of a stream and of its parts, sessions and transports: an RTSP camera's fields, read leniently."""

import re
from typing import Final
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from passerby.domain.sources import CameraSource
from passerby.ingest.sources.errors import StreamError, quoted
from passerby.ingest.sources.http.message_head import URI_CHARACTERS, ResponseHead, host_in_uri
from passerby.text import whole_number

KEEP_ALIVE_S: Final = 30.0
"""RFC 2326, section 12.37: a session ends after 60 s without a sign of life, where the camera names no time."""

MIN_KEEP_ALIVE_S: Final = 0.5
_TIMEOUT = re.compile(r'timeout\s*[=:]\s*"?\s*(\d{1,12})', re.IGNORECASE)
_ABSOLUTE = ("rtsp://", "rtsps://")


def address(source: CameraSource) -> str:
    """Returns the camera's address as requests hold it: without credentials, and free of what could break a line."""
    port = "" if source.port in (0, source.kind.default_port) else f":{source.port}"
    return f"{source.kind.value}://{host_in_uri(source)}{port}{quote(source.path, safe=URI_CHARACTERS)}"


def base_of(answer: ResponseHead, asked: str) -> str:
    """Returns what relative control addresses refer to: `Content-Base`, `Content-Location`, or else what was asked for.

    A base without scheme (`192.0.2.1:554/`) is no address, and left out; a path replaces the one asked for.
    """
    for name in ("content-base", "content-location"):
        base = _clean(answer.field(name).strip('"<>'))
        if base.lower().startswith(_ABSOLUTE):
            return base
        if base.startswith("/"):
            return _replaced(asked, base)
    return asked


def joined(base: str, control: str) -> tuple[str, ...]:
    """Returns the addresses at which a part of the stream may be controlled, the likeliest first.

    RFC 2326, C.1.1, has a relative address replace the last part of its base, as in RFC 1808. Most cameras mean it to
    be appended, query and all, and so do FFmpeg and live555; GStreamer does as the standard says.
    """
    clean = _clean(control)
    if clean in ("", "*"):
        return (base,)
    if clean.lower().startswith(_ABSOLUTE):
        return (clean,)
    tail = clean.lstrip("/")
    appended = base + ("" if base.endswith("/") else "/") + tail
    if clean.startswith("/"):
        # `/live/track1` is a path of the camera; `/trackID=1` is mostly one that was meant to be appended.
        pair = (_replaced(base, clean), appended)
        return _each_once(pair if "/" in tail else pair[::-1])
    before, mark, query = base.partition("?")
    within = before + ("" if before.endswith("/") else "/") + tail + mark + query
    return _each_once((appended, within, _joined_by_standard(base, clean)))


def _clean(text: str) -> str:
    """Returns an address that can break no line; without what people alone may append, a fragment."""
    return quote(text.strip().partition("#")[0], safe=URI_CHARACTERS)


def _replaced(base: str, path: str) -> str:
    scheme, _, rest = base.partition("://")
    return f"{scheme}://{rest.partition('/')[0].partition('?')[0]}{path}"


def _joined_by_standard(base: str, relative: str) -> str:
    parts = urlsplit(base)
    try:
        return urlunsplit((parts.scheme, parts.netloc, *urlsplit(urljoin("http://x" + parts.path, relative))[2:4], ""))
    except ValueError:
        return base


def _each_once(addresses: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(addresses))


def session_of(header: str) -> tuple[str, float | None]:
    """Returns a session's name, empty for none that can be sent back, and after how many seconds it wants a request.

    The latter are half of its timeout (RFC 2326, section 12.37); None where the field names none.
    """
    name, _, parameters = header.partition(";")
    found = _TIMEOUT.search(parameters)
    timeout_s = float(found[1]) if found else 0.0
    often_s = min(KEEP_ALIVE_S, max(MIN_KEEP_ALIVE_S, timeout_s / 2)) if timeout_s > 0 else None
    return (name.strip() if name.isprintable() else ""), often_s


def interleaved_channel(transport: str) -> int:
    """Returns the channel of the pictures that the camera confirms (RFC 2326, section 12.39); 0, as asked, without one.

    Raises:
        StreamError: it sends another way.
    """
    keys = {key.strip().lower(): value for key, _, value in (part.partition("=") for part in transport.split(";"))}
    number = whole_number(keys.get("interleaved", "").strip().partition("-")[0].strip())
    if number is not None and number < 256:
        return number
    words = transport.upper()
    if "UDP" in words or "MULTICAST" in words or (words and "TCP" not in words and "SERVER_PORT" in words):
        raise StreamError(
            f"the camera sends its stream another way than it was asked to: {quoted(transport)!r}. "
            "Allow RTSP over TCP in the camera, or set `transport: udp` in the site file."
        )
    return 0
