"""The one sentence in which an event explains itself to a person."""

from collections.abc import Mapping
from typing import Final

from passerby.domain.event_rules import KINDS_REACHED, EventRule, RuleKind
from passerby.domain.place_events import EventState
from passerby.text import compared
from passerby.units import MINUTE_S, MPS_TO_KMH

_TITLES: Final[Mapping[RuleKind, str]] = {
    RuleKind.OVERCROWDING: "Crowded in {place}",
    RuleKind.DENSEST_AREA: "Crowded on the densest 10 m² of {place}",
    RuleKind.CROWD_RISING: "The crowd in {place} is growing fast",
    RuleKind.COUNTER_FLOW: "Many people against the direction over {place}",
    RuleKind.VEHICLE_IN_ZONE: "Vehicles in {place}, which is closed to them",
    RuleKind.WRONG_WAY: "Vehicles against the direction over {place}",
    RuleKind.STOPPED_VEHICLE: "A vehicle stands still in {place}",
    RuleKind.QUEUE: "A long queue in {place}",
    RuleKind.OBSTACLE: "Something stands in the way in {place}",
    RuleKind.SPEEDS: "Traffic over {place} is fast",
    RuleKind.NEAR_MISSES: "Many near misses in {place}",
    RuleKind.SATURATED: "{place} is too full to count people one by one",
    RuleKind.CAMERA_STATE: "The camera does not watch",
    RuleKind.MASS_VIEWING: "One viewer looks at many cameras",
}


def why(
    rule: EventRule,
    state: EventState,
    value: float | None,
    peak: float,
    *,
    at_least: bool,
    lasted_s: float,
    coverage: float,
    cause: str = "",
) -> str:
    """Returns an event's sentence, with its figures and units.

    Args:
        rule: the rule.
        state: where the event stands.
        value: the newest value, None where it cannot be measured.
        peak: the highest one.
        at_least: values are lower bounds.
        lasted_s: seconds since the threshold was passed, or from then until it was kept again.
        coverage: 0-1, how much of that was watched.
        cause: why it cannot be measured, or why it ended other than by the threshold; the end of a sentence.
    """
    bound = "at least " if at_least else ""
    title = _TITLES[rule.kind].format(place=rule.place or "view")
    now = f"{bound}{amount(rule, value)} now, " if state is EventState.OPEN and value is not None else ""
    passed = "reached" if rule.kind in KINDS_REACHED else "passed"
    when = f"for {span(lasted_s)}" if state is EventState.CLOSED else f"{span(lasted_s)} ago"
    parts = [
        f"{title}: {now}{bound}{amount(rule, peak)} at most; "
        f"the threshold of {amount(rule, rule.threshold)} was {passed} {when}"
    ]
    if state is EventState.SUSPENDED:
        parts.append(f"it cannot be measured now, because {cause}")
    elif cause:
        parts.append(f"it ended because {cause}")
    if coverage < 0.995 and rule.kind is not RuleKind.CAMERA_STATE:
        parts.append(f"{coverage:.0%} of that time was watched")
    return "; ".join(parts) + "."


def amount(rule: EventRule, value: float | None) -> str:
    """Returns a value with its unit, as a person reads it.

    >>> amount(EventRule("fast", RuleKind.SPEEDS, "road", 13.9, "m/s"), 13.9)
    '13.9 m/s (50 km/h)'
    >>> amount(EventRule("full", RuleKind.OVERCROWDING, "square", 20, "1"), 1.0)
    '1 person'
    """
    if value is None:
        return "no value"
    number = compared(value)
    people = "person" if number == "1" else "people"
    match rule.kind, rule.unit:
        case _, "m-2":
            return f"{number} {people}/m²"
        case _, "m/s":
            return f"{number} m/s ({value * MPS_TO_KMH:.0f} km/h)"
        case RuleKind.COUNTER_FLOW, _:
            return f"{value:.0%}"
        case RuleKind.CROWD_RISING, _:
            return f"{number} {people} more within a minute"
        case RuleKind.NEAR_MISSES, _:
            return f"{number} near {'miss' if number == '1' else 'misses'} an hour watched"
        case _, "s":
            return span(value)
        case RuleKind.SATURATED, _:
            return f"{value:.0%} of what boxes can distinguish"
        case RuleKind.OVERCROWDING, _:
            return f"{number} {people}"
        case _, "m":
            return f"{number} m"
    return f"{number} vehicle" if number == "1" else f"{number} vehicles"


def span(seconds: float) -> str:
    """Returns a length of time as a person reads it.

    >>> span(200), span(4.0)
    ('3 min 20 s', '4 s')
    """
    whole = round(seconds)
    if whole < MINUTE_S:
        return f"{whole} s"
    minutes, rest = divmod(whole, MINUTE_S)
    if minutes < MINUTE_S:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // MINUTE_S} h {minutes % MINUTE_S} min"
