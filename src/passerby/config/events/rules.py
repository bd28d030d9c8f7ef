"""The rules and profiles of a site, made from its file's keys."""

from collections.abc import Iterable, Mapping

from passerby.config.events.keys import AnyRuleKeys, ProfileKeys
from passerby.config.events.thresholds import given
from passerby.config.events.week import hours_of
from passerby.config.values import way_of
from passerby.domain.event_rules import MIN_COUNT, EventRule, Profile, RuleKind, Severity
from passerby.domain.events import Direction
from passerby.domain.layout import Line
from passerby.domain.road_user import RoadUser


def rules_of(rules: Mapping[str, AnyRuleKeys], lines: Iterable[Line]) -> tuple[EventRule, ...]:
    """Returns a camera's rules, in the order of the file.

    Args:
        rules: name -> keys, of which the loader has made sure that they go with the camera's places.
        lines: the camera's lines.
    """
    by_name = {line.name: line for line in lines}
    return tuple(_rule(name, keys, by_name) for name, keys in rules.items())


def profiles_of(profiles: Mapping[str, ProfileKeys]) -> tuple[Profile, ...]:
    """Returns the profiles of a site, in the order of the file."""
    return tuple(Profile(name, hours_of(keys.hours), frozenset(keys.dates)) for name, keys in profiles.items())


def place_of(rule: AnyRuleKeys) -> str:
    """Returns the line or zone that a rule is watched at; empty for the camera as a whole."""
    return str(getattr(rule, "zone", "") or getattr(rule, "line", ""))


def _rule(name: str, keys: AnyRuleKeys, lines: Mapping[str, Line]) -> EventRule:
    threshold, value = given(keys), 1.0
    if threshold is not None:
        value = getattr(keys, threshold.key) * threshold.factor
    return EventRule(
        name=name,
        kind=RuleKind(keys.kind),
        place=place_of(keys),
        threshold=value,
        unit="1" if threshold is None else threshold.unit,
        hold_s=getattr(keys, "hold_s", 0.0),
        cool_down_s=keys.cool_down_s,
        severity=Severity(keys.severity),
        direction=_direction(keys, lines),
        road_users=frozenset(map(RoadUser.from_label, getattr(keys, "count", None) or ())),
        hours=hours_of(keys.hours),
        profiles=frozenset(keys.profiles),
        min_count=getattr(keys, "min_count", MIN_COUNT),
        silent=keys.silent,
    )


def _direction(keys: AnyRuleKeys, lines: Mapping[str, Line]) -> Direction | None:
    """The allowed direction over a rule's line, which may be given by the line's own name for it."""
    way = getattr(keys, "allowed_way", None)
    line = lines.get(place_of(keys))
    if way is None or line is None:
        return None
    direction = way_of(way, {"forward": line.forward_name, "backward": line.backward_name})
    return Direction(direction) if direction else None
