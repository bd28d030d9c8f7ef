"""What people decide about an event, such as that it was true; and by that, how often a rule is right."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from passerby.domain.event_rules import RuleKind

Z_95: Final = 1.959964
"""Of the normal distribution, 95 % lie within so many standard deviations."""


class DecisionKind(StrEnum):
    """What a person can decide about an event."""

    ACKNOWLEDGED = "acknowledged"
    """It has been seen, and the person is dealing with it."""
    HANDED_OVER = "handed_over"
    """Another account is to deal with it."""
    SNOOZED = "snoozed"
    """It is known, and asks for no attention until a time."""
    JUDGED = "judged"
    """It was true, false, or that cannot be known; by this the precision of a rule is known."""
    REVIEWED = "reviewed"
    """The person has looked at it; each person has a mark of their own."""
    TAKEN_BACK = "taken_back"
    """The person's own newest decision of a kind does not hold any more, as after a slip; both stay in the list."""


class Judgement(StrEnum):
    """Whether what an event says was so."""

    TRUE = "true"
    FALSE = "false"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of one person; decisions are added, and none is ever changed.

    Attributes:
        event_id: of the event.
        time_ns: UTC nanoseconds.
        account: who decided.
        kind: what.
        to: the account that it is handed over to; empty for all other kinds.
        until_ns: UTC nanoseconds until when it is snoozed; None for all other kinds.
        verdict: None for all kinds but `JUDGED`; of a verdict that is taken back, the one that holds then.
        note: in the person's own words; may be empty.
        of: the kind that is taken back; None for all other kinds.

    Raises:
        ValueError: a field is missing that the kind needs, or one is there that belongs to another.
    """

    event_id: str
    time_ns: int
    account: str
    kind: DecisionKind
    to: str = ""
    until_ns: int | None = None
    verdict: Judgement | None = None
    note: str = ""
    of: DecisionKind | None = None

    def __post_init__(self) -> None:
        fields = (
            ("to", self.to != "", DecisionKind.HANDED_OVER, "the account that it is handed over to"),
            ("until", self.until_ns is not None, DecisionKind.SNOOZED, "a time until when it is snoozed"),
            ("verdict", self.verdict is not None, DecisionKind.JUDGED, "true, false or unsure"),
            ("of", self.of is not None, DecisionKind.TAKEN_BACK, "the kind that is taken back"),
        )
        for name, given, kind, what in fields:
            restored = name == "verdict" and self.of is DecisionKind.JUDGED
            if given != (self.kind is kind) and not restored:
                needed = f"{what} is needed" if self.kind is kind else f"only `{kind.value}` has it"
                raise ValueError(f"{name}: {needed}, got a decision `{self.kind.value}`")
        if self.of is DecisionKind.TAKEN_BACK:
            raise ValueError("of: a decision that something is taken back is not taken back itself")
        if self.until_ns is not None and self.until_ns <= self.time_ns:
            raise ValueError("until: a time to come is needed")


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds of an event after all that was decided about it.

    Attributes:
        acknowledged_by: the account that acknowledged it last; empty where none has.
        assigned_to: the account that deals with it since it was handed over; empty where it was not.
        snoozed_until_ns: UTC nanoseconds until when it asks for no attention; None where it was not snoozed.
        verdict: the newest one; None where it was not judged.
        reviewed_by: accounts that have looked at it, the first one first.
    """

    acknowledged_by: str = ""
    assigned_to: str = ""
    snoozed_until_ns: int | None = None
    verdict: Judgement | None = None
    reviewed_by: tuple[str, ...] = ()

    def after(self, decision: Decision) -> "Standing":
        """Returns what holds after one more decision."""
        if decision.kind is DecisionKind.ACKNOWLEDGED:
            return replace(self, acknowledged_by=decision.account)
        if decision.kind is DecisionKind.HANDED_OVER:
            return replace(self, assigned_to=decision.to)
        if decision.kind is DecisionKind.SNOOZED:
            return replace(self, snoozed_until_ns=decision.until_ns)
        if decision.kind is DecisionKind.JUDGED:
            return replace(self, verdict=decision.verdict)
        if decision.account in self.reviewed_by:
            return self
        return replace(self, reviewed_by=(*self.reviewed_by, decision.account))


def standing_of(decisions: Iterable[Decision]) -> Standing:
    """Returns what holds after decisions, the oldest first."""
    standing = Standing()
    for decision in holding(decisions):
        standing = standing.after(decision)
    return standing


def holding(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Returns the decisions that hold, the oldest first: without those that were taken back."""
    held: list[Decision] = []
    for decision in decisions:
        if decision.of is None:
            held.append(decision)
        elif (own := newest_own(held, decision.account, decision.of)) is not None:
            held.remove(own)
    return tuple(held)


def newest_own(held: Sequence[Decision], account: str, kind: DecisionKind) -> Decision | None:
    """Returns an account's newest decision of a kind among those that hold; None where there is none."""
    return next((each for each in reversed(held) if each.account == account and each.kind is kind), None)


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """How often a rule of a camera has raised an event in a time, and how those were judged.

    Attributes:
        camera: the camera's name.
        rule: the rule's name.
        kind: what it watches for.
        events: events that went on in that time.
        true, false, unsure: how many were judged so last.
        alarms: groups of events that were raised in that time, and of which the rule has raised the first; silent ones
            left out.
        false_alarms: how many of these first events were judged false.
        silent: events that were raised silently.
        first_ns: UTC nanoseconds at which the first of the alarms was raised; None without any.
    """

    camera: str
    rule: str
    kind: RuleKind
    events: int
    true: int = 0
    false: int = 0
    unsure: int = 0
    alarms: int = 0
    false_alarms: int = 0
    silent: int = 0
    first_ns: int | None = None

    @property
    def precision(self) -> float | None:
        """0-1, the share of true ones among those judged true or false; None where none was."""
        judged = self.true + self.false
        return self.true / judged if judged else None

    @property
    def precision_interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the precision; None where no event was judged true or false."""
        judged = self.true + self.false
        return wilson_interval(self.true, judged) if judged else None


def wilson_interval(hits: int, trials: int, z: float = Z_95) -> tuple[float, float]:
    """Returns the score interval of a share (Wilson 1927), which holds for few trials and for shares of 0 and 1, too.

    >>> [round(end, 4) for end in wilson_interval(8, 10)]
    [0.4902, 0.9433]

    Args:
        hits: 0 to `trials`.
        trials: 1 or more.
        z: standard deviations of the normal distribution that the interval stands for.
    """
    share, squared = hits / trials, z * z
    middle = share + squared / (2 * trials)
    half = z * math.sqrt(share * (1 - share) / trials + squared / (4 * trials * trials))
    low, high = ((middle + sign * half) / (1 + squared / trials) for sign in (-1, 1))
    # Rounding must not push the ends of 0 and 1 past the share.
    return max(0.0, min(low, share)), min(1.0, max(high, share))
