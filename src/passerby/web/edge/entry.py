"""Who may come in: a link that works once, and the signed cookie that it is changed into."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from pathlib import Path

from passerby.files import PRIVATE, replacing
from passerby.units import DAY_S, MINUTE_S, NS_PER_S

LINK_LIFE_S = 15 * MINUTE_S
"""Long enough to carry a link to a browser, short enough that an old terminal gives nothing away."""

SESSION_LIFE_S = 7 * DAY_S

_KEY_BYTES = 32


class Entry:
    """Hands out the one-time link, and knows its guests by their cookie.

    A session is nothing but the cookie: its end and a random word, signed. With the same key a service that was started
    anew still knows it; a new key ends all sessions.

    Args:
        key: at least 32 secret bytes that cookies are signed with; None for new ones.
        clock: UTC nanoseconds now.
    """

    def __init__(self, key: bytes | None = None, clock: Callable[[], int] = time.time_ns) -> None:
        if key is not None and len(key) < _KEY_BYTES:
            raise ValueError(f"key: at least {_KEY_BYTES} bytes are needed, got {len(key)}")
        self._key = key or secrets.token_bytes(_KEY_BYTES)
        self._clock = clock
        self._token: str | None = None
        self._token_end_s = 0.0
        # Cookies do not know ports: two services on one machine would overwrite each other's.
        self.cookie = f"passerby_{hashlib.sha256(b'cookie name' + self._key).hexdigest()[:8]}"

    def __repr__(self) -> str:
        return "Entry()"

    def renew(self) -> None:
        """Makes a new link; the one before works no more."""
        self._token = secrets.token_urlsafe(_KEY_BYTES)
        self._token_end_s = self._now_s() + LINK_LIFE_S

    def link(self, host: str, port: int) -> str:
        """Returns the one-time link; a new one if the last was used or is too old."""
        if self._token is None or self._now_s() >= self._token_end_s:
            self.renew()
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{port}/open/{self._token}"

    def admit(self, token: str) -> str | None:
        """The cookie's value for the token of a link that still works; the link is used up by it."""
        expected, end_s = self._token, self._token_end_s
        if expected is None or not hmac.compare_digest(expected.encode(), token.encode("utf-8", "replace")):
            return None
        self._token = None
        if self._now_s() >= end_s:
            return None
        session = f"{int(self._now_s()) + SESSION_LIFE_S}.{secrets.token_hex(16)}"
        return f"{session}.{self._signature(session)}"

    def knows(self, cookie: str) -> bool:
        """The cookie is one of ours and has not ended."""
        session, _, signature = cookie.rpartition(".")
        if not hmac.compare_digest(self._signature(session).encode(), signature.encode("utf-8", "replace")):
            return False
        return self._now_s() < int(session.partition(".")[0])

    def _signature(self, session: str) -> str:
        return hmac.new(self._key, b"session " + session.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def _now_s(self) -> float:
        return self._clock() / NS_PER_S


def kept_key(path: Path) -> bytes:
    """Returns the key in a private file; makes it where there is none, and where it is damaged.

    Raises:
        OSError: it can neither be read nor made.
    """
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        key = b""
    if len(key) >= _KEY_BYTES:
        return key
    key = secrets.token_bytes(_KEY_BYTES)
    with replacing(path, mode=PRIVATE, follow=False) as stream:
        stream.write(key)
    return key
