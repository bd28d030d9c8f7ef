"""Makes notices of what has happened: for whom, grouped by cause, within each recipient's budget."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from passerby.domain.decisions import Decision, standing_of
from passerby.domain.notices import (
    EventNews,
    NoticeKind,
    NoticeState,
    Notification,
    QueuedNotice,
    Stage,
)
from passerby.domain.place_events import EventState, PlaceEvent
from passerby.domain.recipients import GIVE_UP_S, Recipient
from passerby.domain.service import SitePlan
from passerby.ports import Store
from passerby.publish.budget import REMEMBERED_S, Budget
from passerby.publish.causes import TOGETHER_S, by_cause, is_critical
from passerby.publish.wording import MAX_LISTED, SiteWords, notice_of
from passerby.units import MINUTE_S, NS_PER_S

LATE_S: Final = 5 * MINUTE_S
"""What was raised longer ago, and is over, was not delivered while it mattered: it goes into a summary."""
MAX_NEWS: Final = 500

Planned = tuple[QueuedNotice, Sequence[Notification]]


@dataclass(slots=True)
class _Plan:
    """What is stored together after one look."""

    looked_at: list[PlaceEvent] = field(default_factory=list)
    notices: list[Planned] = field(default_factory=list)
    keep_back: list[Notification] = field(default_factory=list)
    drop: list[Notification] = field(default_factory=list)


@dataclass(slots=True)
class _Due:
    """What one recipient is to be notified of."""

    raised: list[PlaceEvent] = field(default_factory=list)
    late: list[Notification] = field(default_factory=list)
    closed: list[PlaceEvent] = field(default_factory=list)
    kept_back: list[Notification] = field(default_factory=list)


class Planner:
    """Looks for news in the store, over and over, and stores the notices that come of them.

    Args:
        store: where events and notices are.
        plan: what runs now.
        clock: UTC nanoseconds now.
    """

    def __init__(self, store: Store, plan: Callable[[], SitePlan], clock: Callable[[], int]) -> None:
        self._store, self._plan, self._clock = store, plan, clock
        self._first_seen_ns: dict[str, int] = {}

    async def look(self) -> int:
        """Makes the notices that are due; returns how many.

        Raises:
            StoreError: nothing of it was stored.
        """
        site, now_ns = self._plan(), self._clock()
        news = await self._store.event_news(MAX_NEWS)
        ripe = self._ripe(news, now_ns)
        kept_back = await self._store.kept_back(MAX_NEWS)
        if not ripe and not kept_back:
            return 0
        made = _Plan(looked_at=[each.event for each in ripe])
        due = await self._sorted(site, ripe, kept_back, made, now_ns)
        for recipient in site.recipients:
            await self._budgeted(recipient, due[recipient.name], SiteWords.of(site), made, now_ns)
        if made.looked_at or made.notices or made.drop:
            await self._store.plan_notices(made.looked_at, made.notices, made.keep_back, made.drop)
        return len(made.notices)

    def _ripe(self, news: Sequence[EventNews], now_ns: int) -> list[EventNews]:
        """News of cameras from which nothing else of the same cause is to be expected any more."""
        self._first_seen_ns = {
            each.event.event_id: self._first_seen_ns.get(each.event.event_id, now_ns) for each in news
        }
        since: dict[str, int] = {}
        for each in news:
            seen_ns = self._first_seen_ns[each.event.event_id]
            since[each.event.camera] = min(seen_ns, since.get(each.event.camera, seen_ns))
        # A clock that was set back must not hold anything up.
        wait_ns = round(TOGETHER_S * NS_PER_S)
        return [each for each in news if not 0 <= now_ns - since[each.event.camera] < wait_ns]

    async def _sorted(
        self, site: SitePlan, news: Sequence[EventNews], kept_back: Sequence[Notification], made: _Plan, now_ns: int
    ) -> dict[str, _Due]:
        """Returns by recipient what it is to be notified of."""
        due = {recipient.name: _Due() for recipient in site.recipients}
        allowed = {camera.name for camera in site.cameras if camera.running_rules}
        events = [each.event for each in news] + [each.event for each in kept_back]
        snoozed = await snoozed_at(self._store, events, now_ns)
        closing = [each.event.event_id for each in news if each.known]
        closing += [each.event.event_id for each in kept_back if each.what is Stage.CLOSED]
        before = await self._store.notified(closing) if closing else {}
        late_ns = now_ns - LATE_S * NS_PER_S
        for each in news:
            event = each.event
            for recipient in site.recipients:
                here = due[recipient.name]
                if event.event_id in snoozed or not recipient.wants(event):
                    continue
                # Who was notified of an event is notified of its end, also where the camera has been paused since.
                if event.camera not in allowed and not each.known:
                    continue
                if not each.known and event.state is EventState.CLOSED and event.raised_ns < late_ns:
                    here.late.append(Notification(recipient.name, event, Stage.RAISED))
                elif not each.known:
                    here.raised.append(event)
                elif recipient.closings:
                    self._close(event, before.get((recipient.name, event.event_id)), recipient, here, made)
        for kept in kept_back:
            # The register may have come to name others for its camera since.
            wanted = any(one.name == kept.recipient and one.wants(kept.event) for one in site.recipients)
            fits = wanted and kept.event.event_id not in snoozed
            raising = before.get((kept.recipient, kept.event.event_id))
            may_be = kept.event.camera in allowed if kept.what is Stage.RAISED else raising is NoticeState.DELIVERED
            if fits and may_be:
                due[kept.recipient].kept_back.append(kept)
            else:
                made.drop.append(kept)
        return due

    def _close(
        self, event: PlaceEvent, raising: NoticeState | None, recipient: Recipient, here: _Due, made: _Plan
    ) -> None:
        """That an event is over matters to who was notified that it was raised."""
        if raising is NoticeState.DELIVERED:
            here.closed.append(event)
        elif raising is NoticeState.WAITING:
            made.keep_back.append(Notification(recipient.name, event, Stage.CLOSED))

    async def _budgeted(self, recipient: Recipient, due: _Due, site: SiteWords, made: _Plan, now_ns: int) -> None:
        """Makes the notices that one recipient may get now; the rest is kept back for its next summary."""
        if not (due.raised or due.late or due.closed or due.kept_back):
            return
        made_ns = await self._store.notice_times(recipient.name, now_ns - REMEMBERED_S * NS_PER_S)
        budget = Budget(recipient, made_ns, now_ns)
        for group in by_cause(due.raised):
            notifications = [Notification(recipient.name, event, Stage.RAISED) for event in group]
            if is_critical(group):
                budget.spend()
            elif not budget.take():
                made.keep_back += notifications
                continue
            made.notices.append(planned(NoticeKind.RAISED, notifications, site, now_ns))
        for group in by_cause(due.closed):
            notifications = [Notification(recipient.name, event, Stage.CLOSED) for event in group]
            if budget.take(leave=1):
                made.notices.append(planned(NoticeKind.CLOSED, notifications, site, now_ns))
            else:
                made.keep_back += notifications
        self._summarise([*due.kept_back, *due.late], budget, site, made, now_ns)

    def _summarise(
        self, left: Sequence[Notification], budget: Budget, site: SiteWords, made: _Plan, now_ns: int
    ) -> None:
        """One summary of what was kept back, or came late, as soon as there may be one."""
        if not left or not budget.take():
            made.keep_back += left
            return
        notifications = _open_first(left)[:MAX_LISTED]
        ends = all(each.what is Stage.CLOSED for each in notifications)
        made.notices.append(planned(NoticeKind.CLOSED if ends else NoticeKind.SUMMARY, notifications, site, now_ns))
        made.keep_back += [each for each in left if each not in notifications]


async def snoozed_at(store: Store, events: Sequence[PlaceEvent], now_ns: int) -> frozenset[str]:
    """Returns the ids of those events that are snoozed at a time (UTC ns)."""
    by_event: dict[str, list[Decision]] = {}
    for decision in await store.decisions([event.event_id for event in events]):
        by_event.setdefault(decision.event_id, []).append(decision)
    until = {name: standing_of(found).snoozed_until_ns for name, found in by_event.items()}
    return frozenset(name for name, until_ns in until.items() if until_ns is not None and until_ns > now_ns)


def _open_first(notifications: Iterable[Notification]) -> list[Notification]:
    return sorted(notifications, key=lambda each: (each.event.state is EventState.CLOSED, each.event.raised_ns))


def planned(kind: NoticeKind, notifications: Sequence[Notification], site: SiteWords, now_ns: int) -> Planned:
    """Returns a new notice to one recipient, and what it is about.

    Args:
        kind: what it says.
        notifications: what it notifies of, what matters most first; at least one.
        site: what it says of the site.
        now_ns: UTC nanoseconds now.
    """
    events = list(dict.fromkeys(each.event for each in notifications))
    notice = notice_of(kind, new_notice_id(), now_ns, site, events)
    queued = QueuedNotice(notice, notifications[0].recipient, now_ns, now_ns + GIVE_UP_S * NS_PER_S)
    return queued, with_ends(notifications)


def with_ends(notifications: Sequence[Notification]) -> list[Notification]:
    """Returns what a notice is about: of an event that is over by then, its end as well."""
    over = [each for each in notifications if each.event.state is EventState.CLOSED]
    ends = [Notification(each.recipient, each.event, Stage.CLOSED) for each in over]
    return list(dict.fromkeys([*notifications, *ends]))


def new_notice_id() -> str:
    """Returns the number of a new notice, 32 hexadecimal digits."""
    return secrets.token_hex(16)
