"""The webhook: one signed CloudEvent over HTTPS, to one address, within bounds of time and size."""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

import httpx

from passerby.domain.notices import Notice, WebhookPlan
from passerby.publish.cloud_events import MEDIA_TYPE, cloud_event_bytes
from passerby.publish.outlets.addresses import Resolve, resolved
from passerby.publish.outlets.outlet import DeliveryError
from passerby.publish.outlets.posting import DEFAULT_LIMITS, Limits, Receiver, posted, waited_s
from passerby.publish.outlets.signature import signed_headers
from passerby.units import NS_PER_S

REFUSED_FOR_GOOD: Final = frozenset(
    {
        HTTPStatus.BAD_REQUEST, HTTPStatus.GONE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)  # fmt: skip
"""Answers about this very message, or that the receiver has gone. Others, as 401 and 404, come from a receiver that is
being set up or moved, too."""


class WebhookOutlet:
    """Delivers to one webhook. Nothing stays open between two notices.

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
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self._plan, self._clock, self._resolve = plan, clock, resolve
        self._limits = limits
        self._receiver = Receiver("webhook at", plan.url, plan.inside, plan.ca_file)

    async def deliver(self, notice: Notice) -> None:
        """See `Outlet`."""
        body = cloud_event_bytes(notice)
        headers = {
            **signed_headers(self._plan.secret, notice.notice_id, body, self._clock() // NS_PER_S),
            "Content-Type": MEDIA_TYPE,
        }
        self._check(await posted(self._receiver, body, headers, self._resolve, self._limits))

    async def close(self) -> None:
        """See `Outlet`."""

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
        return DeliveryError(f"{self._receiver.name}: {why}", retry=retry, wait_s=wait_s)
