"""Turning counts: road users that crossed one line and then another."""

from dataclasses import dataclass

from passerby.domain.events import MovementCount
from passerby.domain.layout import Movement
from passerby.measure.line_counter import SlotCrossing
from passerby.measure.slots import Slots, SlottedTracks

_KEPT_PER_TRACK = 64  # a road user that goes back and forth over lines for hours must not fill the memory


@dataclass(frozen=True, slots=True)
class _Leg:
    line: str
    direction: str


class MovementCounter:
    """Pairs a track's crossings: entry, then exit. Each crossing of a track is used in one movement at most.

    An exit takes the latest unused entry before it. The class and the time are those of the exit.

    Args:
        movements: which pairs of crossings count.

    Attributes:
        completed: the slots that have completed a movement with the newest frame, each with the movement's name.
    """

    def __init__(self, movements: tuple[Movement, ...]) -> None:
        self._movements = movements
        self._unused: dict[int, list[SlotCrossing]] = {}
        self.completed: list[tuple[int, str]] = []

    def update(self, slotted: SlottedTracks, crossings: tuple[SlotCrossing, ...]) -> tuple[MovementCount, ...]:
        """Adds one frame's newly counted crossings.

        Call it with the sightings that the crossings came from, so that a track's crossings go over to its
        successor and are deleted with it.
        """
        self.completed = []
        self._drop(slotted.freed)
        for successor, predecessor in zip(
            slotted.settled_successors.tolist(), slotted.settled_predecessors.tolist(), strict=True
        ):
            self._unused[successor] = self._unused.pop(predecessor, []) + self._unused.get(successor, [])
        counted = [count for crossing in crossings if (count := self._pair(crossing)) is not None]
        return tuple(counted)

    def finish(self, crossings: tuple[SlotCrossing, ...]) -> tuple[MovementCount, ...]:
        """Adds the crossings that the end of the recording settled."""
        return tuple(count for crossing in crossings if (count := self._pair(crossing)) is not None)

    def _drop(self, slots: Slots) -> None:
        for slot in slots.tolist():
            self._unused.pop(slot, None)

    def _pair(self, crossing: SlotCrossing) -> MovementCount | None:
        if not self._movements:
            return None
        unused = self._unused.setdefault(crossing.slot, [])
        # A crossing may settle a little later than one that it preceded, so the new one is tried as exit and as entry.
        pairs = [(earlier, crossing) for earlier in unused if earlier.time_ns <= crossing.time_ns]
        pairs += [(crossing, later) for later in unused if later.time_ns > crossing.time_ns]
        for entry, leaving in sorted(pairs, key=lambda pair: (-pair[0].time_ns, pair[1].time_ns)):
            for movement in self._movements:
                if _matches(movement, entry, leaving):
                    unused.remove(leaving if entry is crossing else entry)
                    self.completed.append((crossing.slot, movement.name))
                    return MovementCount(movement.name, leaving.road_user, leaving.time_ns)
        unused.append(crossing)
        del unused[:-_KEPT_PER_TRACK]
        return None


def _matches(movement: Movement, entry: SlotCrossing, leaving: SlotCrossing) -> bool:
    wanted_entry = _Leg(movement.entry_line, movement.entry_direction)
    wanted_exit = _Leg(movement.exit_line, movement.exit_direction)
    return (
        _Leg(entry.line, entry.direction.value) == wanted_entry
        and _Leg(leaving.line, leaving.direction.value) == wanted_exit
    )
