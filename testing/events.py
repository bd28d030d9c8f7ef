"""Place-safety events for tests."""

from dataclasses import replace
from typing import Any

from passerby.domain.event_rules import RuleKind
from passerby.domain.place_events import EventState, PlaceEvent, event_id_of, momentary

NS_PER_S = 1_000_000_000


def place_event(camera: str = "square", rule: str = "crowded", start_ns: int = 0, **changes: Any) -> PlaceEvent:
    """An event that was over at once; `changes` are of its fields."""
    kind, why = RuleKind.OVERCROWDING, "2.5 persons/m² in benches, 2 are the limit."
    made = momentary(camera, rule, kind, "benches", start_ns, 2.5, 2.0, "m-2", why)
    return replace(made, **changes)


def open_event(camera: str, rule: str, start_ns: int, after_s: float = 10.0, **changes: Any) -> PlaceEvent:
    """An event that goes on, reported so many seconds after its start."""
    now_ns = start_ns + round(after_s * NS_PER_S)
    times: dict[str, Any] = {"raised_ns": start_ns + NS_PER_S, "updated_ns": now_ns, "end_ns": None}
    return place_event(camera, rule, start_ns, state=EventState.OPEN, **{**times, **changes})


def closed(event: PlaceEvent, after_s: float = 60.0) -> PlaceEvent:
    """The last report of an event."""
    end_ns = event.start_ns + round(after_s * NS_PER_S)
    assert event.event_id == event_id_of(event.camera, event.rule, event.start_ns)
    return replace(event, state=EventState.CLOSED, updated_ns=end_ns, end_ns=end_ns)
