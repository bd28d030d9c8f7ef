"""Which push services are spoken to: those that the site file names, whatever a browser says."""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

MAX_URL_LETTERS: Final = 1000
MAX_NAME_LETTERS: Final = 253

_LABEL = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_SERVICE = re.compile(rf"(\*\.)?{_LABEL}(\.{_LABEL})*(:[1-9][0-9]{{0,4}})?")


def is_service(text: str) -> bool:
    """Returns whether it names push services: a host in small letters, or `*.` and a domain of two labels or more.

    >>> is_service("fcm.googleapis.com"), is_service("*.notify.windows.com"), is_service("*.com"), is_service("https://x")
    (True, True, False, False)
    """
    wide = text.startswith("*.") and "." not in text[2:]
    return bool(_SERVICE.fullmatch(text)) and not wide and len(text) <= MAX_NAME_LETTERS


def refused_endpoint(url: str, services: Sequence[str]) -> str:
    """Returns why an address that a browser names is not sent to; empty where it is.

    It comes from outside: only hosts that the site file names are ever asked.

    >>> refused_endpoint("https://push.example.org/x", ["push.example.org"])
    ''
    >>> refused_endpoint("https://wns2.notify.example.org/x", ["*.notify.example.org"])
    ''
    >>> refused_endpoint("https://127.0.0.1/x", ["push.example.org"])
    'its host is none of the push services that the site file names'
    """
    plain = url.isascii() and url.isprintable() and not set(url) & set(" \\#\"'<>") and len(url) <= MAX_URL_LETTERS
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "its address cannot be read"
    if not plain or parts.scheme != "https" or "@" in parts.netloc or not host:
        return "its address is no plain one that begins with https://"
    named = host if port in (None, 443) else f"{host}:{port}"
    if not any(named == service or (service.startswith("*.") and named.endswith(service[1:])) for service in services):
        return "its host is none of the push services that the site file names"
    return ""
