"""Delivers what waits for one recipient: one attempt at a time, open events first, with waits that grow."""

import random
from collections.abc import Callable, Sequence
from typing import Final

from passerby.back_off import BackOff, BackOffSettings
from passerby.domain.audit import AuditEntry
from passerby.domain.notices import NoticeKind, NoticeState, Notification, QueuedNotice, Stage
from passerby.domain.place_events import EventState, PlaceEvent
from passerby.domain.recipients import GIVE_UP_S
from passerby.ports import Store
from passerby.publish.outlets.outlet import DeliveryError, Outlet
from passerby.publish.planner import LATE_S, new_notice_id, with_ends
from passerby.publish.wording import MAX_LISTED, SiteWords, notice_of
from passerby.telemetry.logs import get_log
from passerby.text import duration
from passerby.units import HOUR_S, NS_PER_S

ACTOR: Final = "passerby"
WAITS: Final = BackOffSettings(first_s=5.0, max_s=1800.0, factor=2.0)
MAX_ASKED_S: Final = 6.0 * HOUR_S
"""A receiver that asks for a longer wait is asked again all the same: it may have been a slip."""
MAX_WAITING: Final = 500
IDLE_S: Final = 5.0
"""After which what waits is looked at even if nothing new was made."""
STUBBORN: Final = 3
"""Attempts after which a notice goes behind the others: it may be the only one that its receiver does not take."""

_ORDER: Final = (NoticeKind.TEST, NoticeKind.RAISED, NoticeKind.SUMMARY, NoticeKind.CLOSED)
"""A test is of one moment; then what goes on, and what is over last."""


class Sender:
    """Delivers to one recipient.

    Args:
        recipient: the recipient's name.
        outlet: its channel.
        store: where notices are.
        clock: UTC nanoseconds now.
        chance: spreads the waits.
    """

    def __init__(
        self,
        recipient: str,
        outlet: Outlet,
        store: Store,
        clock: Callable[[], int],
        chance: random.Random | None = None,
    ) -> None:
        self._recipient, self._outlet, self._store, self._clock = recipient, outlet, store, clock
        # Not for anything secret.
        self._waits = BackOff(WAITS, chance or random.Random())  # noqa: S311  # nosec B311
        self._failing = False
        self._log = get_log()

    async def deliver_due(self, site: SiteWords) -> float:
        """Makes one attempt, if one is due; returns after how many seconds there may be another one to make.

        Args:
            site: what summaries say of the site.

        Raises:
            StoreError: how it ended was not stored, and it is attempted again.
        """
        now_ns = self._clock()
        waiting = await self._store.waiting_notices(self._recipient, MAX_WAITING)
        if await self._give_up(waiting, now_ns):
            return 0.0
        due = [each for each in waiting if each.due_ns <= now_ns]
        if not due:
            next_ns = min((each.due_ns for each in waiting), default=now_ns + round(IDLE_S * NS_PER_S))
            return min((next_ns - now_ns) / NS_PER_S, IDLE_S)
        # Not before it takes something again: until then there would be one summary after the other.
        if self._failing or not await self._summarise(waiting, site, now_ns):
            await self._attempt(min(due, key=_urgency))
        return 0.0

    async def close(self) -> None:
        """Closes the channel."""
        await self._outlet.close()

    async def _attempt(self, queued: QueuedNotice) -> None:
        try:
            await self._outlet.deliver(queued.notice)
        except DeliveryError as fault:
            await self._failed(queued, fault)
        except Exception as error:
            # Whatever it was, neither this recipient's other notices nor the service may end by it.
            await self._failed(queued, DeliveryError(f"it failed with {type(error).__name__}", retry=True))
        else:
            self._failing = False
            self._waits.reset()
            await self._store.end_notice(queued.notice.notice_id, NoticeState.DELIVERED, self._clock())

    async def _failed(self, queued: QueuedNotice, fault: DeliveryError) -> None:
        notice_id, now_ns = queued.notice.notice_id, self._clock()
        if not fault.retry:
            await self._end(queued, str(fault), now_ns)
            return
        self._failing = True
        wait_s = max(self._waits.wait_s(), min(fault.wait_s or 0.0, MAX_ASKED_S))
        self._log.warning(
            "a notice was not delivered; tried again",
            recipient=self._recipient, why=str(fault), again_in_s=round(wait_s, 1),
        )  # fmt: skip
        await self._store.postpone_notices(notice_id, self._recipient, now_ns + round(wait_s * NS_PER_S), str(fault))

    async def _give_up(self, waiting: Sequence[QueuedNotice], now_ns: int) -> bool:
        over = [each for each in waiting if each.give_up_ns <= now_ns]
        for queued in over:
            tried_s = (queued.give_up_ns - queued.notice.time_ns) / NS_PER_S
            last = f"; at last: {queued.fault}" if queued.fault else ""
            await self._end(queued, f"not delivered within {duration(tried_s)}{last}", now_ns)
        return bool(over)

    async def _end(self, queued: QueuedNotice, why: str, now_ns: int) -> None:
        """Gives a notice up, for all to see: in the log, the audit log, the API and the metrics."""
        self._log.error("a notice is given up", recipient=self._recipient, kind=queued.notice.kind.value, why=why)
        entry = AuditEntry(now_ns, ACTOR, "notice.failed", self._recipient, f"{queued.notice.kind.value}: {why}")
        await self._store.end_notice(queued.notice.notice_id, NoticeState.FAILED, now_ns, why, entry)

    async def _summarise(self, waiting: Sequence[QueuedNotice], site: SiteWords, now_ns: int) -> bool:
        """Puts one summary in place of the old notices of events that are over by now; returns whether it did."""
        old = [each for each in waiting if _may_be_summarised(each, now_ns)]
        states = await self._newest(old)
        over: list[QueuedNotice] = []
        events: list[PlaceEvent] = []
        for each in old:
            found = [states[event.event_id] for event in each.notice.events if event.event_id in states]
            fits = len(events) + len(found) <= MAX_LISTED
            if fits and all(event.state is EventState.CLOSED for event in found):
                over.append(each)
                events += [event for event in found if event not in events]
        if len(over) < 2 or not events:
            return False
        events.sort(key=lambda event: (event.raised_ns, event.event_id))
        notice = notice_of(NoticeKind.SUMMARY, new_notice_id(), now_ns, site, events)
        queued = QueuedNotice(notice, self._recipient, now_ns, now_ns + GIVE_UP_S * NS_PER_S)
        about = with_ends([Notification(self._recipient, event, Stage.RAISED) for event in events])
        await self._store.replace_notices([each.notice.notice_id for each in over], queued, about)
        return True

    async def _newest(self, old: Sequence[QueuedNotice]) -> dict[str, PlaceEvent]:
        if len(old) < 2:
            return {}
        ids = dict.fromkeys(event.event_id for each in old for event in each.notice.events)
        found = [await self._store.event(event_id) for event_id in ids]
        return {event.event_id: event for event in found if event is not None}


def _urgency(queued: QueuedNotice) -> tuple[bool, int, int, int, int]:
    notice = queued.notice
    raised_ns = min((event.raised_ns for event in notice.events), default=0)
    return queued.attempts >= STUBBORN, _ORDER.index(notice.kind), queued.attempts, notice.time_ns, raised_ns


def _may_be_summarised(queued: QueuedNotice, now_ns: int) -> bool:
    late = queued.notice.time_ns < now_ns - LATE_S * NS_PER_S
    return late and queued.notice.kind in (NoticeKind.RAISED, NoticeKind.CLOSED)
