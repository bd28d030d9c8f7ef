"""Who holds a camera when it is handed from machine to machine, and which parts of a minute may be added up.

A lease has a number that only grows; it ends by a higher number alone, never by time. A worker that does not know yet
that its lease has ended, because its machine is cut off, goes on counting: what it measured after the next one began is
kept, and never added.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from passerby.domain.observations import Observation
from passerby.units import MINUTE_S, NS_PER_S

NO_LEASE: Final = 0
"""The number of what is measured where no lease is taken: on one machine, whose supervisor holds all cameras."""

NS_PER_MS: Final = 1_000_000
MINUTE_MS: Final = MINUTE_S * 1000


@dataclass(frozen=True, slots=True)
class Holder:
    """Who may watch a camera.

    Attributes:
        node: the machine; empty for the hub's own.
        worker: which of the machine's workers; empty for the machine as a whole.
    """

    node: str
    worker: str = ""


@dataclass(frozen=True, slots=True)
class Lease:
    """Who may watch a camera, until there is a higher number.

    Attributes:
        camera: the camera's name.
        number: from 1; higher than all before of this camera.
        node: the machine; empty for the hub's own.
        worker: which of the machine's workers.
        since_ns: when it was taken, UTC nanoseconds.
        began_ns: from when on something measured under it is stored; None before anything is.
    """

    camera: str
    number: int
    node: str
    worker: str
    since_ns: int
    began_ns: int | None = None

    @property
    def holder(self) -> Holder:
        """Who may watch the camera under it."""
        return Holder(self.node, self.worker)


@dataclass(frozen=True, slots=True)
class MinuteSpan:
    """From when to when something was watched of a minute; what lies between need not all have been.

    Attributes:
        start_ns: the minute's beginning, UTC nanoseconds.
        from_ms, to_ms: milliseconds within it.
    """

    start_ns: int
    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True)
class WatchedPart:
    """What was watched of one minute of a camera under one lease.

    Attributes:
        camera: the camera's name.
        start_ns: the minute's beginning, UTC nanoseconds.
        lease: the lease's number.
        from_ms, to_ms: from when to when something was watched, milliseconds within the minute; equal for nothing.
        node: the machine that delivered it, as the hub knows it from the connection.
    """

    camera: str
    start_ns: int
    lease: int
    from_ms: int
    to_ms: int
    node: str = ""

    @classmethod
    def whole(cls, camera: str, start_ns: int, lease: int = NO_LEASE) -> "WatchedPart":
        """Returns the part that is a whole minute: that of all rows that say nothing else."""
        return cls(camera, start_ns, lease, 0, MINUTE_MS)

    @property
    def from_ns(self) -> int:
        """When it begins, UTC nanoseconds."""
        return self.start_ns + self.from_ms * NS_PER_MS

    @property
    def to_ns(self) -> int:
        """When it ends, UTC nanoseconds."""
        return self.start_ns + self.to_ms * NS_PER_MS

    @property
    def empty(self) -> bool:
        """Nothing was watched."""
        return self.to_ms <= self.from_ms

    @property
    def share(self) -> float:
        """How much of the minute it is, 0-1."""
        return (self.to_ms - self.from_ms) / MINUTE_MS

    def plus(self, other: "WatchedPart") -> "WatchedPart":
        """Returns the part from the earlier beginning to the later end; the order does not matter.

        >>> WatchedPart("square", 0, 1, 0, 20).plus(WatchedPart("square", 0, 1, 30, 50)).to_ms
        50
        """
        if self.empty or other.empty:
            return other if self.empty else self
        return replace(self, from_ms=min(self.from_ms, other.from_ms), to_ms=max(self.to_ms, other.to_ms))

    def around(self, observations: Iterable[Observation]) -> "WatchedPart":
        """Returns this part; the whole minute where an observation was watched for longer than it is."""
        longest = max((one.coverage for one in observations), default=0.0)
        return replace(self, from_ms=0, to_ms=MINUTE_MS) if longest > self.share + ROUNDED else self


@dataclass(frozen=True, slots=True)
class HandOver:
    """A lease that was taken, and what came of it.

    Attributes:
        lease: the one that began.
        node_before: the machine that held the camera before; None where it is the first lease of the camera.
        minutes_set_aside: of how many minutes something is kept, and not added, that was measured under a lower number
            since it began, as long as minutes are kept.
    """

    lease: Lease
    node_before: str | None
    minutes_set_aside: int


ROUNDED: Final = 0.001
"""A part is known to the millisecond, and coverage is added up in floating point."""


def part_fault(part: WatchedPart | MinuteSpan) -> str | None:
    """Returns why there can be no such part; None where there can."""
    if part.start_ns % (MINUTE_S * NS_PER_S):
        return f"start_ns: must be a whole minute, got {part.start_ns}"
    if not 0 <= part.from_ms <= part.to_ms <= MINUTE_MS:
        return f"from_ms, to_ms: 0 to {MINUTE_MS} in order, got {part.from_ms} and {part.to_ms}"
    return None


def holding_fault(part: WatchedPart, leases: Sequence[Lease]) -> str | None:
    """Returns why a part cannot have been measured by who delivered it; None where it can.

    Args:
        part: what was delivered.
        leases: all of its camera.
    """
    if part.lease <= NO_LEASE:
        if not part.node or not leases:
            return None
        return f"node: {part.node} delivered it under no lease, and the camera is held by lease"
    held = next((one for one in leases if one.number == part.lease), None)
    if held is None:
        return f"lease: nothing was given number {part.lease} of this camera"
    if held.node != part.node:
        given, delivered = (one.node or "the hub's machine" for one in (held, part))
        return f"lease: number {part.lease} of this camera was given to {given}, not to {delivered}"
    return None


def next_began_ns(number: int, leases: Iterable[Lease]) -> int | None:
    """Returns when the first of the leases with a higher number began; None while none has."""
    began = [one.began_ns for one in leases if one.number > number and one.began_ns is not None]
    return min(began, default=None)


def parts_of(
    camera: str, lease: int, spans: Iterable[MinuteSpan], minutes: Mapping[int, Sequence[Observation]]
) -> dict[int, WatchedPart]:
    """Returns which part of each minute a camera's process has measured.

    A minute of which more was watched than its span says is taken to be whole: better too little is added than twice.

    Args:
        camera: the camera's name.
        lease: the number under which it is watched.
        spans: as the process reports them.
        minutes: their rows, by their beginning in UTC nanoseconds.
    """
    known = {one.start_ns: one for one in spans}
    found = {}
    for start_ns, rows in minutes.items():
        span = known.get(start_ns, MinuteSpan(start_ns, 0, 0))
        found[start_ns] = WatchedPart(camera, start_ns, lease, span.from_ms, span.to_ms).around(rows)
    return found


def is_added(part: WatchedPart, leases: Iterable[Lease]) -> bool:
    """Returns whether a part was measured before any higher lease began, so that it counts.

    Parts of one minute that count never overlap: each of them ends before the next one's lease began.

    >>> after = Lease("square", 2, "b", "", 0, began_ns=30_000 * NS_PER_MS)
    >>> [is_added(WatchedPart("square", 0, 1, 0, to_ms), [after]) for to_ms in (30_000, 30_001)]
    [True, False]
    """
    end_ns = next_began_ns(part.lease, leases)
    return end_ns is None or part.to_ns <= end_ns
