"""What is believed of all lines' counts."""

from dataclasses import replace

import numpy as np
import pytest

from passerby.domain.columns import StoredSeries
from passerby.domain.count_accuracy import accuracy_of
from passerby.domain.derived_accuracies import ZONE, movement_accuracy
from passerby.domain.events import Direction
from passerby.domain.hand_counts import MinutePair
from passerby.domain.layout import Movement
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
        replace(FLOW, quantity=Quantity.SPEED_MEAN),
        replace(FLOW, quantity=Quantity.DENSITY_MEAN, series="a zone without area"),
    ],
)
def test_what_counts_no_people_has_no_interval(one: Observation) -> None:
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


def test_a_movement_is_known_as_well_as_its_lines() -> None:
    turn = Movement("turn", "gate", "forward", "bridge", "backward")
    known = LineAccuracies({("square", line): MINUTES for line in ("gate", "bridge")}, {("square", "turn"): turn})
    one = replace(FLOW, series="turn", quantity=Quantity.MOVEMENT, direction=None)
    both = [known.of("square", line, BICYCLE, way) for line, way in (("gate", F), ("bridge", B))]
    true = known.of_observation(one)
    assert true == movement_accuracy(*both).true_crossings(40)
    # Of one that it knows nothing of it believes what it does of any.
    wide = PRIOR.of_observation(one)
    assert wide == movement_accuracy(accuracy_of([]), accuracy_of([])).true_crossings(40)
    assert true is not None
    assert wide is not None
    assert true.high - true.low < wide.high - wide.low
    assert true.basis == wide.basis == "prior"
    whole = known.of_movement_counts("square", "turn", {BICYCLE: 40, CAR: 0})
    assert whole.expected == true.expected


def test_a_density_is_off_as_the_people_in_the_zone_are() -> None:
    known = LineAccuracies(areas_m2={("square", "stage"): 50.0})
    density = replace(FLOW, series="stage", quantity=Quantity.DENSITY_MAX, direction=None, value=0.4)
    inside, people = known.of_observation(density), ZONE.true_crossings(20)
    assert inside is not None
    assert (inside.low, inside.high) == pytest.approx((people.low / 50, people.high / 50))


def test_the_mean_of_an_hour_is_surer_than_that_of_a_minute_and_no_surer_than_the_place() -> None:
    hour = replace(FLOW, series="stage", quantity=Quantity.OCCUPANCY_MEAN, direction=None, value=5.0, length_s=3600)
    of_hour, of_minute = (PRIOR.of_observation(one) for one in (hour, replace(hour, length_s=60)))
    assert of_hour is not None
    assert of_minute is not None
    assert of_hour.count_sd == pytest.approx(of_minute.count_sd / 60**0.5)
    assert of_hour.place_sd == of_minute.place_sd
    # Half of it watched has half the samples; the fullest moment is one.
    half = PRIOR.of_observation(replace(hour, coverage=0.5))
    assert half == ZONE.true_crossings(5.0, 0.0, 30)
    assert PRIOR.of_observation(replace(hour, quantity=Quantity.OCCUPANCY_MAX)) == ZONE.true_crossings(5.0)


@pytest.mark.parametrize(
    "quantity", [Quantity.MOVEMENT, Quantity.ENTRIES, Quantity.OCCUPANCY_MEAN, Quantity.DENSITY_MEAN]
)
def test_columns_are_the_numbers_one_by_one(quantity: Quantity) -> None:
    known = LineAccuracies(areas_m2={("square", "place"): 20.0})
    series = StoredSeries("square", "place", quantity, BICYCLE, None)
    columns = known.of_values(series, np.array([0.0, 3.0, np.nan]), 0.1, np.array([900.0, 450.0, 0.0]))
    assert columns is not None
    for place, (value, coverage) in enumerate(((0.0, 1.0), (3.0, 0.5))):
        one = Observation("square", "place", quantity, BICYCLE, None, 0, 900, value, 3, coverage, unexplained=0.1)
        alone = known.of_observation(one)
        assert alone is not None
        assert columns.low[place] == pytest.approx(alone.low)
        assert columns.high[place] == pytest.approx(alone.high)
    assert np.isnan(columns.low[2])
