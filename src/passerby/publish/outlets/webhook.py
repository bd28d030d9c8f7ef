"""The webhook: one signed CloudEvent over HTTPS, to one address, within bounds of time and size."""

import asyncio
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import httpx

from passerby.domain.notices import Notice, WebhookPlan
from passerby.publish.cloud_events import MEDIA_TYPE, cloud_event_bytes
from passerby.publish.outlets.addresses import Resolve, allowed_addresses, resolved
from passerby.publish.outlets.outlet import DeliveryError
from passerby.publish.outlets.signature import signed_headers
from passerby.publish.outlets.trust import trust, why_failed
from passerby.text import whole_number
from passerby.units import NS_PER_S

HTTPS_PORT: Final = 443

REFUSED_FOR_GOOD: Final = frozenset(
    {
        HTTPStatus.BAD_REQUEST, HTTPStatus.GONE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)  # fmt: skip
"""Answers about this very message, or that the receiver has gone. Others, as 401 and 404, come from a receiver that is
being set up or moved, too."""


@dataclass(frozen=True, slots=True)
class WebhookLimits:
    """How long one attempt may take.

    Attributes:
        connect_s: until the connection stands, TLS included.
        answer_s: for each wait on the receiver.
        total_s: for all of it.
    """

    connect_s: float = 5.0
    answer_s: float = 10.0
    total_s: float = 20.0


class WebhookOutlet:
    """Delivers to one webhook. Nothing stays open between two notices.

    Nothing of the answer's body is read: the status says it all, and a receiver cannot fill this machine's memory.

    Args:
        plan: where to, and with which secret.
        clock: UTC nanoseconds now.
        resolve: finds the addresses of the host.
        limits: how long an attempt may take.
    """

    def __init__(
        self,
        plan: WebhookPlan,
        *,
        clock: Callable[[], int] = time.time_ns,
        resolve: Resolve = resolved,
        limits: WebhookLimits | None = None,
    ) -> None:
        self._plan, self._clock, self._resolve = plan, clock, resolve
        self._limits = limits or WebhookLimits()
        parts = urlsplit(plan.url)
        self._host, self._port = parts.hostname or "", parts.port or HTTPS_PORT
        self._netloc = parts.netloc

    async def deliver(self, notice: Notice) -> None:
        """See `Outlet`."""
        limits = self._limits
        try:
            async with asyncio.timeout(limits.total_s):
                await self._deliver(notice)
        except TimeoutError:
            raise self._fault(f"no answer within {limits.total_s:g} s") from None

    async def close(self) -> None:
        """See `Outlet`."""

    async def _deliver(self, notice: Notice) -> None:
        body = cloud_event_bytes(notice)
        trusted = await asyncio.to_thread(trust, self._plan.ca_file)
        addresses = await allowed_addresses(self._host, self._port, inside=self._plan.inside, resolve=self._resolve)
        for number, address in enumerate(addresses, 1):
            try:
                await self._post(address, notice, body, trusted)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                if number == len(addresses):
                    raise self._fault(why_failed(error)) from None
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                # Its text may name the address with what is secret in it.
                raise self._fault(why_failed(error)) from None
            else:
                return

    async def _post(self, address: str, notice: Notice, body: bytes, trusted: ssl.SSLContext) -> None:
        """Sends it to one address that was checked: the name is for the certificate and the head alone."""
        limits = self._limits
        headers = {
            **signed_headers(self._plan.secret, notice.notice_id, body, self._clock() // NS_PER_S),
            "Host": self._netloc,
            "Content-Type": MEDIA_TYPE,
            "User-Agent": "passerby",
            "Accept-Encoding": "identity",
        }
        timeout = httpx.Timeout(limits.answer_s, connect=limits.connect_s)
        url = httpx.URL(self._plan.url).copy_with(host=address)
        async with (
            httpx.AsyncClient(timeout=timeout, verify=trusted, trust_env=False, follow_redirects=False) as client,
            client.stream(
                "POST", url, content=body, headers=headers, extensions={"sni_hostname": self._host}
            ) as answer,
        ):
            self._check(answer)

    def _check(self, answer: httpx.Response) -> None:
        status = answer.status_code
        if answer.is_success:
            return
        wait_s = waited_s(answer.headers.get("Retry-After", ""), self._clock())
        if answer.is_redirect:
            raise self._fault(f"it sends on to another address (status {status}), which is not followed")
        if status in REFUSED_FOR_GOOD:
            raise self._fault(f"it refuses the notice for good (status {status})", retry=False)
        raise self._fault(f"it answered with status {status}", wait_s=wait_s)

    def _fault(self, why: str, *, retry: bool = True, wait_s: float | None = None) -> DeliveryError:
        return DeliveryError(f"webhook at {self._host}: {why}", retry=retry, wait_s=wait_s)


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
