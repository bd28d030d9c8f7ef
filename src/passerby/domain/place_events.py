"""A place-safety event: which rule was broken where and when, with the values that were measured."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from passerby.domain.event_rules import RuleKind, Severity
from passerby.domain.service_levels import ServiceLevels, service_levels
from passerby.units import NS_PER_S

MAX_SAMPLES: Final = 120
"""Values kept over the time of an event; when they are full, every second one is left out."""


class EventState(StrEnum):
    """Where an event stands."""

    OPEN = "open"
    SUSPENDED = "suspended"
    """What it rests on cannot be measured now: the camera moved, is dark or lost frames."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Sample:
    """A measured value at one moment; None where it could not be measured."""

    time_ns: int
    value: float | None


@dataclass(frozen=True, slots=True)
class PlaceEvent:
    """An event as it stands; each later report of the same `event_id` replaces the one before.

    Attributes:
        event_id: see `event_id_of`.
        camera: the camera's name.
        rule: the rule's name.
        kind: what the rule watches for.
        place: the line or zone; empty for the camera as a whole.
        severity: how much it matters.
        state: where it stands.
        start_ns: UTC nanoseconds at which the threshold was passed.
        raised_ns: UTC nanoseconds at which it had been passed for the hold time.
        updated_ns: UTC nanoseconds of this report.
        end_ns: UTC nanoseconds at which the threshold was kept again; None while it is not closed.
        value: the newest measured value in `unit`; None where it cannot be measured now.
        peak: the value farthest past the threshold.
        threshold: what they were compared with, in `unit`.
        unit: UCUM-like unit of all.
        at_least: the values are lower bounds: the zone is too full to count.
        samples: values over time, oldest first, at most `MAX_SAMPLES`.
        confidence: 0-1, mean confidence of the detections that it rests on; None where it rests on none.
        coverage: 0-1, the share of the time since `start_ns` that was really watched.
        why: one sentence for a person.
        group_id: the `event_id` of the first event that had the same cause; its own where it is that one, and where it
            is left out. See `passerby.events.causes`.
        silent: its rule is being tried out: it is stored, and is an alarm for no one.
    """

    event_id: str
    camera: str
    rule: str
    kind: RuleKind
    place: str
    severity: Severity
    state: EventState
    start_ns: int
    raised_ns: int
    updated_ns: int
    end_ns: int | None
    value: float | None
    peak: float
    threshold: float
    unit: str
    at_least: bool
    samples: tuple[Sample, ...]
    confidence: float | None
    coverage: float
    why: str
    group_id: str = ""
    silent: bool = False

    def __post_init__(self) -> None:
        if not self.group_id:
            object.__setattr__(self, "group_id", self.event_id)

    @property
    def lasted_s(self) -> float:
        """Seconds from the start to the end, or to this report while it is not closed."""
        return ((self.updated_ns if self.end_ns is None else self.end_ns) - self.start_ns) / NS_PER_S

    @property
    def service_levels(self) -> ServiceLevels | None:
        """What the highest density was for those who walk and who wait; None where no density was measured."""
        return service_levels(self.peak) if self.unit == "m-2" else None


@dataclass(frozen=True, slots=True)
class EventGroup:
    """The events of one cause.

    Attributes:
        group_id: the same in all of them.
        events: by their start; at least one.
    """

    group_id: str
    events: tuple[PlaceEvent, ...]

    @property
    def main(self) -> PlaceEvent:
        """The event that stands for the group: of those that matter most, the one that began first."""
        return max(self.events, key=lambda one: (one.severity.rank, -one.start_ns))

    @property
    def state(self) -> EventState:
        """`OPEN` while any of them is, else `SUSPENDED` while any is, else `CLOSED`."""
        states = {one.state for one in self.events}
        return next(state for state in EventState if state in states)


def momentary(
    camera: str,
    rule: str,
    kind: RuleKind,
    place: str,
    time_ns: int,
    value: float,
    threshold: float,
    unit: str,
    why: str,
) -> PlaceEvent:
    """Returns an event that was over in the moment in which it was raised: what happens, and does not last."""
    return PlaceEvent(
        event_id=event_id_of(camera, rule, time_ns),
        camera=camera,
        rule=rule,
        kind=kind,
        place=place,
        severity=Severity.WARNING,
        state=EventState.CLOSED,
        start_ns=time_ns,
        raised_ns=time_ns,
        updated_ns=time_ns,
        end_ns=time_ns,
        value=value,
        peak=value,
        threshold=threshold,
        unit=unit,
        at_least=False,
        samples=(Sample(time_ns, value),),
        confidence=None,
        coverage=1.0,
        why=why,
    )


def event_id_of(camera: str, rule: str, start_ns: int) -> str:
    """Returns 32 hexadecimal digits, made from these, so that what is reported twice is one event.

    Who receives an event makes the number again: no camera's process can report over another camera's events.

    >>> event_id_of("square", "full", 0)
    '9bd419a897f0c9499010d662de25161a'
    """
    named = "\n".join((camera, rule, str(start_ns)))  # no name holds a line break
    return hashlib.sha256(named.encode()).hexdigest()[:32]
