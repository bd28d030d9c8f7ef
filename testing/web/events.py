"""Events and hand-overs of a service that is not there, in memory."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from passerby.domain.audit import AuditEntry
from passerby.domain.decisions import Decision, RuleRecord
from passerby.domain.event_rules import ProfileSwitch
from passerby.domain.fleet import FleetNode
from passerby.domain.leases import HandOver, Lease
from passerby.domain.notices import NoticeState, QueuedNotice, RecipientStanding
from passerby.domain.place_events import EventGroup, PlaceEvent
from passerby.domain.queries import LARGEST_PAGE, EventQuery, ObservationQuery, Page, PlaceEventQuery
from passerby.domain.replays import KEPT_S, EncryptedReplay
from passerby.units import NS_PER_S


class FakeEvents(ABC):
    """Part of a fake store: keeps the events and decisions that it is given."""

    def __init__(self) -> None:
        self.event_rows: list[PlaceEvent] = []
        self.decision_rows: list[Decision] = []
        self.switched: tuple[ProfileSwitch, str] | None = None
        self.record_rows: list[RuleRecord] = []
        self.replay_rows: list[EncryptedReplay] = []
        self.asked_events: list[PlaceEventQuery] = []
        self.audit_rows: list[AuditEntry] = []
        self.notice_rows: list[QueuedNotice] = []
        self.standing_rows: list[RecipientStanding] = []

    @abstractmethod
    def _check(self) -> None:
        """Raises an error while the store is away."""

    async def events(self, query: PlaceEventQuery) -> Page[PlaceEvent]:
        self._check()
        self.asked_events.append(query)
        wanted = [
            row
            for row in self.event_rows
            if (not query.cameras or row.camera in query.cameras) and (not query.kinds or row.kind in query.kinds)
            if not query.groups or row.group_id in query.groups
            if query.silent is None or row.silent == query.silent
        ]
        return page_of(wanted, query)

    async def event(self, event_id: str) -> PlaceEvent | None:
        self._check()
        return next((row for row in self.event_rows if row.event_id == event_id), None)

    async def recent_notices(
        self, limit: int, recipient: str | None = None, state: NoticeState | None = None
    ) -> tuple[QueuedNotice, ...]:
        self._check()
        found = [
            each for each in self.notice_rows if recipient in (None, each.recipient) and state in (None, each.state)
        ]
        return tuple(found[:limit])

    async def recipient_standings(self) -> tuple[RecipientStanding, ...]:
        self._check()
        return tuple(self.standing_rows)

    async def add_test(self, notice: QueuedNotice, entry: AuditEntry | None) -> bool:
        self._check()
        self.notice_rows.append(notice)
        self.audit_rows += [entry] if entry is not None else []
        return True

    async def event_groups(self, query: PlaceEventQuery) -> Page[EventGroup]:
        events = await self.events(replace(query, limit=LARGEST_PAGE, after=None))
        found = dict.fromkeys(row.group_id for row in events.rows)
        groups = [EventGroup(one, tuple(row for row in self.event_rows if row.group_id == one)) for one in found]
        return page_of(groups, query)

    async def add_decisions(self, decided: Sequence[tuple[Decision, AuditEntry]]) -> bool:
        self._check()
        if any([await self.event(decision.event_id) is None for decision, _ in decided]):
            return False
        self.decision_rows.extend(decision for decision, _ in decided)
        self.audit_rows.extend(entry for _, entry in decided)
        return True

    async def decisions(self, event_ids: Sequence[str]) -> tuple[Decision, ...]:
        self._check()
        return tuple(row for row in self.decision_rows if row.event_id in event_ids)

    async def switch_profiles(self, by_hand: ProfileSwitch, account: str, entry: AuditEntry) -> None:
        self._check()
        self.switched = by_hand, account
        self.audit_rows.append(entry)

    async def profile_switch(self) -> tuple[ProfileSwitch, str] | None:
        self._check()
        return self.switched

    async def rule_records(self, query: PlaceEventQuery) -> tuple[RuleRecord, ...]:
        self._check()
        self.asked_events.append(query)
        return tuple(row for row in self.record_rows if not query.cameras or row.camera in query.cameras)

    async def store_replays(self, replays: Sequence[EncryptedReplay]) -> None:
        self.replay_rows.extend(replays)

    async def replay(self, event_id: str) -> EncryptedReplay | None:
        self._check()
        return next((row for row in self.replay_rows if row.event_id == event_id), None)

    async def replays_until(self, event_ids: Sequence[str]) -> Mapping[str, int]:
        self._check()
        kept_ns = KEPT_S * NS_PER_S
        return {row.event_id: row.time_ns + kept_ns for row in self.replay_rows if row.event_id in event_ids}

    async def keep_replays(self, cameras: Collection[str]) -> int:
        before = len(self.replay_rows)
        self.replay_rows = [row for row in self.replay_rows if row.camera in cameras]
        return before - len(self.replay_rows)

    async def store_events(self, events: Sequence[PlaceEvent]) -> None:
        self.event_rows.extend(events)


def page_of(rows: Sequence[Any], query: ObservationQuery | EventQuery | PlaceEventQuery) -> Page[Any]:
    if query.after is not None and not query.after.isdigit():
        raise ValueError("after: not from an earlier page")
    begin = int(query.after or 0)
    end = begin + query.limit
    return Page(tuple(rows[begin:end]), str(end) if end < len(rows) else None)


class FakeLeases:
    """Gives what a test has put there; `check` fails where the store is away."""

    def __init__(self, check: Callable[[], None]) -> None:
        self._check = check
        self.rows: list[HandOver] = []

    async def take(self, camera: str, node: str, worker: str) -> Lease:
        self._check()
        raise AssertionError(f"the API takes no lease, and took one of {camera} for {node} {worker}")

    async def of_cameras(self, cameras: Sequence[str]) -> tuple[Lease, ...]:
        self._check()
        return tuple(one.lease for one in self.rows if one.lease.camera in cameras)

    async def hand_overs(self, query: EventQuery) -> Page[HandOver]:
        self._check()
        return page_of([one for one in self.rows if one.lease.camera in query.cameras or not query.cameras], query)


class FakeFleet:
    """The machines that a test has put there; `check` fails where the store is away."""

    def __init__(self, check: Callable[[], None]) -> None:
        self._check = check
        self.rows: list[FleetNode] = []

    async def nodes(self) -> tuple[FleetNode, ...]:
        self._check()
        return tuple(self.rows)
