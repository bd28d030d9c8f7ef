"""A camera's address in a site file, taken apart; one that holds credentials is refused without repeating them."""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from passerby.domain.sources import SourceKind

MAX_LETTERS = 1000
_HOST = re.compile(r"^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$")
_NAMED_PASSWORD = re.compile(r"(pass(word|wd|phrase)?|pwd|psw|secret|token|api_?key)=[^&_]", re.IGNORECASE)
_NO_CREDENTIALS = (
    "credentials do not belong into the address, which ends up in logs: give user, and password or password_from, "
    "beside it"
)


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a camera.

    Attributes:
        kind: the protocol.
        host: name in small letters, or address without brackets.
        port: TCP port.
        path: what follows, query included; begins with `/`.
    """

    kind: SourceKind
    host: str
    port: int
    path: str


def address_of(text: str, kinds: Sequence[SourceKind]) -> Address:
    """Returns the parts of an address of one of `kinds`.

    Raises:
        ValueError: holds what is wrong, and never repeats the text, which may hold a password.

    >>> address_of("rtsp://10.1.2.3/stream2", [SourceKind.RTSP]).port
    554
    """
    example = f"{kinds[0].value}://10.1.2.3/stream"
    scheme = text.partition("://")[0].lower() if "://" in text else ""
    if scheme not in kinds:
        known = " or ".join(f"{kind.value}://" for kind in kinds)
        raise ValueError(f"the address must begin with {known}, such as {example}")
    if "@" in text.partition("?")[0]:
        raise ValueError(f"{_NO_CREDENTIALS}. An @ that belongs to the path is written %40")
    if _NAMED_PASSWORD.search(text):
        raise ValueError(_NO_CREDENTIALS)
    if len(text) > MAX_LETTERS or not (text.isascii() and text.isprintable()) or set(text) & set(" \\<>\"'`{}|^"):
        raise ValueError(
            f"an address has at most {MAX_LETTERS} ASCII letters, without spaces and quotes; write others as %XX"
        )
    return _taken_apart(text, SourceKind(scheme), example)


def _taken_apart(text: str, kind: SourceKind, example: str) -> Address:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(f"the host or the port cannot be read; write {example}, a port from 1 to 65535") from None
    host = parts.hostname or ""
    if not _is_host(host, parts) or port == 0:
        raise ValueError(f"the host or the port cannot be read; write {example}, a port from 1 to 65535")
    if parts.fragment:
        raise ValueError("an address of a camera has no # in it; write %23 if it belongs to the path")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(kind, host, port or kind.default_port, path)


def _is_host(host: str, parts: SplitResult) -> bool:
    if "[" in parts.netloc:
        try:
            ipaddress.IPv6Address(host)
        except ValueError:
            return False
        return "%" not in host
    return bool(_HOST.match(host))
