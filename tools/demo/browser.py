"""A person's browser: its cookies, and the forms of the pages sent as a page sends them."""

import http.cookiejar
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from html import unescape
from typing import Any


class DemoError(Exception):
    """The service does not answer as it should."""


@dataclass(frozen=True, slots=True)
class Page:
    """What came back: the address after all redirects, and the text."""

    address: str
    text: str

    def found(self, pattern: str) -> str:
        """Returns the first group of a pattern in the page.

        Raises:
            DemoError: it is not there.
        """
        match = re.search(pattern, self.text, re.DOTALL)
        if match is None:
            raise DemoError("A page of the service is another one than the demo expects.")
        return unescape(match[1])


class Browser:
    """One person's session with the service."""

    def __init__(self, address: str) -> None:
        """Takes the service's address; has not come in yet."""
        self.address = address
        self._cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self._cookies)
        )

    @property
    def cookie(self) -> str:
        """The session, as a header's value."""
        return "; ".join(f"{one.name}={one.value}" for one in self._cookies)

    def open(self, path: str, content: bytes | None = None, kind: str = "", method: str | None = None) -> Any:
        """Sends a request, and returns the answer to be read.

        Raises:
            OSError: the service does not answer, or refuses.
        """
        headers = {"Origin": self.address, **({"Content-Type": kind} if kind else {})}
        wanted = urllib.parse.urljoin(self.address, path)
        return self._opener.open(urllib.request.Request(wanted, content, headers, method=method), timeout=10)

    def page(self, path: str, **fields: str) -> Page:
        """Reads a page, or sends a form's fields to it.

        Raises:
            DemoError: it was refused; says why.
        """
        content = urllib.parse.urlencode(fields).encode() if fields else None
        try:
            with self.open(path, content, "application/x-www-form-urlencoded" if fields else "") as answer:
                return Page(answer.url, answer.read().decode())
        except urllib.error.HTTPError as refusal:
            said = re.sub(r"<[^>]+>|\s+", " ", refusal.read().decode(errors="replace"))[:300]
            # Without what follows a second slash: an invitation's address is a secret.
            raise DemoError(f"/{path.split('/')[1]} was refused ({refusal.code}): {said}") from None

    def ask(self, method: str, path: str, value: object = None) -> Any:
        """Sends JSON and returns the JSON of the answer.

        Raises:
            DemoError: it was refused.
        """
        content = b"" if value is None else json.dumps(value).encode()
        try:
            with self.open(path, content, "application/json", method) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as refusal:
            raise DemoError(f"{path} was refused ({refusal.code}): {refusal.read()[:300]!r}") from None
