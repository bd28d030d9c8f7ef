"""One HTTPS request to an address that was checked, within bounds of time and without reading what is answered."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
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
    try:
        async with asyncio.timeout(limits.total_s):
            return await _posted(receiver, body, headers, resolve, limits)
    except TimeoutError:
        raise DeliveryError(f"{receiver.name}: no answer within {limits.total_s:g} s", retry=True) from None


async def _posted(
    receiver: Receiver, body: bytes, headers: Mapping[str, str], resolve: Resolve, limits: Limits
) -> httpx.Response:
    port = urlsplit(receiver.url).port or HTTPS_PORT
    trusted = await asyncio.to_thread(trust, receiver.ca_file)
    addresses = await allowed_addresses(receiver.host, port, inside=receiver.inside, resolve=resolve)
    why = ""
    for address in addresses:
        try:
            return await _answer(receiver, address, body, headers, limits, trusted)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            why = why_failed(error)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # Its text may name the address with what is secret in it.
            raise DeliveryError(f"{receiver.name}: {why_failed(error)}", retry=True) from None
    raise DeliveryError(f"{receiver.name}: {why}", retry=True)


async def _answer(
    receiver: Receiver, address: str, body: bytes, headers: Mapping[str, str], limits: Limits, trusted: ssl.SSLContext
) -> httpx.Response:
    """Posts to one address that was checked: the name is for the certificate and the head alone."""
    url = httpx.URL(receiver.url).copy_with(host=address)
    heads = {
        **headers,
        "Host": urlsplit(receiver.url).netloc,
        "User-Agent": "passerby",
        "Accept-Encoding": "identity",
    }
    timeout = httpx.Timeout(limits.answer_s, connect=limits.connect_s)
    async with (
        httpx.AsyncClient(timeout=timeout, verify=trusted, trust_env=False, follow_redirects=False) as client,
        client.stream("POST", url, content=body, headers=heads, extensions={"sni_hostname": receiver.host}) as answer,
    ):
        return answer


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
