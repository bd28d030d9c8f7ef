"""HTTPS requests to an address that was checked, within bounds of time and of what is read of the answer."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, Self
from urllib.parse import urlsplit

import httpx

from passerby.publish.outlets.addresses import Resolve, allowed_addresses
from passerby.publish.outlets.outlet import DeliveryError
from passerby.publish.outlets.trust import trust, why_failed
from passerby.text import whole_number
from passerby.units import NS_PER_S

HTTPS_PORT: Final = 443


@dataclass(frozen=True, slots=True)
class Limits:
    """How long one attempt may take.

    Attributes:
        connect_s: until the connection stands, TLS included.
        answer_s: for each wait on the receiver.
        total_s: for all of it.
    """

    connect_s: float = 5.0
    answer_s: float = 10.0
    total_s: float = 20.0


DEFAULT_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who is posted to.

    Attributes:
        what: what it is, before its host in errors.
        url: `https://`; no error shows more of it than its host.
        inside: it may lie in this network, by the site file's own word.
        ca_file: certificates that it is checked against; empty for the system's.
    """

    what: str
    url: str = field(repr=False)
    inside: bool = False
    ca_file: str = ""

    @property
    def host(self) -> str:
        """The name that its certificate has to have."""
        return urlsplit(self.url).hostname or ""

    @property
    def name(self) -> str:
        """What errors call it."""
        return f"{self.what} {self.host}"


async def posted(
    receiver: Receiver,
    body: bytes,
    headers: Mapping[str, str],
    resolve: Resolve,
    limits: Limits = DEFAULT_LIMITS,
) -> httpx.Response:
    """Returns the answer's status and heads; redirects are not followed, and no proxy of the environment is used.

    Nothing of the answer's body is read: the status says it all, and a receiver cannot fill this machine's memory.

    Raises:
        DeliveryError: there was no answer in time, or the receiver may not be reached.
    """
    async with Posting(receiver, resolve, limits) as posting:
        return await posting.post(body, headers)


class Posting:
    """Requests to one receiver, one after another, over one connection where the receiver keeps it open.

    The receiver's name is resolved and its addresses are checked with the first request; all requests go to these.

    Args:
        receiver: who is posted to.
        resolve: finds its addresses.
        limits: how long each request may take.
        read_bytes: how much of an answer is read at most; what is longer is cut off there.
    """

    def __init__(
        self, receiver: Receiver, resolve: Resolve, limits: Limits = DEFAULT_LIMITS, read_bytes: int = 0
    ) -> None:
        self._receiver, self._resolve, self._limits, self._read_bytes = receiver, resolve, limits, read_bytes
        self._client: httpx.AsyncClient | None = None
        self._addresses: tuple[str, ...] = ()

    async def __aenter__(self) -> Self:
        """Begins; nothing is connected to yet."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Closes the connection."""
        if self._client is not None:
            await self._client.aclose()

    async def post(self, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        """Returns the answer, with as much of its body as is read.

        Raises:
            DeliveryError: there was no answer in time, or the receiver may not be reached.
        """
        try:
            async with asyncio.timeout(self._limits.total_s):
                return await self._posted(body, headers)
        except TimeoutError:
            why = f"no answer within {self._limits.total_s:g} s"
            raise DeliveryError(f"{self._receiver.name}: {why}", retry=True) from None

    async def _posted(self, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        receiver = self._receiver
        if self._client is None:
            port = urlsplit(receiver.url).port or HTTPS_PORT
            trusted = await asyncio.to_thread(trust, receiver.ca_file)
            self._addresses = await allowed_addresses(
                receiver.host, port, inside=receiver.inside, resolve=self._resolve
            )
            timeout = httpx.Timeout(self._limits.answer_s, connect=self._limits.connect_s)
            self._client = httpx.AsyncClient(timeout=timeout, verify=trusted, trust_env=False, follow_redirects=False)
        why = ""
        for address in self._addresses:
            try:
                answer = await self._answer(self._client, address, body, headers)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                why = why_failed(error)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                # Its text may name the address with what is secret in it.
                raise DeliveryError(f"{receiver.name}: {why_failed(error)}", retry=True) from None
            else:
                self._addresses = (address,)
                return answer
        raise DeliveryError(f"{receiver.name}: {why}", retry=True)

    async def _answer(
        self, client: httpx.AsyncClient, address: str, body: bytes, headers: Mapping[str, str]
    ) -> httpx.Response:
        """Posts to one address that was checked: the name is for the certificate and the head alone."""
        url = httpx.URL(self._receiver.url).copy_with(host=address)
        heads = {
            **headers,
            "Host": urlsplit(self._receiver.url).netloc,
            "User-Agent": "passerby",
            "Accept-Encoding": "identity",
        }
        sni = {"sni_hostname": self._receiver.host}
        async with client.stream("POST", url, content=body, headers=heads, extensions=sni) as answer:
            if not self._read_bytes:
                return answer
            read = b""
            async for piece in answer.aiter_raw():
                read += piece
                if len(read) >= self._read_bytes:
                    break
            # Of the heads these alone: one that says how the body is packed would have it unpacked, whatever its size.
            kept = {name: answer.headers[name] for name in ("Retry-After", "Date") if name in answer.headers}
            return httpx.Response(answer.status_code, headers=kept, content=read[: self._read_bytes])


def waited_s(text: str, now_ns: int) -> float | None:
    """Returns the seconds that a `Retry-After` asks to wait for; None where it says nothing.

    >>> waited_s("120", 0), waited_s("Thu, 01 Jan 1970 00:02:00 GMT", 0), waited_s("soon", 0)
    (120.0, 120.0, None)
    """
    seconds = whole_number(text.strip())
    if seconds is not None:
        return float(seconds)
    try:
        until = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.fromtimestamp(now_ns / NS_PER_S, UTC)).total_seconds())
