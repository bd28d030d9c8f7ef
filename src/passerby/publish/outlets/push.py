"""Web push to the browsers in which operators have switched it on (RFC 8030), encrypted for each of them."""

import asyncio
import json
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from http import HTTPStatus
from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from passerby.domain.errors import PasserbyError
from passerby.domain.notices import Notice, NoticeKind, PushPlan
from passerby.domain.place_events import PlaceEvent
from passerby.domain.push import PushSubscription
from passerby.publish.causes import is_critical
from passerby.publish.outlets.addresses import Resolve, resolved
from passerby.publish.outlets.outlet import DeliveryError
from passerby.publish.outlets.posting import Receiver, posted, waited_s
from passerby.publish.outlets.push_message import authorization, encrypted
from passerby.publish.outlets.push_services import refused_endpoint
from passerby.publish.outlets.unfinished import Settled, Unfinished
from passerby.text import printable, shortened
from passerby.units import HOUR_S, NS_PER_S

TTL_S: Final = 4 * HOUR_S
"""For so long a push service keeps a notice for a browser that is away: later it is no alarm any more."""

MAX_TITLE_LETTERS, MAX_TEXT_LETTERS = 120, 600
"""Some 2900 bytes at most, whatever the script; a notification shows less."""

AT_ONCE: Final = 8
"""Browsers that are sent to at the same time."""

_GONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_REFUSED: Final = frozenset(
    {
        HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    }
)  # fmt: skip
"""About the message, or the key that it is signed with: a browser that was switched on with an older key must not hold
up the notices of all others."""


class Subscribers(Protocol):
    """The browsers, and what the accounts that switched them on may see."""

    async def subscriptions(self) -> Sequence[PushSubscription]:
        """Returns all of them."""
        ...

    async def visible(self, account: str, cameras: Collection[str]) -> Collection[str]:
        """Returns those cameras whose events an account may see now."""
        ...

    async def sees_any(self, account: str) -> bool:
        """Returns whether an account may see events of any camera now."""
        ...

    async def remove(self, subscription: PushSubscription) -> None:
        """Removes one of which its push service says that it is over."""
        ...


class PushOutlet:
    """Sends notices to the browsers of operators; each learns of the events that its account may see, and of no other.

    Which browsers have a notice already is known until the service ends; then a repeated one takes the place of the
    first, by its topic at the push service and by its tag in the browser.

    Args:
        plan: the push services that may be spoken to.
        key: gives the service's own, by which push services know it.
        subscribers: the browsers.
        clock: UTC nanoseconds now.
        resolve: finds the addresses of a host.
    """

    def __init__(
        self,
        plan: PushPlan,
        key: Callable[[], EllipticCurvePrivateKey],
        subscribers: Subscribers,
        *,
        clock: Callable[[], int] = time.time_ns,
        resolve: Resolve = resolved,
    ) -> None:
        self._plan, self._key, self._subscribers = plan, key, subscribers
        self._clock, self._resolve = clock, resolve
        self._unfinished = Unfinished()
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def deliver(self, notice: Notice) -> None:
        """Makes one attempt, for the browsers that do not have it yet.

        Raises:
            DeliveryError: a browser did not get it, in this attempt or for good in an earlier one; or there is none.
        """
        settled = self._unfinished.settled(notice.notice_id)
        waiting = [each for each in await self._subscribers.subscriptions() if each.endpoint not in settled]
        faults = await asyncio.gather(*(self._tried(notice, each, settled) for each in waiting))
        settled.refused |= {
            each.endpoint: str(fault) for each, fault in zip(waiting, faults, strict=True) if fault and not fault.retry
        }
        later = [fault for fault in faults if fault and fault.retry]
        if later:
            waits = [fault.wait_s for fault in later if fault.wait_s is not None]
            raise DeliveryError(_joined(map(str, later)), retry=True, wait_s=max(waits, default=None))
        self._unfinished.finish(notice.notice_id)
        if settled.refused:
            raise DeliveryError(_joined(settled.refused.values()), retry=False)
        if not settled.accepted:
            raise DeliveryError("push: no browser of an operator who may see this has switched it on", retry=False)

    async def close(self) -> None:
        """Nothing stays open between two notices."""

    async def _tried(self, notice: Notice, subscription: PushSubscription, settled: Settled) -> DeliveryError | None:
        """Sends a notice to a browser; returns why it did not get it."""
        try:
            async with self._at_once:
                if await self._sent(notice, subscription):
                    settled.accepted.add(subscription.endpoint)
        except DeliveryError as fault:
            return fault
        return None

    async def _sent(self, notice: Notice, subscription: PushSubscription) -> bool:
        """Sends a notice to a browser; False where its account may not see it, or the browser has switched it off."""
        if not notice.events and not await self._subscribers.sees_any(subscription.account):
            return False
        cameras = {event.camera for event in notice.events}
        visible = await self._subscribers.visible(subscription.account, cameras)
        events = [event for event in notice.events if event.camera in visible]
        if notice.events and not events:
            return False
        if why := refused_endpoint(subscription.endpoint, self._plan.services):
            await self._subscribers.remove(subscription)
            raise DeliveryError(f"push to {subscription.service}: {why}", retry=False)
        content = content_of(notice, events)
        headers = {
            "Authorization": authorization(
                subscription.endpoint, self._plan.contact, self._private_key(), self._clock() // NS_PER_S
            ),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(TTL_S),
            "Urgency": urgency_of(notice, events),
            "Topic": notice.notice_id,
        }
        receiver = Receiver("push to", subscription.endpoint, self._plan.inside, self._plan.ca_file)
        answer = await posted(receiver, encrypted(content, subscription), headers, self._resolve)
        if answer.status_code in _GONE:
            await self._subscribers.remove(subscription)
            return False
        if not answer.is_success:
            raise DeliveryError(
                f"push to {subscription.service}: it answered with status {answer.status_code}",
                retry=answer.status_code not in _REFUSED,
                wait_s=waited_s(answer.headers.get("Retry-After", ""), self._clock()),
            )
        return True

    def _private_key(self) -> EllipticCurvePrivateKey:
        try:
            return self._key()
        except PasserbyError as error:
            raise DeliveryError(f"push: {error}", retry=True) from None


def content_of(notice: Notice, events: Sequence[PlaceEvent]) -> bytes:
    """Returns what a browser is sent, as JSON; of the events, those that its account may see.

    Args:
        notice: the notice.
        events: those of its events that may be seen.
    """
    all_of_it = len(events) == len(notice.events)
    text = notice.text if all_of_it else "\n".join(event.why for event in events)
    subject = notice.subject if all_of_it else f"{notice.site}: events"
    document = {
        "id": notice.notice_id,
        "kind": notice.kind.value,
        "title": shortened(printable(subject, " "), MAX_TITLE_LETTERS),
        "text": shortened("\n".join(printable(line, " ") for line in text.splitlines()), MAX_TEXT_LETTERS),
        "link": notice.link,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def urgency_of(notice: Notice, events: Sequence[PlaceEvent]) -> str:
    """Returns how soon a device that saves power is to be woken (RFC 8030, 5.3)."""
    if notice.kind is NoticeKind.RAISED and is_critical(events):
        return "high"
    return "normal" if notice.kind is NoticeKind.RAISED else "low"


def _joined(faults: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(faults))
