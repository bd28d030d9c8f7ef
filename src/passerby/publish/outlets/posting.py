"""One HTTPS request to an address that was checked, within bounds of time and without reading what is answered."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import httpx

from passerby.publish.outlets.addresses import Resolve, allowed_addresses
from passerby.publish.outlets.outlet import DeliveryError
from passerby.publish.outlets.trust import trust, why_failed

HTTPS_PORT: Final = 443
CONNECT_S: Final = 5.0
ANSWER_S: Final = 10.0
TOTAL_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who is posted to.

    Attributes:
        url: `https://`; no error shows more of it than its host.
        inside: it may lie in this network, by the site file's own word.
        ca_file: certificates that it is checked against; empty for the system's.
    """

    url: str
    inside: bool = False
    ca_file: str = ""

    @property
    def host(self) -> str:
        """The name that its certificate has to have."""
        return urlsplit(self.url).hostname or ""


async def posted(receiver: Receiver, body: bytes, headers: Mapping[str, str], resolve: Resolve) -> httpx.Response:
    """Returns the answer's status and heads; redirects are not followed, and no proxy of the environment is used.

    Raises:
        DeliveryError: there was none in time, or the receiver may not be reached.
    """
    try:
        async with asyncio.timeout(TOTAL_S):
            return await _posted(receiver, body, headers, resolve)
    except TimeoutError:
        raise DeliveryError(f"{receiver.host}: no answer within {TOTAL_S:g} s", retry=True) from None


async def _posted(receiver: Receiver, body: bytes, headers: Mapping[str, str], resolve: Resolve) -> httpx.Response:
    parts = urlsplit(receiver.url)
    port = parts.port or HTTPS_PORT
    trusted = await asyncio.to_thread(trust, receiver.ca_file)
    why = ""
    for address in await allowed_addresses(receiver.host, port, inside=receiver.inside, resolve=resolve):
        # The name is for the certificate and the head alone: it cannot come to mean another machine.
        url = httpx.URL(receiver.url).copy_with(host=address)
        heads = {**headers, "Host": parts.netloc, "User-Agent": "passerby", "Accept-Encoding": "identity"}
        timeout = httpx.Timeout(ANSWER_S, connect=CONNECT_S)
        try:
            async with (
                httpx.AsyncClient(timeout=timeout, verify=trusted, trust_env=False, follow_redirects=False) as client,
                client.stream(
                    "POST", url, content=body, headers=heads, extensions={"sni_hostname": receiver.host}
                ) as answer,
            ):
                return answer
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            why = why_failed(error)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # Its text may name the address with what is secret in it.
            raise DeliveryError(f"{receiver.host}: {why_failed(error)}", retry=True) from None
    raise DeliveryError(f"{receiver.host}: {why}", retry=True)
