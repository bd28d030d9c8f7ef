"""The protocol of the store of place-safety events, and of what people decided about them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from passerby.domain.audit import AuditEntry
from passerby.domain.decisions import Decision, RuleRecord
from passerby.domain.event_rules import ProfileSwitch
from passerby.domain.place_events import EventGroup, PlaceEvent
from passerby.domain.queries import Page, PlaceEventQuery
from passerby.domain.replays import EncryptedReplay


class EventStore(Protocol):
    """Storage of events. A decision and its audit entry are stored together, or neither."""

    async def store_events(self, events: Sequence[PlaceEvent]) -> None:
        """Stores events as they stand: a later report replaces the earlier one, and never the other way round.

        Raises:
            StoreError: nothing of it was stored.
        """
        ...

    async def events(self, query: PlaceEventQuery) -> Page[PlaceEvent]:
        """Returns the events that went on in a time, by their start; without their samples, which `event` has.

        Raises:
            ValueError: `after` is not from an earlier page.
        """
        ...

    async def event(self, event_id: str) -> PlaceEvent | None:
        """Returns an event; None where there is none."""
        ...

    async def event_groups(self, query: PlaceEventQuery) -> Page[EventGroup]:
        """Returns the groups of which an event matches a query, by the start of the first that does; each whole.

        Raises:
            ValueError: `after` is not from an earlier page.
        """
        ...

    async def add_decisions(self, decided: Sequence[tuple[Decision, AuditEntry]]) -> bool:
        """Adds decisions, each with its audit entry; False, and nothing is stored, where there is not each event.

        An account's second `REVIEWED` of an event changes nothing and is no entry.

        Raises:
            TooManyDecisionsError: there are more about the event than it can have.
        """
        ...

    async def decisions(self, event_ids: Sequence[str]) -> tuple[Decision, ...]:
        """Returns what was decided about some events, oldest first."""
        ...

    async def rule_records(self, query: PlaceEventQuery) -> tuple[RuleRecord, ...]:
        """Returns by camera, rule and kind how many events went on in a time and how they were judged.

        The query's page is not looked at.
        """
        ...

    async def switch_profiles(self, by_hand: ProfileSwitch, account: str, entry: AuditEntry) -> None:
        """Stores which profiles an operator has switched on, in place of those before, with its audit entry."""
        ...

    async def profile_switch(self) -> tuple[ProfileSwitch, str] | None:
        """Returns what an operator has switched last, which may be over, and whose it was; None where none ever has."""
        ...

    async def store_replays(self, replays: Sequence[EncryptedReplay]) -> None:
        """Stores encrypted replays of events; the first one of an event stays, and of a camera's the newest few.

        One that is too old already is not stored.
        """
        ...

    async def replay(self, event_id: str) -> EncryptedReplay | None:
        """Returns the replay of an event; None where there is none, or not any more."""
        ...

    async def replays_until(self, event_ids: Sequence[str]) -> Mapping[str, int]:
        """Returns which of some events have a replay, each with the UTC nanoseconds until which it is kept."""
        ...

    async def keep_replays(self, cameras: Collection[str]) -> int:
        """Deletes the replays that are too old, and all of other cameras; returns how many those were.

        Raises:
            StoreError: they are deleted, but their bytes may be in the database's files for a while; or nothing is.
        """
        ...
