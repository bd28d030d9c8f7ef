"""What a rule of each kind is written with: its place, its threshold with its unit, and how a draft of it is tried."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from passerby.domain.event_rules import RuleKind


class PlaceKind(StrEnum):
    """Where a rule is watched."""

    LINE = "line"
    ZONE = "zone"
    CAMERA = "camera"
    """The camera as a whole."""


class TrialKind(StrEnum):
    """How it can be known what a rule would raise, before it alarms anyone."""

    PAST = "past"
    """By the minutes that are stored."""
    LIVE = "live"
    """By the next ten minutes; what it goes by is not stored."""
    SILENT = "silent"
    """By running it silently: what it goes by is learned over more than ten minutes."""


@dataclass(frozen=True, slots=True)
class ThresholdForm:
    """A key that a threshold may stand in.

    Attributes:
        key: its name in the site file, which holds the unit.
        words: what it is measured in.
        unit: UCUM-like unit of the rule's threshold.
        factor: the rule's threshold, in `unit`, is the key's value times this.
        needs_ground: it can be measured on calibrated ground alone.
    """

    key: str
    words: str
    unit: str
    factor: float
    needs_ground: bool


@dataclass(frozen=True, slots=True)
class RuleForm:
    """What a rule of one kind is written with.

    Attributes:
        kind: what it watches for.
        words: the same in a sentence.
        place: where it is watched.
        place_needed: it has to have one; without it is watched in all that is in view.
        thresholds: one of these has to be given; none for a kind without threshold.
        trial: how a draft is tried.
        schema: its keys as JSON Schema (draft 2020-12): types, limits and defaults.
    """

    kind: RuleKind
    words: str
    place: PlaceKind
    place_needed: bool
    thresholds: tuple[ThresholdForm, ...]
    trial: TrialKind
    schema: Mapping[str, object]
