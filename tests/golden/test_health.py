"""Camera health on real recordings: well as they are, and moved, covered or dark when that is done to them."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.health.changed_views import FILMS, Film, Outcome, Rig, outcome_of, pictures_of
from benchmarks.health.changes import CREEPING, FAULTS, MOVES, WELL, Case
from passerby.domain.health import CameraState

pytestmark = [pytest.mark.slow, pytest.mark.footage, pytest.mark.no_cover]

CHOSEN = [FILMS[0], FILMS[3], FILMS[4]]
"""A square with people, a street, and a motorway in haze; none is larger than needed."""

CASES = {case.name: case for case in (*MOVES, *FAULTS, *WELL)}


@pytest.fixture(scope="module", params=CHOSEN, ids=[film.name for film in CHOSEN])
def learned(request: pytest.FixtureRequest, footage: Path) -> tuple[Rig, Film]:
    """A camera that knows its view."""
    film: Film = request.param
    rig = Rig(pictures_of(footage, film)[: film.most])
    rig.learn()
    return rig, film


def played(learned: tuple[Rig, Film], case: Case, seconds: int) -> Outcome:
    return outcome_of(*learned, case, seconds)


@pytest.mark.parametrize("name", ["shifted by 2%", "shifted by 20%", "turned by 2°", "zoomed by 5%", "another view"])
def test_a_moved_camera_is_noticed(learned: tuple[Rig, Film], name: str) -> None:
    outcome = played(learned, CASES[name], 40)
    assert outcome.reached[-1] == "moved"
    assert outcome.doubt_s is not None
    assert outcome.doubt_s <= 6


@pytest.mark.parametrize("name", ["light times 0.05, noise", "grey cloth over 85%", "blur of 0.8% of the width"])
def test_a_picture_that_shows_too_little_is_noticed(learned: tuple[Rig, Film], name: str) -> None:
    case = CASES[name]
    assert case.state is not None
    assert played(learned, case, 35).reached[-1] == case.state.value


@pytest.mark.parametrize(
    "name", ["untouched", "shaking, 0.3 % of the width", "lamps and shadows switched", "lorry over half, undetected"]
)
def test_a_camera_that_is_well_is_neither_reported_nor_doubted(learned: tuple[Rig, Film], name: str) -> None:
    outcome = played(learned, CASES[name], 60)
    assert set(outcome.reached) <= {"online"}
    assert outcome.doubted == 0


def test_gusts_are_doubted_while_they_last_and_not_reported(learned: tuple[Rig, Film]) -> None:
    outcome = played(learned, CASES["gusts, 2 % for 5 s twice a minute"], 60)
    assert set(outcome.reached) <= {"online"}
    assert 0 < outcome.doubted < 0.4


def test_a_recording_whose_own_camera_creeps_is_noticed(footage: Path) -> None:
    film = FILMS[3]
    pictures = pictures_of(footage, film)
    rig = Rig(pictures[: film.most])
    rig.learn()
    rest = pictures[film.most :]
    assert outcome_of(rig, film, CREEPING, len(rest), rest).reached[-1] == CameraState.MOVED.value


def test_the_kept_reference_of_one_place_does_not_fit_another(footage: Path) -> None:
    kept = []
    for film in CHOSEN[:2]:
        rig = Rig(pictures_of(footage, film)[: film.most])
        rig.learn()
        kept.append(rig.signs.reference())
    first, second = kept
    assert first is not None
    assert second is not None
    alike = np.corrcoef(first.ravel().astype(float), second.ravel().astype(float))[0, 1]
    assert abs(alike) < 0.5
