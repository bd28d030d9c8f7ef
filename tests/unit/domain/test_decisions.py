"""Decisions hold what their kind needs and nothing else, and a rule's precision has an interval that holds for few."""

import math
from typing import Any

import pytest

from passerby.domain.decisions import (
    Decision,
    DecisionKind,
    Judgement,
    RuleRecord,
    Standing,
    standing_of,
    wilson_interval,
)
from passerby.domain.event_rules import RuleKind

NEEDED: dict[DecisionKind, dict[str, Any]] = {
    DecisionKind.HANDED_OVER: {"to": "ben"},
    DecisionKind.SNOOZED: {"until_ns": 6},
    DecisionKind.JUDGED: {"verdict": Judgement.TRUE},
    DecisionKind.TAKEN_BACK: {"of": DecisionKind.ACKNOWLEDGED},
}


def made(kind: DecisionKind, account: str = "ana", **fields: Any) -> Decision:
    return Decision("0" * 32, 5, account, kind, **fields)


@pytest.mark.parametrize("kind", DecisionKind)
def test_each_kind_has_its_own_field_and_no_other(kind: DecisionKind) -> None:
    own: dict[str, Any] = NEEDED.get(kind, {})
    assert made(kind, **own).kind is kind
    if own:
        with pytest.raises(ValueError, match=f"is needed, got a decision `{kind.value}`"):
            made(kind)
    for other, fields in NEEDED.items():
        if other is not kind:
            with pytest.raises(ValueError, match=f"only `{other.value}` has it, got a decision `{kind.value}`"):
                made(kind, **own, **fields)


@pytest.mark.parametrize("until_ns", [4, 5])
def test_a_time_that_is_over_snoozes_nothing(until_ns: int) -> None:
    with pytest.raises(ValueError, match="until: a time to come"):
        made(DecisionKind.SNOOZED, until_ns=until_ns)


def test_the_newest_decision_of_a_kind_holds() -> None:
    assert standing_of([]) == Standing()
    standing = standing_of(
        [
            made(DecisionKind.ACKNOWLEDGED),
            made(DecisionKind.ACKNOWLEDGED, "ben"),
            made(DecisionKind.HANDED_OVER, to="ben"),
            made(DecisionKind.HANDED_OVER, to="eva"),
            made(DecisionKind.JUDGED, verdict=Judgement.TRUE),
            made(DecisionKind.JUDGED, verdict=Judgement.FALSE),
            made(DecisionKind.SNOOZED, until_ns=9),
            made(DecisionKind.SNOOZED, until_ns=7),
            made(DecisionKind.REVIEWED),
            made(DecisionKind.REVIEWED, "ben"),
            made(DecisionKind.REVIEWED),
        ]
    )
    assert standing == Standing("ben", "eva", 7, Judgement.FALSE, ("ana", "ben"))


def test_what_is_taken_back_leaves_what_held_before_it() -> None:
    back = DecisionKind.TAKEN_BACK
    decided = [
        made(DecisionKind.JUDGED, "ben", verdict=Judgement.FALSE),
        made(DecisionKind.JUDGED, verdict=Judgement.TRUE),
        made(DecisionKind.REVIEWED),
        made(back, of=DecisionKind.JUDGED, verdict=Judgement.FALSE),
    ]
    assert standing_of(decided) == Standing(verdict=Judgement.FALSE, reviewed_by=("ana",))
    # Others' decisions are theirs, and what is taken back once is not taken back again.
    again = [*decided, made(back, of=DecisionKind.JUDGED), made(back, of=DecisionKind.REVIEWED)]
    assert standing_of(again) == Standing(verdict=Judgement.FALSE)
    with pytest.raises(ValueError, match="of: a decision"):
        made(back, of=back)


@pytest.mark.parametrize("trials", [1, 2, 10, 1000])
def test_the_interval_is_where_the_score_test_ends(trials: int) -> None:
    for hits in {0, 1, trials // 2, trials}:
        low, high = wilson_interval(hits, trials)
        share = hits / trials
        assert 0 <= low <= share <= high <= 1
        for end in (low, high):
            if 0 < end < 1:
                score = (share - end) / math.sqrt(end * (1 - end) / trials)
                assert abs(score) == pytest.approx(1.959964)


def test_unsure_events_say_nothing_of_a_rule() -> None:
    record = RuleRecord("square", "full", RuleKind.OVERCROWDING, 9, true=3, false=1, unsure=4)
    assert record.precision == 0.75
    assert record.precision_interval == wilson_interval(3, 4)
    none = RuleRecord("square", "full", RuleKind.OVERCROWDING, 9, unsure=4)
    assert none.precision is none.precision_interval is None
