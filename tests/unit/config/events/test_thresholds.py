"""The thresholds of the site file are those that the rules understand."""

from passerby.config.events.thresholds import MODELS, THRESHOLDS, kind_of
from passerby.domain.event_rules import RAISED_BY_SERVICE, RuleKind
from passerby.domain.rule_subjects import units_of


def test_every_kind_that_a_site_may_have_has_keys() -> None:
    assert set(MODELS) == set(THRESHOLDS) == set(RuleKind) - RAISED_BY_SERVICE


def test_each_threshold_is_a_key_of_its_kind_in_a_unit_that_its_rule_understands() -> None:
    for kind, thresholds in THRESHOLDS.items():
        for threshold in thresholds:
            assert threshold.key in MODELS[kind].model_fields
            assert threshold.unit in units_of(kind)


def test_a_kind_is_read_from_what_is_written() -> None:
    assert kind_of({"kind": "queue"}) is RuleKind.QUEUE
    assert [kind_of({"kind": kind}) for kind in ("mass_viewing", "", 5, None, ("queue",))] == [None] * 5
