"""Counts encounters and near misses, each with the movements that both took part in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from passerby.domain.events import Encounter
from passerby.domain.layout import GroundPlane
from passerby.domain.near_misses import NO_MOVEMENT, NearMissMeasure
from passerby.measure.near_misses.encounters import Encounters, Met
from passerby.measure.slots import SlottedTracks
from passerby.units import NS_PER_S

_MOVEMENT_WAIT_S: Final = 60.0
"""So long an encounter waits for both to complete the movement that they are in the middle of."""


@dataclass(slots=True)
class _Waiting:
    met: Met
    time_ns: int
    movements: list[str | None] = field(default_factory=lambda: [None, None])


class EncounterCounter:
    """Finds the encounters of one camera, and waits until it is known which movements met.

    Args:
        plane: the camera's ground plane.
        measure: which near misses are counted.
    """

    def __init__(self, plane: GroundPlane, measure: NearMissMeasure) -> None:
        self._measure = measure
        self._encounters = Encounters(
            plane,
            measure.road_users,
            ttc_s=measure.ttc_s,
            pet_s=measure.pet_s,
            among_pedestrians=measure.among_pedestrians,
        )
        self._movement_of: dict[int, str] = {}
        self._waiting: list[_Waiting] = []
        self._clock_off_ns = 0

    def update(self, slotted: SlottedTracks, completed: Iterable[tuple[int, str]] = ()) -> tuple[Encounter, ...]:
        """Adds one frame; returns the encounters that are over, and of which the movements are known.

        Args:
            slotted: the frame's tracks.
            completed: slots that have completed a movement with this frame, and its name.
        """
        stamp = slotted.stamp
        over = self._encounters.update(slotted)
        self._clock_off_ns = stamp.time_ns - round(stamp.stream_s * NS_PER_S)
        self._waiting += map(self._begun, over)
        gone = set(slotted.freed.tolist())
        for waiting in self._waiting:
            self._note(waiting, gone)
        for slot in gone:
            self._movement_of.pop(slot, None)
        continued = zip(slotted.settled_successors.tolist(), slotted.settled_predecessors.tolist(), strict=True)
        for successor, predecessor in continued:
            self._hand_over(successor, predecessor)
        self._movement_of.update((slot, name) for slot, name in completed if name in self._measure.movements)
        return tuple(self._take(stamp.stream_s))

    def finish(self) -> tuple[Encounter, ...]:
        """Returns the encounters that were going on, or waiting, at the end."""
        self._waiting += map(self._begun, self._encounters.finish())
        for waiting in self._waiting:
            self._note(waiting, set(waiting.met.slots))
        return tuple(self._take(0.0))

    def _begun(self, met: Met) -> _Waiting:
        return _Waiting(met, self._clock_off_ns + round(met.at_s * NS_PER_S))

    def _note(self, waiting: _Waiting, gone: set[int]) -> None:
        for place, slot in enumerate(waiting.met.slots):
            if waiting.movements[place] is None:
                waiting.movements[place] = self._movement_of.get(slot, NO_MOVEMENT if slot in gone else None)

    def _hand_over(self, successor: int, predecessor: int) -> None:
        if predecessor in self._movement_of:
            self._movement_of.setdefault(successor, self._movement_of.pop(predecessor))
        for waiting in self._waiting:
            waiting.met = waiting.met.continued_by(successor, predecessor)

    def _take(self, now_s: float) -> Iterator[Encounter]:
        kept: list[_Waiting] = []
        for waiting in self._waiting:
            if self._measure.movements and None in waiting.movements and now_s - waiting.met.at_s < _MOVEMENT_WAIT_S:
                kept.append(waiting)
                continue
            one, other = (each or NO_MOVEMENT for each in waiting.movements)
            yield self._encounter(waiting, (one, other))
        self._waiting = kept

    def _encounter(self, waiting: _Waiting, movements: tuple[str, str]) -> Encounter:
        met, measure = waiting.met, self._measure
        near_miss = (
            met.ttc_s is not None and met.ttc_s <= measure.ttc_s and (met.pet_s is None or met.pet_s <= measure.pet_s)
        )
        return Encounter(met.road_users, movements, waiting.time_ns, met.xy_m, met.ttc_s, met.pet_s, near_miss)
