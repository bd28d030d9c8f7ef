"""How many there are in a zone: over-crowding, and vehicles where none should be."""

from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.layout import Layout
from passerby.domain.rule_subjects import DENSITY, road_users_of
from passerby.events.evaluator import Reading
from passerby.events.scene import Scene


class ZoneCount:
    """The road users of a rule's classes in its zone, or the density of pedestrians in it, as measured there."""

    def __init__(self, rule: EventRule, layout: Layout, zone: int) -> None:
        self._zone, self._users = zone, road_users_of(rule)
        self._counted = tuple(sorted(self._users & layout.zones[zone].road_users))
        self._density, self._of_people = rule.unit == DENSITY, rule.kind is RuleKind.OVERCROWDING

    def update(self, scene: Scene) -> Reading:
        """Returns the number or the density of this frame."""
        here = scene.frame.occupancy[self._zone]
        counts, number = here.counts, 0
        for user in self._counted:
            number += counts[user]
        return Reading(here.density_per_m2 if self._density else number, here.saturated and self._of_people)

    def confidence(self, scene: Scene) -> float | None:
        """Returns the mean confidence of those who are seen in the zone now."""
        return scene.mean_confidence(scene.chosen(self._users, self._zone))

    def restart(self) -> None:
        """Drops nothing: the measures keep how many are inside."""
