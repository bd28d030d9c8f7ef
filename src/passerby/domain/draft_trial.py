"""A draft of lines, zones and rules that is tried on a camera for some minutes, and the numbers that come of it.

Nothing of it is stored, and no event is raised by it. What comes of it says how many, never who or where.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from passerby.domain.errors import PasserbyError
from passerby.domain.event_rules import EventRule
from passerby.domain.events import Direction
from passerby.domain.layout import Layout
from passerby.domain.road_user import RoadUser

MAX_PLACES: Final = 3
"""Lines of a draft, and zones."""

MAX_RULES: Final = 5
MAX_TRIAL_S: Final = 600


@dataclass(frozen=True, slots=True)
class DraftFault:
    """What is wrong with a draft: where in it, as a dotted key, and what is needed."""

    where: str
    what: str


class DraftError(PasserbyError):
    """A draft with faults.

    Attributes:
        faults: all of them.
    """

    def __init__(self, faults: Sequence[DraftFault]) -> None:
        super().__init__("; ".join(f"{fault.where}: {fault.what}" for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """What is tried.

    Attributes:
        draft_id: letters and digits, unlike those of all drafts before.
        until_ns: UTC nanoseconds at which it ends by itself.
        layout: the lines and zones that are measured for it, and the camera's ground.
        rules: over these.
    """

    draft_id: str
    until_ns: int
    layout: Layout
    rules: tuple[EventRule, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftCount:
    """How many of a class have gone over a line one way since the beginning."""

    line: str
    road_user: RoadUser
    direction: Direction
    count: int


@dataclass(frozen=True, slots=True)
class DraftOccupancy:
    """How many of a class are in a zone now."""

    zone: str
    road_user: RoadUser
    count: int


@dataclass(frozen=True, slots=True)
class DraftRule:
    """What a rule says so far.

    Attributes:
        rule: its name.
        value: the newest value, in the rule's unit; None where there is none.
        passed: it is past the threshold.
        events: how many events it would have raised since the beginning.
        why_not: why it is not watched; empty where it is.
    """

    rule: str
    value: float | None
    passed: bool
    events: int
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class DraftNumbers:
    """What has come of a draft so far; each report replaces the one before.

    Attributes:
        draft_id: the draft's.
        time_ns: UTC nanoseconds.
        coverage: the share of the time since the beginning that was really watched, 0-1.
        over: it has ended by its time; nothing more comes.
        counts: at its lines, those that are not zero.
        occupancy: in its zones, those that are not zero; empty while nothing can be seen.
        rules: in the order of the draft.
    """

    draft_id: str
    time_ns: int
    coverage: float
    over: bool
    counts: tuple[DraftCount, ...] = ()
    occupancy: tuple[DraftOccupancy, ...] = ()
    rules: tuple[DraftRule, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class DraftState:
    """A camera's newest draft, as the hub knows it.

    Attributes:
        draft: the draft.
        begun_ns: UTC nanoseconds.
        numbers: the newest; None before the first.
        ended: why it has ended before its time; empty where it has not.
    """

    draft: Draft
    begun_ns: int
    numbers: DraftNumbers | None = None
    ended: str = ""

    def why_over(self, now_ns: int) -> str:
        """Returns why it is over, a sentence; empty while it runs."""
        if self.ended:
            return self.ended
        over = now_ns >= self.draft.until_ns or (self.numbers is not None and self.numbers.over)
        return "Its time is over." if over else ""
