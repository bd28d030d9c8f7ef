"""Things are looked for only where a rule keeps a zone clear."""

import numpy as np

from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.layout import Layout, Zone
from passerby.pipeline.detector_setup import thing_finder
from testing.pictures.frames import TellingDetector

LAYOUT = Layout((), (Zone("exit", np.array([[0, 0], [1, 0], [1, 1]], np.float32)),), (), None)


def test_a_rule_that_keeps_a_zone_clear_needs_the_finder() -> None:
    rule = EventRule("clear", RuleKind.OBSTACLE, "exit", 20, "s")
    assert thing_finder((rule,), LAYOUT, TellingDetector()) is not None


def test_other_rules_and_a_zone_that_is_not_there_need_none() -> None:
    rules = (
        EventRule("full", RuleKind.OVERCROWDING, "exit", 20, "1"),
        EventRule("clear", RuleKind.OBSTACLE, "door", 20, "s"),
    )
    assert thing_finder(rules, LAYOUT, TellingDetector()) is None
