"""What speaks against a thing: one doubt is enough."""

from collections.abc import Callable

import numpy as np
import pytest

from passerby.ingest.standing_things.candidates import MOVES, Against, Candidate
from passerby.ingest.standing_things.regions import Appearance, Region
from passerby.ingest.standing_things.stays import Stay

THING, SHADOW = Appearance(0.9, True, 0.3, 4.0), Appearance(0.0, False, 0.3, 4.0)
PERSON_PX = 44.0


def seen(appearance: Appearance = THING, found: tuple[float, ...] = (0.1, 0.1, 0.1)) -> Candidate:
    candidate = Candidate(Region(np.ones((30, 30), np.bool_), (0, 0, 30, 30), 1.0), 4.0, 1.0, 4.0)
    for _ in range(5):
        candidate.take_appearance(appearance)
    for number, person in enumerate(found):
        candidate.take_found(person, 9.0 + 4 * number)
    return candidate


def test_a_thing_that_was_looked_at_is_in_no_doubt() -> None:
    assert seen().against(30.0, PERSON_PX) is None


def set_lost(candidate: Candidate) -> None:
    candidate.lost_here = True


def set_moves(candidate: Candidate) -> None:
    candidate.moves = MOVES


def set_stay(candidate: Candidate) -> None:
    candidate.stay = Stay(unknown=True)


@pytest.mark.parametrize(
    ("change", "doubt"), [(set_lost, Against.LOST), (set_moves, Against.MOVES), (set_stay, Against.STAY)]
)
def test_one_doubt_is_enough(change: Callable[[Candidate], None], doubt: Against) -> None:
    candidate = seen()
    change(candidate)
    assert candidate.against(30.0, PERSON_PX) is doubt


def test_light_people_and_what_was_not_looked_at_are_in_doubt() -> None:
    assert seen(SHADOW).against(30.0, PERSON_PX) is Against.LIGHT
    assert seen(found=(0.25, 0.25, 0.25)).against(30.0, PERSON_PX) is Against.PERSON
    assert seen(found=(0.1, 0.1)).against(30.0, PERSON_PX) is Against.HIDDEN


def test_below_the_size_at_which_people_are_found_only_what_is_smaller_than_they_are_is_a_thing() -> None:
    assert seen().against(20.0, PERSON_PX) is Against.SMALL
    assert seen().against(14.0, PERSON_PX) is None
    assert seen().against(14.0, None) is Against.SMALL


def test_blur_makes_no_thing_too_large_to_be_a_small_one() -> None:
    assert seen().against(16.0, PERSON_PX) is Against.SMALL
    assert seen().against(16.0, PERSON_PX, blur_px=1.0) is None
