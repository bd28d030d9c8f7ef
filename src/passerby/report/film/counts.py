"""What has been counted so far in a film, and which counters have just gone up."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from passerby.domain.events import Direction
from passerby.domain.layout import Line
from passerby.domain.review import CountedCrossing
from passerby.domain.road_user import RoadUser

FLASH_S: Final = 0.9
"""For how long a counter and its line show that one was counted."""

Place = tuple[str, Direction]
"""A line's name and a way over it."""


class FilmCounts:
    """The counters of a film, by line, way and class.

    Attributes:
        lines: the lines, in the site file's order.
        road_users: the classes that any of them counts, each with a column.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = tuple(lines)
        self.road_users = tuple(sorted(frozenset[RoadUser]().union(*(line.road_users for line in lines))))
        self._counts: Counter[tuple[str, Direction, RoadUser]] = Counter()
        self._until_s: dict[tuple[str, Direction, RoadUser], float] = {}
        self._unseen_until_s: dict[Place, float] = {}

    def add(self, crossings: Iterable[CountedCrossing], film_s: float) -> None:
        """Counts crossings at a second of the film."""
        for crossing in crossings:
            key = (crossing.line, crossing.direction, crossing.road_user)
            self._counts[key] += 1
            self._until_s[key] = film_s + FLASH_S
            if not crossing.seen:
                self._unseen_until_s[crossing.line, crossing.direction] = film_s + FLASH_S

    @property
    def total(self) -> int:
        """How many crossings have been counted."""
        return self._counts.total()

    def count(self, line: Line, way: Direction, road_user: RoadUser | None = None) -> int:
        """Returns how many crossed a line one way, of one class or of all."""
        users = self.road_users if road_user is None else (road_user,)
        return sum(self._counts[line.name, way, user] for user in users)

    def flashing(self, film_s: float) -> frozenset[tuple[str, Direction, RoadUser]]:
        """Returns the counters that have just gone up."""
        return frozenset(key for key, until_s in self._until_s.items() if until_s > film_s)

    def unseen(self, film_s: float) -> frozenset[Place]:
        """Returns where one was just counted whom the tracker does not see any more."""
        return frozenset(place for place, until_s in self._unseen_until_s.items() if until_s > film_s)
