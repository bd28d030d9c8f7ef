"""Too many alarms are more than operators can attend to; the rules above an even share of that are named."""

import pytest

from passerby.domain.burden import ALARMS_EACH_PER_DAY, Burden
from passerby.domain.decisions import RuleRecord
from passerby.domain.event_rules import RuleKind

DAY_NS = 86_400 * 10**9


def record(rule: str, alarms: int, first_day: float = 0.0, false: int = 0) -> RuleRecord:
    first_ns = round(first_day * DAY_NS)
    kind = RuleKind.QUEUE
    return RuleRecord("square", rule, kind, alarms, alarms=alarms, false_alarms=false, first_ns=first_ns)


def over(*records: RuleRecord, rules: int = 2, operators: int = 1, end_day: float = 10.0) -> Burden:
    return Burden.over(records, 0, round(end_day * DAY_NS), rules=rules, operators=operators)


def test_one_alarm_in_ten_minutes_is_what_an_operator_can_attend_to() -> None:
    assert ALARMS_EACH_PER_DAY == 24 * 60 / 10
    assert not over(record("a", 1440)).too_many
    assert over(record("a", 1441)).too_many
    assert not over(record("a", 1441), operators=2).too_many


def test_of_too_many_alarms_those_above_an_even_share_are_named_worst_first() -> None:
    loud, louder, quiet = record("loud", 800), record("louder", 900, false=450), record("quiet", 500)
    burden = over(loud, louder, quiet)
    assert [burden.above_share(each) for each in (loud, louder, quiet)] == [True, True, False]
    first, second = burden.sentences()
    assert first == (
        "rule louder of square raises 90 alarms a day (45 of them judged false); all rules raise 220, and 144 are what "
        "1 on duty can attend to (EEMUA 191)"
    )
    assert second.startswith("rule loud of")
    assert over(record("a", 1000), record("b", 10)).sentences() == ()  # above its share, and still not too many


def test_the_time_counts_from_the_first_alarm_and_is_a_day_at_least() -> None:
    assert over(record("a", 300, first_day=8.0)).days == pytest.approx(2.0)
    assert over(record("a", 300, first_day=9.9)).days == 1.0
    assert over().days == pytest.approx(10.0)
    assert over().sentences() == ()
