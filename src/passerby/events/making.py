"""Which evaluator works out the value of which kind of rule, and how often."""

from typing import Final

from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.layout import Layout
from passerby.events.evaluator import Evaluator
from passerby.events.kinds.crowds import BoxCover, CrowdRising, DensestArea
from passerby.events.kinds.flows import LineFlow, WrongWay
from passerby.events.kinds.near_misses import NearMissRate
from passerby.events.kinds.obstacles import Obstacle
from passerby.events.kinds.queues import Queue
from passerby.events.kinds.standing import Standing
from passerby.events.kinds.zone_counts import ZoneCount
from passerby.events.subjects import zone_number

IN_EACH_FRAME: Final = frozenset(
    {RuleKind.OVERCROWDING, RuleKind.VEHICLE_IN_ZONE, RuleKind.WRONG_WAY, RuleKind.NEAR_MISSES}
)
"""Kinds whose value is worked out with every frame; the others' once in `LOOK_S`."""


class Evaluators:
    """Makes the evaluators of one camera's rules, which share what several of them need.

    Args:
        layout: the camera's lines, zones and ground.
        hidden_s: how long a track is remembered after its last sighting.
    """

    def __init__(self, layout: Layout, *, hidden_s: float) -> None:
        self._layout, self._hidden_s = layout, hidden_s

    def make(self, rule: EventRule) -> Evaluator | None:
        """Returns the evaluator of a rule that lacks nothing; None for the camera's state, which needs no frame.

        Raises:
            ValueError: the rule lacks its zone.
        """
        match rule.kind:
            case RuleKind.CAMERA_STATE:
                return None
            case RuleKind.COUNTER_FLOW | RuleKind.SPEEDS:
                return LineFlow(rule)
            case RuleKind.WRONG_WAY:
                return WrongWay(rule, self._layout, hidden_s=self._hidden_s)
        zone = zone_number(rule, self._layout)
        if rule.kind is RuleKind.NEAR_MISSES:
            return NearMissRate(rule, self._layout, zone)
        if zone is None:
            raise ValueError(f"rule {rule.name}: there is no zone {rule.place}")
        return self._in_zone(rule, zone)

    def _in_zone(self, rule: EventRule, zone: int) -> Evaluator:
        match rule.kind:
            case RuleKind.DENSEST_AREA:
                return DensestArea(rule, zone)
            case RuleKind.CROWD_RISING:
                return CrowdRising(rule, self._layout, zone)
            case RuleKind.SATURATED:
                return BoxCover(zone)
            case RuleKind.STOPPED_VEHICLE:
                return Standing(rule, zone, hidden_s=self._hidden_s)
            case RuleKind.OBSTACLE:
                return Obstacle(rule, zone, self._layout, hidden_s=self._hidden_s)
            case RuleKind.QUEUE:
                return Queue(rule, zone)
        return ZoneCount(rule, self._layout, zone)
