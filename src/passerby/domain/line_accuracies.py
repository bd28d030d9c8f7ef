"""What is believed of the counts of lines, movements and zones, and the true number of any of these."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from passerby.domain.columns import StoredSeries
from passerby.domain.count_accuracy import Accuracy, accuracy_of
from passerby.domain.derived_accuracies import (
    DENSITIES,
    MEANS,
    OCCUPANCIES,
    SAMPLE_S,
    ZONE,
    ZONE_COUNTS,
    movement_accuracy,
)
from passerby.domain.events import Direction
from passerby.domain.hand_counts import MinutePair
from passerby.domain.layout import Movement
from passerby.domain.observations import Observation, Quantity
from passerby.domain.road_user import RoadUser
from passerby.domain.true_crossings import Numbers, TrueColumns, TrueCrossings, added

Counted = tuple[RoadUser, Direction | None]
"""A class, and a way; None for both ways together."""

Place = tuple[str, str]
"""A camera and a line, a movement or a zone of it, by their names."""

MAX_COUNTED: Final = 1e12
"""No count is larger; what is negative or larger is no count of crossings."""


class LineAccuracies:
    """The accuracies of lines by class and way; of a line that no one counted at what is believed of any.

    Args:
        pairs: (camera, line) -> minutes that were counted by hand and by passerby, of the line as it was counted.
        movements: (camera, movement) -> what it joins. One that is not there is believed to join lines that no one
            counted at.
        areas_m2: (camera, zone) -> square metres of ground; a density in a zone that is not there has no interval.
    """

    def __init__(
        self,
        pairs: Mapping[Place, Sequence[MinutePair]] | None = None,
        movements: Mapping[Place, Movement] | None = None,
        areas_m2: Mapping[Place, float] | None = None,
    ) -> None:
        self._pairs = dict(pairs or {})
        self._movements = dict(movements or {})
        self._areas_m2 = dict(areas_m2 or {})
        self._known: dict[tuple[str, str, RoadUser | None, Direction | None], Accuracy] = {}

    def validated(self, camera: str, line: str) -> bool:
        """Returns whether anything was counted by hand at a line."""
        return bool(self._pairs.get((camera, line)))

    def of(self, camera: str, line: str, road_user: RoadUser | None, direction: Direction | None) -> Accuracy:
        """Returns the accuracy of a line's counts of a class one way; None for both ways, and for all classes.

        Of all classes together it is what is believed of any place: one number does not say how many of each it holds.
        """
        key = (camera, line, road_user, direction)
        if key not in self._known:
            pairs = () if road_user is None else self._pairs.get((camera, line), ())
            self._known[key] = accuracy_of(pairs, road_user, direction)
        return self._known[key]

    def of_movement(self, camera: str, movement: str, road_user: RoadUser | None) -> Accuracy:
        """Returns what is believed of the counts of a movement, by the accuracies of its lines."""
        joins = self._movements.get((camera, movement))
        if joins is None:
            return movement_accuracy(_ANY, _ANY)
        entry = self.of(camera, joins.entry_line, road_user, Direction(joins.entry_direction))
        leaving = self.of(camera, joins.exit_line, road_user, Direction(joins.exit_direction))
        return movement_accuracy(entry, leaving)

    def of_observation(self, observation: Observation) -> TrueCrossings | None:
        """Returns the true number of an observation; None where it is no count of people, or is not known."""
        value, series = observation.value, observation.series
        if value is None or not 0 <= value <= MAX_COUNTED:
            return None
        found = self._of_quantity(
            observation.camera, series, observation.quantity, observation.road_user, observation.direction
        )
        if found is None:
            return None
        accuracy, people = found
        samples = max(1.0, round(observation.coverage * observation.length_s / SAMPLE_S))
        true = accuracy.true_crossings(
            value * people, observation.unexplained, samples if observation.quantity in MEANS else 1.0
        )
        return true if people == 1 else true.scaled(1 / people)

    def of_values(
        self, series: StoredSeries, values: Numbers, unexplained: Numbers | float, watched_s: Numbers
    ) -> TrueColumns | None:
        """Returns the true numbers of a series, bin by bin; None where it holds no counts of people.

        Args:
            series: which one it is.
            values: float64 (N,); NaN where it is not known.
            unexplained: float64 (N,) or one for all, see `TrueColumns`.
            watched_s: float64 (N,), seconds that were watched of each bin.
        """
        found = self._of_quantity(series.camera, series.series, series.quantity, series.road_user, series.direction)
        if found is None:
            return None
        accuracy, people = found
        samples = np.maximum(1.0, np.round(watched_s / SAMPLE_S)) if series.quantity in MEANS else 1.0
        true = accuracy.true_columns(values * people, unexplained, samples)
        return true if people == 1 else true.scaled(1 / people)

    def _of_quantity(
        self, camera: str, series: str, quantity: Quantity, road_user: RoadUser | None, direction: str | None
    ) -> tuple[Accuracy, float] | None:
        """Returns the accuracy of numbers, and of how many people they are multiples: 1, or a zone's square metres."""
        if quantity is Quantity.FLOW:
            return self.of(camera, series, road_user, None if direction is None else Direction(direction)), 1.0
        if quantity is Quantity.MOVEMENT:
            return self.of_movement(camera, series, road_user), 1.0
        if quantity in ZONE_COUNTS or quantity in OCCUPANCIES:
            return ZONE, 1.0
        area_m2 = self._areas_m2.get((camera, series)) if quantity in DENSITIES else None
        return (ZONE, area_m2) if area_m2 else None

    def of_movement_counts(
        self, camera: str, movement: str, counted: Mapping[RoadUser, int], unexplained: float = 0.0
    ) -> TrueCrossings:
        """Returns the true number of one sum over classes of a movement.

        Args:
            camera, movement: their names.
            counted: class -> how many, at least one class.
            unexplained: 0-1, see `TrueColumns`.
        """
        parts = [
            self.of_movement(camera, movement, user).true_columns(np.array([float(count)]), unexplained)
            for user, count in counted.items()
        ]
        return added(parts).at(0)

    def of_columns(
        self, camera: str, line: str, counted: Mapping[Counted, Numbers], unexplained: Numbers | float = 0.0
    ) -> TrueColumns:
        """Returns the true crossings of sums over classes and ways of one line, bin by bin.

        Where both ways of a class are among them they are one number of that class, which was counted by hand as often
        as both of them.

        Args:
            camera, line: their names.
            counted: class and way -> float64 (N,), at least one; NaN where it is not known.
            unexplained: float64 (N,) or one for all, see `TrueColumns`.
        """
        whole: dict[Counted, Numbers] = {}
        for road_user in dict.fromkeys(user for user, _ in counted):
            ways = {way: column for (user, way), column in counted.items() if user is road_user}
            if set(ways) == set(Direction):
                ways = {None: np.sum(list(ways.values()), axis=0)}
            whole |= {(road_user, way): column for way, column in ways.items()}
        known = {key: self.of(camera, line, *key) for key in whole}
        return added([known[key].true_columns(column, unexplained) for key, column in whole.items()])

    def of_counts(
        self, camera: str, line: str, counted: Mapping[Counted, int], unexplained: float = 0.0
    ) -> TrueCrossings:
        """Returns the true crossings of one sum over classes and ways of a line."""
        columns = {key: np.array([float(number)]) for key, number in counted.items()}
        return self.of_columns(camera, line, columns, unexplained).at(0)


_ANY: Final = accuracy_of(())

PRIOR = LineAccuracies()
"""Of places where no one has counted by hand."""
