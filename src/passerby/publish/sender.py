"""Delivers what waits for one recipient: one attempt at a time, open events first, with waits that grow."""

import random
from collections.abc import Callable, Sequence
from typing import Final

from passerby.back_off import BackOff, BackOffSettings
from passerby.domain.audit import AuditEntry
from passerby.domain.notices import NoticeKind, NoticeState, Notification, QueuedNotice, Stage
from passerby.domain.place_events import EventState, PlaceEvent
from passerby.domain.recipients import Recipient
from passerby.ports import Store
from passerby.publish.outlets.outlet import DeliveryError, Outlet
from passerby.publish.planner import LATE_S, new_notice_id, planned, snoozed_at, with_ends
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
        recipient: the recipient.
        outlet: its channel.
        store: where notices are.
        clock: UTC nanoseconds now.
        chance: spreads the waits.

    Attributes:
        recipient: the recipient's name.
    """

    def __init__(
        self,
        recipient: Recipient,
        outlet: Outlet,
        store: Store,
        clock: Callable[[], int],
        chance: random.Random | None = None,
    ) -> None:
        self.recipient, self._cameras = recipient.name, recipient.cameras
        self._outlet, self._store, self._clock = outlet, store, clock
        # Not for anything secret.
        self._waits = BackOff(WAITS, chance or random.Random())  # noqa: S311  # nosec B311
        self._failing = False
        self._log = get_log()

    async def deliver_due(self, site: SiteWords) -> float:
        """Makes one attempt, if one is due; returns after how many seconds there may be another one to make.

        Args:
            site: what new notices say of the site.

        Raises:
            StoreError: how it ended was not stored, and it is attempted again.
        """
        now_ns = self._clock()
        waiting = await self._store.waiting_notices(self.recipient, MAX_WAITING)
        if await self._give_up(waiting, now_ns):
            return 0.0
        due = [each for each in waiting if self._is_due(each, now_ns)]
        if not due:
            next_ns = min((each.due_ns for each in waiting), default=now_ns + round(IDLE_S * NS_PER_S))
            return min((next_ns - now_ns) / NS_PER_S, IDLE_S)
        # Not before it takes something again: until then there would be one summary after the other.
        if self._failing or not await self._summarise(waiting, site, now_ns):
            queued = min(due, key=_urgency)
            if not await self._cut(queued, site, now_ns):
                await self._attempt(queued)
        return 0.0

    async def close(self) -> None:
        """Closes the channel."""
        await self._outlet.close()

    def _is_due(self, queued: QueuedNotice, now_ns: int) -> bool:
        """Whether it may be attempted now; a clock that was set back holds nothing up."""
        set_back = queued.notice.time_ns > now_ns and not self._failing
        return queued.due_ns <= now_ns or set_back or queued.due_ns - now_ns > MAX_ASKED_S * NS_PER_S

    async def _cut(self, queued: QueuedNotice, site: SiteWords, now_ns: int) -> bool:
        """Leaves out of a notice what is not to be said any more, or ends it; returns whether there was any.

        While it waited an event may have been snoozed, or the register have come to name others for a camera.
        """
        notice = queued.notice
        named = [event for event in notice.events if event.camera in self._cameras]
        snoozed = await snoozed_at(self._store, named, now_ns) if named else frozenset()
        left = [event for event in named if event.event_id not in snoozed]
        if len(left) == len(notice.events):
            return False
        if left:
            stage = Stage.CLOSED if notice.kind is NoticeKind.CLOSED else Stage.RAISED
            rest = notice_of(notice.kind, new_notice_id(), notice.time_ns, site, left)
            instead = QueuedNotice(rest, self.recipient, now_ns, queued.give_up_ns)
            about = with_ends([Notification(self.recipient, event, stage) for event in left])
            await self._store.replace_notices([notice.notice_id], instead, about)
        elif named:
            why = "what it is about was snoozed"
            await self._store.end_notice(notice.notice_id, NoticeState.REPLACED, now_ns, why)
        else:
            await self._end(queued, "the register does not name this recipient for its cameras any more", now_ns)
        return True

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
            recipient=self.recipient, why=str(fault), again_in_s=round(wait_s, 1),
        )  # fmt: skip
        await self._store.postpone_notices(notice_id, self.recipient, now_ns + round(wait_s * NS_PER_S), str(fault))

    async def _give_up(self, waiting: Sequence[QueuedNotice], now_ns: int) -> bool:
        over = [each for each in waiting if each.give_up_ns <= now_ns]
        for queued in over:
            tried_s = (queued.give_up_ns - queued.notice.time_ns) / NS_PER_S
            last = f"; at last: {queued.fault}" if queued.fault else ""
            await self._end(queued, f"not delivered within {duration(tried_s)}{last}", now_ns)
        return bool(over)

    async def _end(self, queued: QueuedNotice, why: str, now_ns: int) -> None:
        """Gives a notice up, for all to see: in the log, the audit log, the API and the metrics."""
        self._log.error("a notice is given up", recipient=self.recipient, kind=queued.notice.kind.value, why=why)
        entry = AuditEntry(now_ns, ACTOR, "notice.failed", self.recipient, f"{queued.notice.kind.value}: {why}")
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
        raised = [Notification(self.recipient, event, Stage.RAISED) for event in events]
        queued, about = planned(NoticeKind.SUMMARY, raised, site, now_ns)
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
