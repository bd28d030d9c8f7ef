"""Headways: the time from one crossing of a line to the next one in the same direction."""

from collections.abc import Sequence
from dataclasses import replace

from passerby.domain.events import Direction, LineCrossing
from passerby.domain.road_user import RoadUser
from passerby.units import NS_PER_S


class Headways:
    """Finds each crossing's headways, of all classes together and of its own.

    A headway is known only where all the time between both crossings was watched: in a gap a crossing may be missed.
    """

    def __init__(self) -> None:
        self._last_ns: dict[tuple[str, Direction, RoadUser | None], int] = {}

    def gap(self) -> None:
        """Drops the crossings so far: time passed that was not watched."""
        self._last_ns.clear()

    def of(self, crossings: Sequence[LineCrossing]) -> tuple[LineCrossing, ...]:
        """Returns the crossings of one frame with their headways, in the order of their times."""
        return tuple(
            replace(
                crossing,
                headway_s=self._since(crossing, None),
                class_headway_s=self._since(crossing, crossing.road_user),
            )
            for crossing in sorted(crossings, key=lambda one: one.time_ns)
        )

    def _since(self, crossing: LineCrossing, road_user: RoadUser | None) -> float | None:
        key = (crossing.line, crossing.direction, road_user)
        last_ns = self._last_ns.get(key)
        if last_ns is not None and crossing.time_ns < last_ns:
            # It became certain only after one that came later: both headways round it are lost.
            return None
        self._last_ns[key] = crossing.time_ns
        return None if last_ns is None else (crossing.time_ns - last_ns) / NS_PER_S
