"""Place-safety rules on labelled people of a real recording with drawn changes: what is due is raised, and no more."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.events.bases import Bases
from benchmarks.events.cases.camera import camera_cases
from benchmarks.events.labelled import SEED, draw, score, score_cameras
from benchmarks.footage import PETS, find_footage
from passerby.domain.event_rules import RuleKind

pytestmark = [pytest.mark.slow, pytest.mark.footage, pytest.mark.no_cover]

CHOSEN = (
    RuleKind.OVERCROWDING,
    RuleKind.DENSEST_AREA,
    RuleKind.VEHICLE_IN_ZONE,
    RuleKind.STOPPED_VEHICLE,
    RuleKind.OBSTACLE,
    RuleKind.QUEUE,
    RuleKind.WRONG_WAY,
)
"""Kinds whose films are short; `python -m benchmarks.events.labelled` tries all, and what the detector sees."""


@pytest.fixture(scope="module")
def bases(footage: Path) -> Bases:
    return Bases(find_footage(footage), detect=False)


@pytest.mark.parametrize("kind", CHOSEN)
def test_what_is_due_is_raised_in_time_and_nothing_else(bases: Bases, kind: RuleKind) -> None:
    cases, unclear = draw(kind, bases, ["PETS"], SEED, 3)
    wrong: list[str] = []
    found = score(cases, kind, unclear, "truth", wrong.append)
    assert (found.due, found.not_due) == (3, 3)
    assert wrong == []
    assert (found.found, found.false) == (3, 0)


def test_a_camera_that_does_not_watch_is_reported(footage: Path) -> None:
    assert len(camera_cases([PETS.name], np.random.default_rng(1), 4)) == 8
    wrong: list[str] = []
    found = score_cameras(footage, [PETS.name], 4, "truth", wrong.append)
    assert (found.found, found.false, wrong) == (4, 0, [])
