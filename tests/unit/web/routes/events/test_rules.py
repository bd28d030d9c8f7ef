"""Rules over HTTP: how often each was right, with the interval of that."""

from passerby.domain.decisions import RuleRecord
from passerby.domain.event_rules import RAISED_BY_SERVICE, RuleKind
from testing.web.fakes import NOW_S, NS_PER_S, Service

DAY_NS = 86_400 * NS_PER_S


def test_a_rule_is_shown_with_its_precision_and_the_interval_of_it() -> None:
    service = Service()
    service.store.record_rows = [
        RuleRecord("square", "full", RuleKind.OVERCROWDING, 14, 8, 2, 3),
        RuleRecord("gate", "jam", RuleKind.QUEUE, 1),
    ]
    full, jam = service.get("/api/v1/rules").json()["rows"]
    assert {name: round(full.pop(name), 4) for name in ("precision_low", "precision_high")} == {
        "precision_low": 0.4902,
        "precision_high": 0.9433,
    }
    assert full == {
        "camera": "square", "rule": "full", "kind": "overcrowding", "events": 14, "true": 8, "false": 2, "unsure": 3,
        "precision": 0.8,
    }  # fmt: skip
    assert jam["precision"] is jam["precision_low"] is jam["precision_high"] is None


def test_a_month_is_looked_at_where_no_time_is_named() -> None:
    service = Service()
    service.get("/api/v1/rules")
    service.get("/api/v1/rules?start=2026-09-27&end=2026-09-28&camera=square")
    month, day = service.store.asked_events
    assert (month.start_ns, month.end_ns) == (NOW_S * NS_PER_S + 1 - 30 * DAY_NS, NOW_S * NS_PER_S + 1)
    assert (day.end_ns - day.start_ns, day.cameras) == (DAY_NS, ("square",))
    assert not RAISED_BY_SERVICE & set(month.kinds)
    assert service.get("/api/v1/rules?start=2026-09-28&end=2026-09-27").status_code == 422
