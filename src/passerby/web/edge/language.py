"""In which language a page is read: as it was chosen on a page or in the application, else as the browser prefers."""

import re
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers
from starlette.types import Scope

from passerby.register.serbian import to_cyrillic
from passerby.web.edge.serbian import BEGINNINGS, SERBIAN

LANGUAGES: Final = {"en": "English", "sr-Latn": "Srpski", "sr-Cyrl": "Српски"}
"""Tag -> the language's own name; `ui/src/lib/language.svelte.ts` has the same."""

_PARAMETERS: Final = ("to",)
"""Where to go after the log-in. No other parameter stands in a link: a provider's answer has a code among them."""

COOKIE: Final = "passerby_language"
"""Name of the cookie with the language that was chosen; the application sets and reads it, too."""

COOKIE_S: Final = 365 * 24 * 3600

_KEPT: Final = re.compile(r"(`[^`]*`|passerby|API|QR)")
_MAX_WANTED: Final = 20


@dataclass(frozen=True, slots=True)
class Reader:
    """In which language a page is read.

    Attributes:
        language: a tag of `LANGUAGES`.
        chosen: it was chosen with this very request, so that the browser is to keep it.
        path: the page's address, where it can be asked for again; empty where it cannot.
        query: what its links in other languages keep of the page's address.
        secure: the request came over TLS.
    """

    language: str = "en"
    chosen: bool = False
    path: str = ""
    query: tuple[tuple[str, str], ...] = ()
    secure: bool = False

    def in_language(self, language: str) -> str:
        """Returns the address of the same page in another language."""
        return f"?{urlencode([*self.query, ('language', language)])}"


class Translated(str):
    """A text that is in the language that is read already."""

    __slots__ = ()


_ENGLISH: Final = Reader()
_reader: ContextVar[Reader] = ContextVar("reader", default=_ENGLISH)


def reader() -> Reader:
    """Returns who reads the page of this request."""
    return _reader.get()


def translated(english: str, **values: object) -> Translated:
    """Returns a text of a page in the language that is read, with its places filled; what has no Serbian is English."""
    return _written(english, SERBIAN.get(english), values)


def translated_each(*english: str) -> list[str]:
    """Returns several texts in the language that is read, as the heads of a table."""
    return [translated(each) for each in english]


def translated_value(value: StrEnum) -> Translated:
    """Returns a value of a set, such as a role or a purpose, as words in the language that is read."""
    return translated(value.value.replace("_", " "))


def translated_fault(english: str) -> Translated | None:
    """Returns what a fault's English text says in the language that is read; None where only English says it."""
    found = next((serbian for start, serbian in BEGINNINGS.items() if english.startswith(start)), None)
    return None if found is None else _written(english, found, {})


def _written(english: str, serbian: str | None, values: dict[str, object]) -> Translated:
    language = reader().language
    text = english if language == "en" or serbian is None else serbian
    if language == "sr-Cyrl" and serbian is not None:
        # Names and the places of values stay in the script that they have.
        parts = re.split(r"(\{\w+\})", text)
        text = "".join(part if part.startswith("{") else _cyrillic(part) for part in parts)
    return Translated(text.format(**values) if values else text)


def _cyrillic(text: str) -> str:
    return "".join(part if _KEPT.fullmatch(part) else to_cyrillic(part) for part in _KEPT.split(text))


def read_by(scope: Scope) -> None:
    """Has everything that is written for a request be in the language of its reader."""
    _reader.set(reader_of(scope))


def reader_of(scope: Scope) -> Reader:
    """Returns in which language a request's page is read: by its address, the cookie, or what the browser prefers."""
    headers = Headers(scope=scope)
    try:
        query = parse_qsl(scope.get("query_string", b"").decode("latin-1"), max_num_fields=_MAX_WANTED)
    except ValueError:
        query = []
    named = next((value for name, value in query if name == "language" and value in LANGUAGES), None)
    path = scope["path"] if scope.get("method") in ("GET", "HEAD") else ""
    rest = tuple(pair for pair in query if pair[0] in _PARAMETERS)
    language = named or _kept(headers) or preferred(headers.get("accept-language", ""))
    return Reader(language, named is not None, path, rest, scope.get("scheme") == "https")


def _kept(headers: Headers) -> str | None:
    for part in headers.get("cookie", "").split(";"):
        try:
            jar = SimpleCookie(part.strip())
        except CookieError:
            continue
        if COOKIE in jar and jar[COOKIE].value in LANGUAGES:
            return jar[COOKIE].value
    return None


def preferred(accepted: str) -> str:
    """Returns the language for what a browser accepts, best first (RFC 9110); the order is taken as it stands.

    >>> preferred("sr-RS,sr;q=0.9,en;q=0.5")
    'sr-Cyrl'
    >>> preferred("de, hr;q=0.4")
    'sr-Latn'
    """
    for part in accepted.split(",")[:_MAX_WANTED]:
        tag = part.partition(";")[0].strip().lower()
        if tag.startswith("en"):
            return "en"
        if tag.startswith(("sr-latn", "bs", "hr")):
            return "sr-Latn"
        if tag.startswith("sr"):
            return "sr-Cyrl"
    return "en"
