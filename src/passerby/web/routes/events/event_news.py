"""What a listener to the live values is sent of place-safety events, and of profiles that are switched by hand."""

from collections import Counter
from collections.abc import Collection, Sequence
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from passerby.domain.event_rules import BY_CALENDAR, RuleKind, Severity
from passerby.domain.place_events import EventState, PlaceEvent
from passerby.tables.events_json import event_row
from passerby.text import iso_time
from passerby.web.hub import Hub
from passerby.web.live.today import event
from passerby.web.routes.events.place_events import PlaceEventRow


class SwitchedProfiles(BaseModel):
    """Data of an event `profiles`: which are switched on by hand."""

    by_hand: list[str] | None = Field(description="The profiles that are on; null while the calendar holds.")
    until: str | None


class ClosedRow(BaseModel):
    """How many events of one rule are over that the client does not know of."""

    camera: str
    rule: str
    kind: RuleKind
    severity: Severity
    events: int


class ClosedEvents(BaseModel):
    """Data of an event `closed_events`: what began and ended unseen, as while the hub was away."""

    events: int = Field(description="All of them; GET /api/v1/events has each.")
    start: str = Field(description="When the first began.")
    end: str = Field(description="When the last ended.")
    rules: list[ClosedRow] = Field(description="By camera and rule.")


class EventNews:
    """What one client has been sent of events and profiles, and what is new to it.

    Args:
        hub: the service.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._events: dict[str, PlaceEvent] = {}
        self._over: frozenset[str] | None = None
        self._by_hand = BY_CALENDAR

    def since_last(self, watched: Collection[str]) -> list[bytes]:
        """Returns the events of the place that the client does not know as they are; of closed ones, those it knew.

        Those that it never knew open come as one summary: after an outage there may be hundreds.

        Args:
            watched: names of the cameras whose events the client may see now.
        """
        seen = [one for one in self._hub.live.events() if one.camera in watched and not one.silent]
        known, self._events = self._events, {}
        rows, over = self._new_profiles() if watched else [], []
        for one in seen:
            if one.state is EventState.CLOSED and one.event_id not in known:
                over.append(one)
                continue
            self._events[one.event_id] = one
            if known.get(one.event_id) != one:
                row = PlaceEventRow(**event_row(one, self._hub.zone))
                rows.append(event("event", row.model_dump(mode="json")))
        before, self._over = self._over, frozenset(one.event_id for one in over)
        # What was over before the client came is not news to it.
        news = [] if before is None else [one for one in over if one.event_id not in before]
        if news:
            rows.append(event("closed_events", _summary(news, self._hub.zone).model_dump(mode="json")))
        return rows

    def _new_profiles(self) -> list[bytes]:
        """Returns which profiles are switched on by hand, where that differs from what the client knows."""
        by_hand, now_ns = self._hub.live.profiles_by_hand, self._hub.clock()
        if by_hand.until_ns <= now_ns:
            by_hand = BY_CALENDAR
        if by_hand == self._by_hand:
            return []
        self._by_hand, switched = by_hand, SwitchedProfiles(by_hand=None, until=None)
        if by_hand != BY_CALENDAR:
            until = iso_time(by_hand.until_ns, self._hub.zone)
            switched = SwitchedProfiles(by_hand=sorted(by_hand.profiles), until=until)
        return [event("profiles", switched.model_dump(mode="json"))]


def _summary(over: Sequence[PlaceEvent], zone: ZoneInfo) -> ClosedEvents:
    counts = Counter((one.camera, one.rule, one.kind, one.severity) for one in over)
    return ClosedEvents(
        events=len(over),
        start=iso_time(min(one.start_ns for one in over), zone),
        end=iso_time(max(one.end_ns or one.updated_ns for one in over), zone),
        rules=[
            ClosedRow(camera=camera, rule=rule, kind=kind, severity=severity, events=number)
            for (camera, rule, kind, severity), number in counts.items()
        ],
    )
