"""A camera's process reports of the draft that it was given, and of nothing else."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from passerby.domain.draft_trial import Draft, DraftCount, DraftNumbers, DraftOccupancy, DraftRule
from passerby.domain.errors import WorkerError
from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.events import Direction
from passerby.domain.layout import Layout, Line, Zone
from passerby.domain.road_user import RoadUser
from passerby.engine.plausible.drafts import DraftCheck

WALKER = frozenset({RoadUser.PEDESTRIAN})
LINE = Line("gate", np.array([[0.5, 0.0], [0.5, 1.0]], np.float32), WALKER)
ZONE = Zone("square", np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32), WALKER)
RULE = EventRule("full", RuleKind.OVERCROWDING, "square", 0.5, "1")
DRAFT = Draft("d1", 1_000, Layout((LINE,), (ZONE,), (), None), (RULE,))
COUNT = DraftCount("gate", RoadUser.PEDESTRIAN, Direction.FORWARD, 3)
INSIDE = DraftOccupancy("square", RoadUser.PEDESTRIAN, 2)
SAID = DraftRule("full", 2.5, True, 1)
NUMBERS = DraftNumbers("d1", 500, 0.5, False, (COUNT,), (INSIDE,), (SAID,))


def begun() -> DraftCheck:
    check = DraftCheck()
    check.begin(DRAFT)
    return check


def test_numbers_of_the_draft_pass_with_texts_that_are_safe_to_show() -> None:
    assert begun().checked(NUMBERS) == NUMBERS
    said = replace(SAID, why_not="a\x1b[31m" + "b" * 3000)
    passed = begun().checked(replace(NUMBERS, rules=(said,)))
    assert passed is not None
    assert "\x1b" not in passed.rules[0].why_not
    assert len(passed.rules[0].why_not) <= 1001


@pytest.mark.parametrize(
    "changes",
    [
        {"draft_id": "d2"},
        {"counts": (replace(COUNT, line="a name"),)},
        {"counts": (replace(COUNT, road_user=RoadUser.CAR),)},
        {"counts": (COUNT, replace(COUNT, count=4))},
        {"occupancy": (replace(INSIDE, zone="gate"),)},
        {"occupancy": (INSIDE, INSIDE)},
        {"rules": ()},
        {"rules": (replace(SAID, rule="who"),)},
        {"rules": (SAID, SAID)},
    ],
    ids=str,
)
def test_what_is_not_of_the_draft_ends_the_process(changes: dict[str, Any]) -> None:
    with pytest.raises(WorkerError):
        begun().checked(replace(NUMBERS, **changes))


def test_what_was_on_its_way_when_the_draft_ended_is_dropped() -> None:
    check = begun()
    check.end_this("another")
    assert check.checked(NUMBERS) is not None
    check.end_this("d1")
    assert check.checked(NUMBERS) is None
    assert check.end() == ""
    check.begin(replace(DRAFT, draft_id="d2"))
    assert check.checked(NUMBERS) is None
    over = replace(NUMBERS, draft_id="d2", over=True)
    assert check.checked(over) == over
    assert check.end() == ""


def test_without_a_draft_nothing_may_be_reported() -> None:
    with pytest.raises(WorkerError, match="not tried"):
        DraftCheck().checked(NUMBERS)
