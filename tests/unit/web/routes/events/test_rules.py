"""Rules over HTTP: how often each was right, with the interval of that."""

from dataclasses import replace

import pytest

from passerby.domain.decisions import RuleRecord
from passerby.domain.event_rules import RAISED_BY_SERVICE, EventRule, RuleKind
from testing.trial_service.site_register import registration_with_events
from testing.web.fakes import NOW_S, NS_PER_S, Service

DAY_NS = 86_400 * NS_PER_S


def test_a_rule_is_shown_with_its_precision_and_the_interval_of_it() -> None:
    service = Service()
    service.store.record_rows = [
        RuleRecord("square", "full", RuleKind.OVERCROWDING, 14, 8, 2, 3),
        RuleRecord(
            "gate",
            "jam",
            RuleKind.QUEUE,
            700,
            silent=1,
            alarms=600,
            false_alarms=30,
            first_ns=(NOW_S * NS_PER_S) - 3 * DAY_NS,
        ),
    ]
    answer = service.get("/api/v1/rules").json()
    full, jam = answer["rows"]
    assert answer["burden"] == {
        "days": pytest.approx(3), "alarms_per_day": pytest.approx(200), "operators": 1, "limit_per_day": 144,
        "too_many": True,
    }  # fmt: skip
    figures = ("silent_events", "alarms", "alarms_per_day", "false_alarms_per_day", "above_share")
    assert [jam[name] for name in figures] == [1, 600, pytest.approx(200), pytest.approx(10), True]
    assert [full.pop(name) for name in figures] == [0, 0, 0, 0, False]
    assert {name: round(full.pop(name), 4) for name in ("precision_low", "precision_high")} == {
        "precision_low": 0.4902,
        "precision_high": 0.9433,
    }
    assert full == {
        "camera": "square", "rule": "full", "kind": "overcrowding", "events": 14, "true": 8, "false": 2, "unsure": 3,
        "precision": 0.8, "place": None, "severity": None, "threshold": None, "unit": None, "silent": None,
        "why_not": "the site file does not have it any more",
    }  # fmt: skip
    assert jam["precision"] is jam["precision_low"] is jam["precision_high"] is None


def test_the_site_s_rules_are_shown_with_why_they_are_not_watched() -> None:
    service = Service()
    rule = EventRule("full", RuleKind.OVERCROWDING, "benches", 2.0, "m-2")
    square, gate = service.configurations.plan.cameras
    watched = replace(square, rules=(rule,), registration=registration_with_events())
    cameras = (watched, replace(gate, rules=(replace(rule, name="quiet"),)))
    service.configurations.plan = replace(service.configurations.plan, cameras=cameras)
    service.store.record_rows = [RuleRecord("square", "full", RuleKind.OVERCROWDING, 3, 1, 0, 0)]
    full, quiet = service.get("/api/v1/rules").json()["rows"]
    assert (full["rule"], full["threshold"], full["unit"], full["severity"]) == ("full", 2.0, "m-2", "warning")
    assert (full["why_not"], full["events"], full["true"], full["precision"]) == (None, 3, 1, 1.0)
    assert (quiet["camera"], quiet["rule"], quiet["events"], quiet["precision"]) == ("gate", "quiet", 0, None)
    assert "operational_events.enabled" in quiet["why_not"]
    assert [row["rule"] for row in service.get("/api/v1/rules?camera=gate").json()["rows"]] == ["quiet"]


def test_a_month_is_looked_at_where_no_time_is_named() -> None:
    service = Service()
    service.get("/api/v1/rules")
    service.get("/api/v1/rules?start=2026-09-27&end=2026-09-28&camera=square")
    month, day = service.store.asked_events
    assert (month.start_ns, month.end_ns) == (NOW_S * NS_PER_S + 1 - 30 * DAY_NS, NOW_S * NS_PER_S + 1)
    assert (day.end_ns - day.start_ns, day.cameras) == (DAY_NS, ("square",))
    assert not RAISED_BY_SERVICE & set(month.kinds)
    assert service.get("/api/v1/rules?start=2026-09-28&end=2026-09-27").status_code == 422
