"""Numbers of a draft that no sandbox of ours would send are refused where they are read."""

import io
from dataclasses import replace
from typing import Any

import pytest

from passerby.domain.draft_trial import MAX_RULES, DraftCount, DraftNumbers, DraftOccupancy, DraftRule
from passerby.domain.events import Direction
from passerby.domain.road_user import RoadUser
from passerby.messages.codec import CodecError
from passerby.messages.hub_messages import TO_HUB, DraftReport
from passerby.messages.sandbox_messages import FROM_SANDBOX

COUNT = DraftCount("gate", RoadUser.PEDESTRIAN, Direction.FORWARD, 3)
INSIDE = DraftOccupancy("square", RoadUser.BICYCLE, 2)
RULE = DraftRule("full", 2.5, True, 1)
NUMBERS = DraftNumbers("d1", 1_700_000_040, 0.5, False, (COUNT,), (INSIDE,), (RULE,))


def received(numbers: DraftNumbers) -> Any:
    return FROM_SANDBOX.receive(io.BytesIO(FROM_SANDBOX.frame(numbers)))


def test_numbers_come_out_as_they_went_in() -> None:
    assert received(NUMBERS) == NUMBERS
    report = DraftReport("square", "d1", NUMBERS)
    assert TO_HUB.receive(io.BytesIO(TO_HUB.frame(report))) == report


@pytest.mark.parametrize(
    "changes",
    [
        {"draft_id": "d" * 33},
        {"time_ns": -1},
        {"coverage": 1.1},
        {"coverage": float("nan")},
        {"counts": (replace(COUNT, count=-1),)},
        {"counts": (replace(COUNT, line="g" * 501),)},
        {"counts": (COUNT,) * 200},
        {"occupancy": (replace(INSIDE, count=10**13),)},
        {"occupancy": (INSIDE,) * 100},
        {"rules": (RULE,) * (MAX_RULES + 1)},
        {"rules": (replace(RULE, value=float("inf")),)},
        {"rules": (replace(RULE, events=-1),)},
        {"rules": (replace(RULE, why_not="w" * 4001),)},
    ],
    ids=lambda changes: str(changes)[:60],
)
def test_what_is_none_is_refused_on_both_ways(changes: dict[str, Any]) -> None:
    numbers = replace(NUMBERS, **changes)
    with pytest.raises(CodecError):
        received(numbers)
    with pytest.raises(CodecError):
        TO_HUB.receive(io.BytesIO(TO_HUB.frame(DraftReport("square", "d1", numbers))))
