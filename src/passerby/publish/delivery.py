"""Delivery of events to recipients: makes notices, daily tests included, and sends them, beside everything else."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from passerby.domain.audit import AuditEntry
from passerby.domain.notices import Channel, NoticeState, RecipientStanding
from passerby.domain.recipients import Recipient
from passerby.domain.service import SitePlan
from passerby.ports import Store, StoreError
from passerby.publish.daily_tests import due_test
from passerby.publish.outlets.factory import outlet_of
from passerby.publish.outlets.outlet import Outlet
from passerby.publish.planner import Planner
from passerby.publish.sender import ACTOR, Sender
from passerby.publish.wording import SiteWords
from passerby.telemetry.logs import get_log
from passerby.units import DAY_S, NS_PER_S

LOOK_S: Final = 1.0
"""Between two looks for news: much less than it takes to find out that an event belongs to the cause of another."""
STANDINGS_S: Final = 5.0
SHOWN_S: Final = 7 * DAY_S
"""For so long it is shown as trouble that a notice was given up."""


class Delivery:
    """All recipients of a site.

    The store is the source: what is read from it is a query a second, and storing never waits for a recipient.

    Args:
        store: where events and notices are.
        plan: what runs now.
        clock: UTC nanoseconds now.
        outlets: makes a channel's outlet.
    """

    def __init__(
        self,
        store: Store,
        plan: Callable[[], SitePlan],
        *,
        clock: Callable[[], int] = time.time_ns,
        outlets: Callable[[Channel], Outlet] = outlet_of,
    ) -> None:
        self._store, self._plan, self._clock, self._outlets = store, plan, clock, outlets
        self._planner = Planner(store, plan, clock)
        self._senders: dict[str, tuple[Recipient, Sender, asyncio.Task[None]]] = {}
        self._made = asyncio.Condition()
        self._tested: dict[str, str] = {}
        self._broken: dict[str, Recipient] = {}
        self._log = get_log()
        self._fault = ""
        self.standings: tuple[RecipientStanding, ...] = ()

    @property
    def trouble(self) -> tuple[str, ...]:
        """The recipients to which delivery is in trouble, a sentence each."""
        since_ns = self._clock() - SHOWN_S * NS_PER_S
        return tuple(filter(None, (_trouble(each, since_ns) for each in self.standings)))

    def now_ns(self) -> int:
        """Returns UTC nanoseconds now."""
        return self._clock()

    async def run(self) -> None:
        """Delivers until it is cancelled; a fault of the store is logged once, and tried again."""
        standings_due_s = 0.0
        try:
            while True:
                made = 0
                try:
                    await self.follow()
                    await self.test_daily()
                    made = await self._planner.look()
                    if made:
                        await self._wake()
                    if time.monotonic() >= standings_due_s:
                        standings_due_s = time.monotonic() + STANDINGS_S
                        await self.update_standings()
                    self._fault = ""
                except StoreError as fault:
                    self._report(fault)
                except Exception:
                    # Whatever is wrong here, the hub goes on storing.
                    self._log.exception("delivery of events failed; tried again")
                await asyncio.sleep(LOOK_S)
        finally:
            for name in list(self._senders):
                await self._stop(name)

    async def follow(self) -> None:
        """Starts and stops senders as the site file has recipients; one that has changed starts anew."""
        wanted = {recipient.name: recipient for recipient in self._plan().recipients}
        for name in [name for name, (known, *_) in self._senders.items() if wanted.get(name) != known]:
            await self._stop(name)
        for name, recipient in wanted.items():
            if name not in self._senders:
                try:
                    outlet = self._outlets(recipient.channel)
                except Exception:
                    # The check of the site file should have refused it; the other recipients must not go without.
                    if self._broken.get(name) != recipient:
                        self._log.exception("there is no delivery to a recipient", recipient=name)
                    self._broken[name] = recipient
                    continue
                sender = Sender(recipient, outlet, self._store, self._clock)
                self._senders[name] = recipient, sender, asyncio.create_task(self._send(sender))

    async def test_daily(self) -> None:
        """Adds the tests of today that are due; each once, whenever the process starts."""
        site, now_ns = self._plan(), self._clock()
        for recipient in site.recipients:
            test = due_test(recipient, site, now_ns)
            if test is None or self._tested.get(recipient.name) == test.notice.notice_id:
                continue
            if await self._store.add_test(test, None):
                await self._wake()
            self._tested[recipient.name] = test.notice.notice_id

    async def update_standings(self) -> None:
        """Reads how delivery goes; gives up what waits for recipients that the site file does not have any more."""
        self.standings = await self._store.recipient_standings()
        known, now_ns = {recipient.name for recipient in self._plan().recipients}, self._clock()
        for standing in self.standings:
            if standing.waiting and standing.recipient not in known:
                why = "the site file does not have this recipient any more"
                for queued in await self._store.waiting_notices(standing.recipient, 100):
                    entry = AuditEntry(now_ns, ACTOR, "notice.failed", standing.recipient, why)
                    await self._store.end_notice(queued.notice.notice_id, NoticeState.FAILED, now_ns, why, entry)

    async def _send(self, sender: Sender) -> None:
        while True:
            wait_s = LOOK_S
            try:
                wait_s = await sender.deliver_due(SiteWords.of(self._plan()))
            except StoreError as fault:
                self._report(fault)
            except Exception:
                # Its task would end without a trace, and nothing would go to this recipient any more.
                self._log.exception("delivery to a recipient failed; tried again", recipient=sender.recipient)
            if wait_s > 0:
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait_s), self._made:
                        await self._made.wait()

    async def _wake(self) -> None:
        async with self._made:
            self._made.notify_all()

    async def _stop(self, name: str) -> None:
        _, sender, task = self._senders.pop(name)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await sender.close()

    def _report(self, fault: StoreError) -> None:
        if str(fault) != self._fault:
            self._log.error("notices of events cannot be read or stored; tried again", why=str(fault))
        self._fault = str(fault)


def _trouble(standing: RecipientStanding, since_ns: int) -> str:
    """Returns what is wrong with delivery to a recipient, or was since then; empty where nothing is."""
    lately = standing.failed_ns is not None and standing.failed_ns >= since_ns
    found = [
        f"waiting: {standing.waiting}, as {standing.fault}" if standing.fault else "",
        f"given up: {standing.failed}, the last one within a week" if lately else "",
        "its last test did not arrive" if standing.test_state is NoticeState.FAILED else "",
    ]
    words = "; ".join(each for each in found if each)
    return f"{standing.recipient}: {words}" if words else ""
