"""How long each kind of result is kept, and the proof that it is not kept longer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from passerby.domain.replays import KEPT_S
from passerby.units import DAY_S


class Kind(StrEnum):
    """A kind of result with a time limit of its own."""

    MINUTES = "minutes"
    QUARTERS = "quarters"
    HOURS = "hours"
    DAYS = "days"
    EVENTS = "events"
    """Place-safety events, from when they were reported last, with what was decided about them."""
    REPLAYS = "replays"
    """Replays of events, from when the event was raised; at most three days, and never longer than events."""
    HEALTH = "health"
    AUDIT = "audit"
    CONFIGURATIONS = "configurations"
    CASES = "cases"
    """Objections and questions of the public, from when they were answered; an open one is kept."""
    VALIDATIONS = "validations"
    """Counts by hand with what passerby counted meanwhile, from when they were sent."""
    PUBLISHED = "published"
    """Numbers that were published, with their noise; at least so long that none could be drawn a second time."""
    ACCOUNTS = "accounts"
    """Accounts from the end of their last grant, and grants and tokens from their own; the last account is kept."""


DEFAULT_KEEP_DAYS: Mapping[Kind, int] = {
    Kind.MINUTES: 35,
    Kind.QUARTERS: 400,
    Kind.HOURS: 5 * 366,
    Kind.DAYS: 20 * 366,
    Kind.EVENTS: 90,
    Kind.REPLAYS: 3,
    Kind.HEALTH: 35,
    Kind.AUDIT: 2 * 366,
    Kind.CONFIGURATIONS: 5 * 366,
    Kind.CASES: 365,
    Kind.VALIDATIONS: 5 * 366,
    Kind.PUBLISHED: 20 * 366,
    Kind.ACCOUNTS: 365,
}
"""A month's chart by the minute, a year's by the quarter-hour, and the long view by the hour and the day."""

RUN_EVERY_S: Final = DAY_S
"""How often a service deletes what is too old; and once when it starts."""

_AT_MOST = KEPT_S // DAY_S
"""Days that a replay may be kept."""

MIN_PUBLISHED_DAYS: Final = 35
"""Bins that ended long before (`domain.published.CATCH_UP_S`) are not drawn any more, so that none is drawn twice."""

_AT_MIN = ((Kind.QUARTERS, Kind.MINUTES), (Kind.HOURS, Kind.QUARTERS), (Kind.DAYS, Kind.QUARTERS))


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days each kind is kept.

    Attributes:
        keep_days: kind -> days; kinds that are not named keep their default.

    Raises:
        ValueError: a limit is under a day, long intervals are kept for less time than those that they are made from, or
            replays for more than three days, or published numbers for under `MIN_PUBLISHED_DAYS`.
    """

    keep_days: Mapping[Kind, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for kind in Kind:
            if self.days(kind) < 1:
                raise ValueError(f"retention {kind}: at least 1 day is needed, got {self.days(kind)}")
        if self.keep_days.get(Kind.REPLAYS, 0) > _AT_MOST:
            raise ValueError(f"retention replays: at most {_AT_MOST} days, got {self.keep_days[Kind.REPLAYS]}")
        if self.days(Kind.PUBLISHED) < MIN_PUBLISHED_DAYS:
            raise ValueError(
                f"retention published: at least {MIN_PUBLISHED_DAYS} days are needed, got {self.days(Kind.PUBLISHED)}: "
                "numbers that are gone too soon could be drawn again"
            )
        for longer, shorter in _AT_MIN:
            if self.days(longer) < self.days(shorter):
                raise ValueError(
                    f"retention {longer}: {self.days(longer)} days is less than the {self.days(shorter)} days of "
                    f"{shorter}, from which they are made. Keep {longer} as long, or {shorter} shorter"
                )

    def days(self, kind: Kind) -> int:
        """Days for which `kind` is kept; replays go with their events at the latest."""
        if kind is Kind.REPLAYS:
            return min(self.keep_days.get(kind, DEFAULT_KEEP_DAYS[kind]), self.days(Kind.EVENTS))
        return self.keep_days.get(kind, DEFAULT_KEEP_DAYS[kind])


@dataclass(frozen=True, slots=True)
class DeletionRun:
    """What one enforcement of one limit deleted; kept as evidence.

    Attributes:
        kind: the kind of result.
        time_ns: UTC nanoseconds of the run.
        cutoff_ns: UTC nanoseconds; what began before it was deleted.
        deleted: rows.
    """

    kind: Kind
    time_ns: int
    cutoff_ns: int
    deleted: int


@dataclass(frozen=True, slots=True)
class Leftover:
    """What has no limit of its own in days, should be gone, and is there.

    Attributes:
        what: what it is, in words.
        rows: how many.
        oldest_ns: UTC nanoseconds from which the oldest is.
    """

    what: str
    rows: int
    oldest_ns: int


@dataclass(frozen=True, slots=True)
class RetentionLine:
    """What is stored of one kind, held against its limit.

    Attributes:
        kind: the kind of result.
        keep_days: its limit.
        cutoff_ns: UTC nanoseconds; nothing may be stored that began before it.
        oldest_ns: UTC nanoseconds at which the oldest row begins, None without rows.
        last_run: the newest deletion run for the kind, None before the first.
    """

    kind: Kind
    keep_days: int
    cutoff_ns: int
    oldest_ns: int | None
    last_run: DeletionRun | None

    @property
    def kept(self) -> bool:
        """The limit is kept: nothing is older than it allows."""
        return self.oldest_ns is None or self.oldest_ns >= self.cutoff_ns
