"""What is believed of all lines' counts."""

from dataclasses import replace

import numpy as np
import pytest

from passerby.domain.count_accuracy import accuracy_of
from passerby.domain.events import Direction
from passerby.domain.hand_counts import MinutePair
from passerby.domain.line_accuracies import PRIOR, Counted, LineAccuracies
from passerby.domain.observations import Observation, Quantity
from passerby.domain.road_user import RoadUser
from passerby.domain.true_crossings import Numbers

BICYCLE, CAR = RoadUser.BICYCLE, RoadUser.CAR
F, B = Direction.FORWARD, Direction.BACKWARD
MINUTES = [MinutePair(60 * i, BICYCLE, way, 5, 4) for i in range(10) for way in Direction]
KNOWN = LineAccuracies({("square", "gate"): MINUTES})
FLOW = Observation("square", "gate", Quantity.FLOW, BICYCLE, "forward", 0, 900, 40.0, 40, 1.0)


def test_a_line_that_was_counted_by_hand_has_its_own_interval_and_any_other_the_wide_one() -> None:
    assert KNOWN.of_observation(FLOW) == accuracy_of(MINUTES, BICYCLE, F).true_crossings(40)
    others = [replace(FLOW, series="bridge"), replace(FLOW, camera="station"), replace(FLOW, road_user=CAR)]
    for other in others:
        assert KNOWN.of_observation(other) == accuracy_of([]).true_crossings(40)
    assert KNOWN.validated("square", "gate")
    assert not KNOWN.validated("square", "bridge")


@pytest.mark.parametrize(
    "one",
    [
        replace(FLOW, value=None, coverage=0.0),
        replace(FLOW, value=-1.0),
        replace(FLOW, value=float("nan")),
        replace(FLOW, value=1e300),
        replace(FLOW, quantity=Quantity.OCCUPANCY_MEAN),
    ],
)
def test_what_counts_no_crossings_has_no_interval(one: Observation) -> None:
    assert PRIOR.of_observation(one) is None


def test_both_ways_of_a_class_are_one_number_that_was_counted_as_often_as_both() -> None:
    both = KNOWN.of_counts("square", "gate", {(BICYCLE, F): 40, (BICYCLE, B): 40})
    assert both == accuracy_of(MINUTES, BICYCLE).true_crossings(80)
    assert both.by_hand == 100


def test_all_classes_together_add_up_their_place_parts() -> None:
    counted: dict[Counted, Numbers] = {(BICYCLE, F): np.array([40.0]), (CAR, F): np.array([10.0])}
    whole = KNOWN.of_columns("square", "gate", counted).at(0)
    parts = [
        KNOWN.of("square", "gate", user, F).true_crossings(float(column[0])) for (user, _), column in counted.items()
    ]
    assert whole.place_sd == pytest.approx(sum(part.place_sd for part in parts))
    assert whole.count_sd**2 == pytest.approx(sum(part.count_sd**2 for part in parts))
    # No one has counted the cars.
    assert whole.basis == "prior"
