"""Errors that end a camera's stream, with what to do about them, and never with its password."""

import base64
import re
from urllib.parse import quote, quote_plus

from passerby.domain.errors import SourceError
from passerby.text import in_nfc, printable, shortened


class StreamError(SourceError):
    """A stream that ended or never began; the next attempt may do better.

    Attributes:
        measured_s: seconds for which nothing came, where that was the reason.
        threshold_s: the seconds that were allowed.
    """

    def __init__(self, why: str, measured_s: float | None = None, threshold_s: float | None = None) -> None:
        super().__init__(why)
        self.measured_s, self.threshold_s = measured_s, threshold_s


class CredentialsRefusedError(StreamError):
    """The camera refuses user and password; many lock an account after a few attempts, so the next one comes late."""


class ConnectionEndedError(StreamError):
    """The camera closed the connection, or it broke."""


class ChallengedError(Exception):
    """The camera demands user and password, its challenge is stored, and it wants the request on a new connection."""


class StoppedError(Exception):
    """The stream was stopped by its reader."""


LONGEST_QUOTE = 120
LONGEST_LOOK = 4096
"""Letters of a text in which credentials are looked for; no more of it is shown anyway."""

_CREDENTIALS = re.compile(r"(//)[^\s<>\"']*@|()[^\s<>\"'/:]+:(?!//)[^\s<>\"']*@")
_QUERY = re.compile(r"(//[^\s<>\"'?]*)\?[^\s<>\"']*")


def quoted(text: str | bytes) -> str:
    """Returns a camera's text as a log may hold it: printable, short, and without credentials of any address in it."""
    words = (text.decode("latin-1") if isinstance(text, bytes) else text)[:LONGEST_LOOK]
    without = _QUERY.sub(r"\1", _CREDENTIALS.sub(lambda found: found[1] or "", words))
    return shortened(printable(without.strip()), LONGEST_QUOTE)


HIDDEN = "***"
SHORTEST_HIDDEN = 3
"""Shorter passwords would hide parts of ordinary words."""


def without_password(text: str, user: str, password: str) -> str:
    """Returns a text without a password that a camera repeats: as it is, as in an address, or as Basic sends it."""
    if len(password) < SHORTEST_HIDDEN:
        return text
    forms = set()
    for name, secret in {(user, password), (in_nfc(user), in_nfc(password))}:
        as_bytes = secret.encode("utf-8", "replace").decode("latin-1")  # a camera's head is held as Latin-1
        basic = base64.b64encode(f"{name}:{secret}".encode("utf-8", "replace")).decode("ascii")
        forms |= {
            secret,
            as_bytes,
            printable(as_bytes),
            quote(secret),
            quote(secret, safe=""),
            quote_plus(secret),
            basic,
        }
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, HIDDEN)
    return text
