"""The rules of a camera in words, in one language."""

from typing import Final

from passerby.domain.event_rules import WEEK
from passerby.register.catalogue import Catalogue
from passerby.register.published.document import HoursPart, RulePart
from passerby.units import MPS_TO_KMH

_BY_UNIT: Final = {("overcrowding", "m-2"): "overcrowding_per_m2", ("queue", "m"): "queue_m"}
"""Kinds that are measured in more than one unit, with the text of the other one."""


def rule_sentence(rule: RulePart, texts: Catalogue) -> str:
    """Returns what a rule watches for where, past which threshold and for how long, without a full stop."""
    key = _BY_UNIT.get((rule.kind, rule.unit), rule.kind)
    what = texts(f"rule.{key}", place=rule.place, number=_number(rule))
    return texts("rule.held", what=what, seconds=f"{rule.hold_s:g}") if rule.hold_s else what


def rule_times(rule: RulePart, texts: Catalogue) -> str:
    """Returns when a rule is watched; empty for always."""
    hours = ", ".join(_hours(each, texts) for each in rule.hours)
    profiles = texts("rule.profiles", names=", ".join(rule.profiles)) if rule.profiles else ""
    return "; ".join(each for each in (hours, profiles) if each)


def _number(rule: RulePart) -> str:
    value = rule.threshold or 0.0
    if rule.kind == "counter_flow":
        value *= 100
    if rule.unit == "m/s":
        value *= MPS_TO_KMH
    return f"{round(value, 2):g}"


def _hours(hours: HoursPart, texts: Catalogue) -> str:
    every = len(hours.days) == len(WEEK)
    days = texts("weekday.every") if every else ", ".join(texts.word("weekday", day) for day in hours.days)
    return f"{days} {hours.start}–{hours.end}"
