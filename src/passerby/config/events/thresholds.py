"""Which thresholds each kind of rule has: the key with its unit in words, and what it is inside."""

import types
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, get_args

from passerby.config.events.keys import AnyRuleKeys, BaseRuleKeys
from passerby.domain.event_rules import RuleKind
from passerby.units import MPS_TO_KMH


@dataclass(frozen=True, slots=True)
class Threshold:
    """A key that a threshold stands in.

    Attributes:
        key: its name, which holds the unit.
        words: what it is measured in, for people.
        unit: UCUM-like unit of the rule.
        factor: the rule's threshold is the key's value times this.
        needs_ground: there is no such unit without calibrated ground.
    """

    key: str
    words: str
    unit: str
    factor: float = 1.0
    needs_ground: bool = False


_PER_M2 = Threshold("above_per_m2", "people for each square metre", "m-2", needs_ground=True)
_WAIT = Threshold("longer_than_s", "seconds", "s")

THRESHOLDS: Final[Mapping[RuleKind, tuple[Threshold, ...]]] = types.MappingProxyType(
    {
        RuleKind.OVERCROWDING: (Threshold("above_people", "people", "1"), _PER_M2),
        RuleKind.DENSEST_AREA: (_PER_M2,),
        RuleKind.CROWD_RISING: (Threshold("above_people_per_min", "people more a minute", "/min"),),
        RuleKind.COUNTER_FLOW: (Threshold("above_share", "share of all, 0 to 1", "1"),),
        RuleKind.VEHICLE_IN_ZONE: (Threshold("from_vehicles", "vehicles", "1"),),
        RuleKind.WRONG_WAY: (),
        RuleKind.STOPPED_VEHICLE: (_WAIT,),
        RuleKind.QUEUE: (
            Threshold("longer_than_m", "metres", "m", needs_ground=True),
            Threshold("longer_than_vehicles", "vehicles", "1"),
        ),
        RuleKind.OBSTACLE: (_WAIT,),
        RuleKind.SPEEDS: (Threshold("above_kmh", "km/h", "m/s", 1 / MPS_TO_KMH, needs_ground=True),),
        RuleKind.NEAR_MISSES: (Threshold("above_per_hour", "near misses a watched hour", "/h", needs_ground=True),),
        RuleKind.SATURATED: (),
        RuleKind.CAMERA_STATE: (_WAIT,),
    }
)

MODELS: Final[Mapping[RuleKind, type[BaseRuleKeys]]] = types.MappingProxyType(
    {RuleKind(get_args(model.model_fields["kind"].annotation)[0]): model for model in get_args(AnyRuleKeys)}
)
"""The keys of each kind."""


def kind_of(rule: Mapping[str, object]) -> RuleKind | None:
    """Returns the kind of a rule as it is written; None where it is none that a site may have."""
    kind = rule.get("kind")
    return RuleKind(kind) if isinstance(kind, str) and kind in MODELS else None


def given(rule: AnyRuleKeys) -> Threshold | None:
    """Returns the threshold that a rule has; None where its kind has none."""
    return next((each for each in THRESHOLDS[RuleKind(rule.kind)] if getattr(rule, each.key) is not None), None)
