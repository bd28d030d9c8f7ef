"""The rules of a camera in words."""

import pytest

from passerby.domain.event_rules import RAISED_BY_SERVICE, EventRule, RuleKind, Severity, WeeklyHours
from passerby.domain.rule_subjects import units_of
from passerby.register.catalogue import catalogue, english
from passerby.register.published.generation import rule_part
from passerby.register.rule_texts import rule_sentence, rule_times


def sentence(kind: RuleKind, threshold: float, unit: str, hold_s: float = 0.0, language: str = "en") -> str:
    rule = EventRule("a", kind, "Market", threshold, unit, hold_s=hold_s)
    return rule_sentence(rule_part(rule, running=True), catalogue(language))


@pytest.mark.parametrize(
    ("kind", "threshold", "unit", "words"),
    [
        (RuleKind.OVERCROWDING, 40, "1", 'more than 40 people in the area "Market"'),
        (RuleKind.OVERCROWDING, 2.5, "m-2", 'more than 2.5 people on each square metre of the area "Market"'),
        (RuleKind.COUNTER_FLOW, 0.3, "1",
         'more than 30 % of the people who cross the line "Market" go against the allowed way'),
        (RuleKind.SPEEDS, 30 / 3.6, "m/s",
         'the speed at the line "Market" that 85 % of the vehicles do not exceed is above 30 km/h'),
        (RuleKind.QUEUE, 12, "m", 'a queue of vehicles in the area "Market" is longer than 12 m'),
        (RuleKind.QUEUE, 4, "1", 'more than 4 vehicles queue in the area "Market"'),
        (RuleKind.WRONG_WAY, 1, "1", 'a vehicle crosses the line "Market" against the allowed way'),
    ],
)  # fmt: skip
def test_a_rule_says_what_where_and_past_which_threshold(
    kind: RuleKind, threshold: float, unit: str, words: str
) -> None:
    assert sentence(kind, threshold, unit) == words
    assert sentence(kind, threshold, unit, hold_s=12.5) == f"{words}, for 12.5 s"


@pytest.mark.parametrize("language", ["en", "sr-Latn", "sr-Cyrl"])
def test_every_kind_in_every_unit_has_words_of_its_own(language: str) -> None:
    terms = [(kind, unit) for kind in RuleKind if kind not in RAISED_BY_SERVICE for unit in units_of(kind)]
    words = [sentence(kind, 7, unit, language=language) for kind, unit in terms]
    assert len(set(words)) == len(terms)
    assert all("Market" in text or kind is RuleKind.CAMERA_STATE for text, (kind, _) in zip(words, terms, strict=True))
    assert all(f"severity.{severity}" in english().texts for severity in Severity)


def test_hours_and_profiles_are_said() -> None:
    rule = EventRule(
        "a", RuleKind.SATURATED, "Market", 1, "1", profiles=frozenset({"fair"}),
        hours=(WeeklyHours(frozenset({4, 5}), 64_800, 7_200), WeeklyHours(frozenset(range(7)), 0, 86_400)),
    )  # fmt: skip
    part = rule_part(rule, running=True)
    assert rule_times(part, english()) == "Fri, Sat 18:00–02:00, every day 00:00–24:00; only when switched on: fair"
    assert rule_times(part, catalogue("sr-Latn")).startswith("pet, sub 18:00–02:00, svakog dana")
    always = EventRule("a", RuleKind.SATURATED, "Market", 1, "1")
    assert rule_times(rule_part(always, running=True), english()) == ""
