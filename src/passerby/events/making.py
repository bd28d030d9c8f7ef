"""Which evaluator works out the value of which kind of rule."""

from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.layout import Layout
from passerby.events.evaluator import Evaluator
from passerby.events.subjects import zone_number
from passerby.events.zone_counts import ZoneCount


def make_evaluator(rule: EventRule, layout: Layout) -> Evaluator | None:
    """Returns the evaluator of a rule that lacks nothing; None for the camera's state, which needs no frame."""
    if rule.kind is RuleKind.CAMERA_STATE:
        return None
    zone = zone_number(rule, layout)
    if rule.kind in (RuleKind.OVERCROWDING, RuleKind.VEHICLE_IN_ZONE) and zone is not None:
        return ZoneCount(rule, layout, zone)
    raise NotImplementedError(rule.kind)
