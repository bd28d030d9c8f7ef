"""What becomes of a fault, on a small project of its own, whose tests run as those of a room do."""

from pathlib import Path

import pytest

from testing.source_tree import ROOT
from tools.mutants.__main__ import _enough
from tools.mutants.mutations import Mutant, mutants_of
from tools.mutants.trial import Outcome, RoomTests

SOURCE = """
def count_down(number):
    while number > 0:
        number = number - 2
    return number

def unseen(number):
    return number * 2

def seen_by_a_slow_test(number):
    return number * 3
"""
TESTS = """
import pytest
from passerby.room.steps import count_down, seen_by_a_slow_test

def test_count_down():
    assert [count_down(number) for number in (0, 3)] == [0, -1]

@pytest.mark.slow
def test_seen():
    assert seen_by_a_slow_test(2) == 6
"""
FILE = Path("src/passerby/room/steps.py")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    texts = {
        "src/passerby/__init__.py": "",
        "src/passerby/room/steps.py": SOURCE,
        "tests/unit/room/test_steps.py": TESTS,
        "tests/conftest.py": (ROOT / "tests" / "conftest.py").read_text("utf-8"),
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def fault(after: str) -> Mutant:
    (chosen,) = [mutant for mutant in mutants_of(SOURCE.encode()) if mutant.after == after]
    return chosen


@pytest.mark.slow
@pytest.mark.parametrize(
    ("after", "outcome"),
    [
        ("number >= 0", Outcome.NOTICED),
        ("number / 2", Outcome.SURVIVED),
        ("number / 3", Outcome.NOTICED),
        ("number + 2", Outcome.TIMED_OUT),
    ],
)
def test_a_fault_is_noticed_or_not_or_never_ends(copy: Path, after: str, outcome: Outcome) -> None:
    assert (
        RoomTests(copy, "room", limit_s=4.0 if outcome is Outcome.TIMED_OUT else 60.0).outcome(FILE, fault(after))
        is outcome
    )
    assert (copy / FILE).read_text("utf-8") == SOURCE


@pytest.mark.slow
def test_tests_that_fail_without_a_fault_measure_nothing(copy: Path) -> None:
    assert RoomTests.prepared(copy, "room") is not None
    (copy / FILE).write_text(SOURCE.replace("number - 2", "number - 3"), encoding="utf-8")
    assert RoomTests.prepared(copy, "room") is None


@pytest.mark.parametrize(
    ("noticed", "survived", "timed_out", "enough"),
    [(17, 3, 0, True), (16, 4, 0, False), (17, 3, 20, True), (16, 4, 20, False), (0, 0, 5, False), (0, 0, 0, False)],
)
def test_a_room_needs_its_share_of_those_that_came_to_a_result(
    noticed: int, survived: int, timed_out: int, enough: bool
) -> None:
    outcomes = [Outcome.NOTICED] * noticed + [Outcome.SURVIVED] * survived + [Outcome.TIMED_OUT] * timed_out
    assert _enough("room", outcomes) is enough
