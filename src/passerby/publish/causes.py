"""Events of one cause, which are one notice."""

from collections.abc import Iterable
from typing import Final

from passerby.domain.event_rules import Severity
from passerby.domain.place_events import PlaceEvent

TOGETHER_S: Final = 5.0
"""For so long the news of a camera wait for more of the same cause: each rule has a hold time of its own, and reports
come one by one."""


def by_cause(events: Iterable[PlaceEvent]) -> tuple[tuple[PlaceEvent, ...], ...]:
    """Returns events in groups of one cause, what matters most first, in each group and among the groups."""
    groups: dict[str, list[PlaceEvent]] = {}
    for event in sorted(events, key=_rank):
        groups.setdefault(event.group_id, []).append(event)
    return tuple(map(tuple, groups.values()))


def is_critical(events: Iterable[PlaceEvent]) -> bool:
    """Returns whether any of them is."""
    return any(event.severity is Severity.CRITICAL for event in events)


def _rank(event: PlaceEvent) -> tuple[int, int, str]:
    return -event.severity.rank, event.raised_ns, event.event_id
