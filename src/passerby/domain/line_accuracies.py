"""What is believed of the counts of all lines: the accuracy of each, and the true crossings of any of their numbers."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from passerby.domain.count_accuracy import Accuracy, accuracy_of
from passerby.domain.events import Direction
from passerby.domain.hand_counts import MinutePair
from passerby.domain.observations import Observation, Quantity
from passerby.domain.road_user import RoadUser
from passerby.domain.true_crossings import Numbers, TrueColumns, TrueCrossings, added

Counted = tuple[RoadUser, Direction | None]
"""A class, and a way; None for both ways together."""


WITHOUT_INTERVAL: Final = frozenset((Quantity.MOVEMENT, Quantity.ENTRIES, Quantity.EXITS))
"""Counts of which no interval is given; see `NOT_MEASURED`."""

MAX_COUNTED: Final = 1e12
"""No count is larger; what is negative or larger is no count of crossings."""


class LineAccuracies:
    """The accuracies of lines by class and way; of a line that no one counted at what is believed of any.

    Args:
        pairs: (camera, line) -> minutes that were counted by hand and by passerby, of the line as it was counted.
    """

    def __init__(self, pairs: Mapping[tuple[str, str], Sequence[MinutePair]] | None = None) -> None:
        self._pairs = dict(pairs or {})
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

    def of_observation(self, observation: Observation) -> TrueCrossings | None:
        """Returns the true crossings of an observation; None where it counts no line or is not known."""
        value = observation.value
        if observation.quantity is not Quantity.FLOW or value is None or not 0 <= value <= MAX_COUNTED:
            return None
        way = None if observation.direction is None else Direction(observation.direction)
        accuracy = self.of(observation.camera, observation.series, observation.road_user, way)
        return accuracy.true_crossings(value, observation.unexplained)

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


PRIOR = LineAccuracies()
"""Of lines that no one has counted at by hand."""
