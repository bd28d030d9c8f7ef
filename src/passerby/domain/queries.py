"""What can be asked of stored results, and the pages and receipts that come back."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import ClassVar, Generic, TypeVar

from passerby.domain.audit import AuditEntry
from passerby.domain.event_rules import RuleKind, Severity
from passerby.domain.observations import Observation, Quantity
from passerby.domain.place_events import EventState
from passerby.domain.road_user import RoadUser
from passerby.text import in_nfc
from passerby.units import DAY_S, HOUR_S, MINUTE_S, QUARTER_S

Row = TypeVar("Row")

LARGEST_PAGE = 10_000


class Bin(IntEnum):
    """Length of the intervals asked for, in seconds; a day is the site's own and may last 23 or 25 hours."""

    MINUTE = MINUTE_S
    QUARTER = QUARTER_S
    HOUR = HOUR_S
    DAY = DAY_S


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, and where the next ones begin.

    Attributes:
        rows: in their order.
        after: pass it back for the next page; None when there is nothing more.
    """

    rows: tuple[Row, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class RangeQuery:
    """A range of time, and a page of what is found in it.

    Attributes:
        start_ns, end_ns: UTC nanoseconds; [start, end).
        limit: maximum number of rows in a page.
        after: from the page before.

    Raises:
        ValueError: the range is empty, or the page's size is not within 1 and `LARGEST_PAGE`.
    """

    _names: ClassVar[tuple[str, ...]] = ()
    """The fields with names, which are composed (NFC), as those of results are."""

    start_ns: int
    end_ns: int
    limit: int = field(default=1000, kw_only=True)
    after: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if self.end_ns <= self.start_ns:
            raise ValueError(f"end_ns: must be after start_ns ({self.start_ns}), got {self.end_ns}")
        if not 1 <= self.limit <= LARGEST_PAGE:
            raise ValueError(f"limit: 1 to {LARGEST_PAGE} rows in a page, got {self.limit}")
        for name in self._names:
            object.__setattr__(self, name, tuple(map(in_nfc, getattr(self, name))))


@dataclass(frozen=True, slots=True)
class ObservationQuery(RangeQuery):
    """Which observations are wanted; an empty tuple stands for all.

    Attributes:
        start_ns, end_ns: UTC nanoseconds; intervals that begin in [start, end).
        bin: length of the intervals.
        cameras, series: names, in any form of Unicode; they are composed (NFC), as those of results are.
        quantities, directions: what was measured, and which way (`forward`, `backward`, None for what has no way).
        road_users: classes; None among them stands for "all road users together".
    """

    bin: Bin = Bin.MINUTE
    cameras: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    road_users: tuple[RoadUser | None, ...] = ()
    directions: tuple[str | None, ...] = ()
    _names: ClassVar[tuple[str, ...]] = ("cameras", "series")


@dataclass(frozen=True, slots=True)
class EventQuery(RangeQuery):
    """Which health reports or audit entries are wanted, oldest first.

    Attributes:
        cameras: names; empty for all. Audit entries have none, so they ignore it.
    """

    cameras: tuple[str, ...] = ()
    _names: ClassVar[tuple[str, ...]] = ("cameras",)


@dataclass(frozen=True, slots=True)
class AuditQuery(RangeQuery):
    """Which audit entries are wanted, by their time; an empty tuple stands for all.

    Attributes:
        actors: who did it.
        actions: what was done; the first word of an action, as `configuration`, stands for all that begin with it.
        subjects: what it was done to, as the name of a camera.
        purposes: why.
        newest_first: the newest comes first.
    """

    actors: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    newest_first: bool = False
    _names: ClassVar[tuple[str, ...]] = ("actors", "subjects")

    def matches(self, entry: AuditEntry) -> bool:
        """Returns whether an entry is one of those that are wanted, whenever it was."""
        return (
            (not self.actors or entry.actor in self.actors)
            and (not self.actions or any(f"{entry.action}.".startswith(f"{each}.") for each in self.actions))
            and (not self.subjects or entry.subject in self.subjects)
            and (not self.purposes or entry.purpose in self.purposes)
        )


@dataclass(frozen=True, slots=True)
class PlaceEventQuery(RangeQuery):
    """Which place-safety events are wanted, by their start; an empty tuple stands for all.

    Attributes:
        start_ns, end_ns: UTC nanoseconds; events that went on at any time of [start, end).
        cameras, rules: names.
        kinds, states, severities: what was watched for, where the events stand, how much they matter.
        groups: see `PlaceEvent.group_id`.
        silent: those of rules that are only tried out, or those of all others; None for both.
    """

    cameras: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    kinds: tuple[RuleKind, ...] = ()
    states: tuple[EventState, ...] = ()
    severities: tuple[Severity, ...] = ()
    groups: tuple[str, ...] = ()
    silent: bool | None = None
    _names: ClassVar[tuple[str, ...]] = ("cameras", "rules")


@dataclass(frozen=True, slots=True)
class Refusal:
    """An observation that was not stored, and why."""

    observation: Observation
    why: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The outcome for a batch of observations; the sender can delete all of them.

    Attributes:
        new: rows that were not there before.
        bettered: rows that replaced one of the same interval that had been watched for less of it.
        repeated: rows that were stored already, exactly so.
        refused: rows that were not stored, each with its reason.
        set_aside: rows that were measured after their camera had been handed over, as is known from now on: kept, and
            not added. Some of them may have been stored before.
    """

    new: int
    bettered: int
    repeated: int
    refused: tuple[Refusal, ...]
    set_aside: int = 0
