"""A script of failures is read, and what it cannot mean is said."""

import pytest

from passerby.domain.errors import PasserbyError
from testing.city.script import DATABASE, HUB, Failure, Step, steps_of

MACHINES = frozenset({"machine-000", "machine-001"})


def test_each_line_is_a_step() -> None:
    text = """
    # a bad day
    minute 1: machine-000 dies for 2
    minute 2: machine-001 is cut off for 30   # a digger
    minute 3: hub dies
    minute 4: database dies for 5
    minute 5: machine-000 has a slow disk
    minute 6: machine-000 has a wrong clock for 3
    """
    assert list(steps_of(text, MACHINES)) == [
        Step(1, "machine-000", Failure.DIES, 2), Step(2, "machine-001", Failure.CUT_OFF, 30),
        Step(3, HUB, Failure.DIES), Step(4, DATABASE, Failure.DIES, 5), Step(5, "machine-000", Failure.SLOW_DISK),
        Step(6, "machine-000", Failure.WRONG_CLOCK, 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("minute 1: machine-000 explodes", "line 1: 'minute 1: machine-000 explodes' is no step of a script"),
        ("at 1: machine-000 dies", "is no step of a script; for example: minute 3"),
        ("minute 1: machine-002 dies", "line 1: there is no machine-002 that dies"),
        ("minute 1: hub is cut off", "there is no hub that is cut off"),
    ],
)
def test_what_a_line_cannot_mean_is_said(line: str, why: str) -> None:
    with pytest.raises(PasserbyError) as caught:
        list(steps_of(line, MACHINES))
    assert why in str(caught.value)
