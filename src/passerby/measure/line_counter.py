"""Counts the road users that cross each line, by direction: once a passage, and only between the line's ends.

The rule, which follows the definition that counts are judged by (foot point from one side of a band round the line to
the other, passing between the ends):

- The foot point is the middle of the box's lower edge. Forward is from the left hand to the right hand of a person who
  walks from the line's first point to its second.
- The band has half the width `max(band_picture_share * picture height, band_box_share * the box's extent across the
  line)`. Inside it a road user keeps the side held before; so a box that shakes on the line counts nothing.
- A new side holds once it is seen in `settle_sightings` sightings without the old side between: one frame's flicker,
  however far, counts nothing. When the track ends (or the run) after fewer, the crossing counts: a road user who leaves
  the picture just beyond the line has crossed it.
- Between two sightings the road user is taken to go straight, however long it was hidden: this decides whether it
  passed between the ends, and when.
- A track counts only when it is confirmed; what it crossed before is counted then, or never.
- The class is the one with the most evidence when a track first counts, a second after it was first seen or at its
  end, and stays so for that track.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.domain.events import Direction
from passerby.domain.layout import Line
from passerby.domain.road_user import RoadUser
from passerby.geometry.segments import segment_lengths, segment_positions
from passerby.measure.slots import Slots, SlottedTracks


@dataclass(frozen=True, slots=True)
class SlotCrossing:
    """A crossing with the slot of its track; it stays within the measures.

    Attributes:
        slot: the track's slot.
        line: the line's name.
        direction: which way.
        road_user: the class that it is counted under.
        time_ns: UTC nanoseconds at which the foot point passed the line.
    """

    slot: int
    line: str
    direction: Direction
    road_user: RoadUser
    time_ns: int


@dataclass(frozen=True, slots=True)
class _Pending:
    line_number: int
    side: int
    time_ns: int


_STATE = np.dtype(
    [
        ("held", np.int8),  # the side that counts now: 1 forward's far side, -1 the near one, 0 not known yet
        ("waiting", np.int8),  # a new side that has not settled, 0 for none
        ("sightings", np.int16),  # how often the waiting side was seen
        ("between", np.bool_),  # the last passage of the line itself was between its ends
        ("waiting_between", np.bool_),  # so was the one that the waiting side rests on
        ("distance", np.float64),
        ("along", np.float64),
        ("passed_ns", np.int64),  # when the foot point last passed the line itself
        ("waiting_ns", np.int64),
    ]
)


class LineCounter:
    """Counts crossings over all lines of one camera.

    Args:
        lines: directed lines.
        band_picture_share: half the band's minimum width, as a share of the picture's height.
        band_box_share: half the band's width, as a share of the box's extent across the line.
        settle_sightings: sightings beyond the band that make a crossing; 1 counts at once and lets flicker through.
        class_after_s: a crossing is reported when its track is so old, or has ended: at the picture's edge a road user
            is seen in part first, and a cyclist then looks like a pedestrian.

    Raises:
        ValueError: a line has no length.
    """

    def __init__(
        self,
        lines: tuple[Line, ...],
        *,
        band_picture_share: float = 0.011,
        band_box_share: float = 0.06,
        settle_sightings: int = 2,
        class_after_s: float = 1.0,
    ) -> None:
        self._lines = lines
        self._points01 = np.array([line.points for line in lines], np.float64).reshape(-1, 2, 2)
        if not (segment_lengths(self._points01) > 0).all():
            raise ValueError("lines: each needs two different ends")
        self._counts_class = np.zeros((len(lines), len(RoadUser)), np.bool_)
        for number, line in enumerate(lines):
            self._counts_class[number, [int(user) for user in line.road_users]] = True
        self._band_picture_share = band_picture_share
        self._band_box_share = band_box_share
        self._settle_sightings = settle_sightings
        self._class_after_ns = round(class_after_s * 1e9)
        self._state = np.zeros((0, len(lines)), _STATE)
        self._seen_ns = np.zeros(0, np.int64)
        self._born_ns = np.zeros(0, np.int64)
        self._sure = np.zeros(0, np.bool_)
        self._road_user = np.zeros(0, np.int16)
        self._counted_as = np.zeros(0, np.int16)
        self._pending: dict[int, list[_Pending]] = {}

    def update(self, slotted: SlottedTracks) -> tuple[SlotCrossing, ...]:
        """Adds one frame; returns the crossings that became certain with it, in order of time."""
        if not self._lines:
            return ()
        self._grow(slotted.capacity)
        self._clear(slotted.freed)
        self._clear(slotted.slot[slotted.fresh])
        self._born_ns[slotted.slot[slotted.fresh]] = slotted.stamp.time_ns
        self._settle_waiting(slotted.predecessors)
        found = self._count_pending(slotted.predecessors.tolist())
        self._carry_over(slotted)
        self._sure[slotted.slot] = slotted.sure
        self._road_user[slotted.slot] = slotted.road_user
        self._follow(slotted)
        self._settle_waiting(slotted.ended)
        found += self._count_pending([*self._ripe(slotted.stamp.time_ns), *slotted.ended.tolist()])
        return tuple(sorted(found, key=lambda crossing: crossing.time_ns))

    def finish(self) -> tuple[SlotCrossing, ...]:
        """Returns the crossings still waiting to settle when the recording ends, as if every track ended with it."""
        self._settle_waiting(np.arange(len(self._state)))
        found = self._count_pending(list(self._pending))
        return tuple(sorted(found, key=lambda crossing: crossing.time_ns))

    def _grow(self, capacity: int) -> None:
        missing = capacity - len(self._state)
        if missing <= 0:
            return
        self._state = np.concatenate([self._state, np.zeros((missing, len(self._lines)), _STATE)])
        self._seen_ns = np.concatenate([self._seen_ns, np.zeros(missing, np.int64)])
        self._born_ns = np.concatenate([self._born_ns, np.zeros(missing, np.int64)])
        self._sure = np.concatenate([self._sure, np.zeros(missing, np.bool_)])
        self._road_user = np.concatenate([self._road_user, np.zeros(missing, np.int16)])
        self._counted_as = np.concatenate([self._counted_as, np.full(missing, -1, np.int16)])

    def _clear(self, slots: Slots) -> None:
        self._state[slots] = np.zeros(1, _STATE)
        self._sure[slots] = False
        self._counted_as[slots] = -1
        for slot in slots.tolist():
            self._pending.pop(slot, None)

    def _carry_over(self, slotted: SlottedTracks) -> None:
        """Gives successors the sides of their predecessors, and clears them where the proposal did not hold."""
        if len(slotted.successors):
            for kept in (self._state, self._seen_ns, self._counted_as):
                kept[slotted.successors] = kept[slotted.predecessors]
        self._clear_sides(slotted.settled_predecessors)
        self._clear_sides(slotted.refused)
        self._counted_as[slotted.refused] = -1

    def _clear_sides(self, slots: Slots) -> None:
        if not len(slots):
            return
        for column in ("held", "waiting", "sightings"):
            self._state[column][slots] = 0
        for slot in slots.tolist():
            self._pending.pop(slot, None)

    def _follow(self, slotted: SlottedTracks) -> None:
        slot = slotted.slot
        if not len(slot):
            return
        distance, along, side = self._sides(slotted)
        state = self._state[slot]
        unknown = (slotted.fresh & ~np.isin(slot, slotted.successors))[:, None]
        before = np.where(unknown, distance, state["distance"])
        passed = (before > 0) != (distance > 0)
        share = np.divide(before, before - distance, out=np.zeros_like(before), where=passed)
        at = state["along"] + share * (along - state["along"])
        state["between"] = np.where(passed, (at >= 0) & (at <= 1), state["between"])
        seen_ns = self._seen_ns[slot][:, None]
        step_ns = slotted.stamp.time_ns - seen_ns
        state["passed_ns"] = np.where(passed, seen_ns + (share * step_ns).astype(np.int64), state["passed_ns"])
        state["distance"] = distance
        state["along"] = along
        self._seen_ns[slot] = slotted.stamp.time_ns
        settled = self._weigh(state, side)
        self._state[slot] = state
        self._take_settled(slot, state, settled)

    def _sides(
        self, slotted: SlottedTracks
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.int8]]:
        """Distance, position along and side (0 within the band), each (N, L)."""
        width_px, height_px = slotted.stamp.size_px
        lines = self._points01 * (width_px / height_px, 1.0)
        at = segment_positions(slotted.foot_heights, lines)
        normals = np.abs((lines[:, 1] - lines[:, 0])[:, ::-1]) / segment_lengths(lines)[:, None]
        extent = slotted.box_wh_heights @ normals.T
        band = np.maximum(self._band_picture_share, self._band_box_share * extent)
        side = (at.distance > band).astype(np.int8) - (at.distance < -band).astype(np.int8)
        return at.distance, at.along, side

    def _weigh(self, state: npt.NDArray[np.void], side: npt.NDArray[np.int8]) -> npt.NDArray[np.bool_]:
        """Moves held and waiting sides on by one sighting; True (N, L) where a new side has settled."""
        seen = side != 0
        state["held"] = np.where(seen & (state["held"] == 0), side, state["held"])
        back = seen & (side == state["held"])
        state["waiting"] = np.where(back, 0, state["waiting"])
        beyond = seen & ~back
        starts = beyond & (state["waiting"] == 0)
        state["waiting_between"] = np.where(starts, state["between"], state["waiting_between"])
        state["waiting_ns"] = np.where(starts, state["passed_ns"], state["waiting_ns"])
        state["waiting"] = np.where(beyond, side, state["waiting"])
        state["sightings"] = np.where(starts, 1, state["sightings"] + beyond)
        return np.asarray(beyond & (state["sightings"] >= self._settle_sightings))

    def _settle_waiting(self, slots: Slots) -> None:
        if not len(slots):
            return
        state = self._state[slots]
        self._take_settled(slots, state, state["waiting"] != 0)

    def _take_settled(self, slots: Slots, state: npt.NDArray[np.void], settled: npt.NDArray[np.bool_]) -> None:
        """Makes waiting sides the held ones, and pending crossings of those that passed between the ends."""
        for row, number in zip(*np.nonzero(settled), strict=True):
            slot = int(slots[row])
            passage = state[row, number]
            self._state["held"][slot, number] = passage["waiting"]
            self._state["waiting"][slot, number] = 0
            if passage["waiting_between"]:
                past = _Pending(int(number), int(passage["waiting"]), int(passage["waiting_ns"]))
                self._pending.setdefault(slot, []).append(past)

    def _ripe(self, now_ns: int) -> list[int]:
        """Slots with pending crossings whose class is known well enough to count them."""
        return [
            slot
            for slot in self._pending
            if self._sure[slot]
            and (self._counted_as[slot] >= 0 or now_ns - self._born_ns[slot] >= self._class_after_ns)
        ]

    def _count_pending(self, slots: Iterable[int]) -> list[SlotCrossing]:
        """The crossings that were pending; those of tracks that were never confirmed are dropped."""
        found: list[SlotCrossing] = []
        for slot in slots:
            pending = self._pending.pop(slot, [])
            if self._sure[slot]:
                found += [self._count(slot, past) for past in pending if self._wanted(slot, past)]
        return found

    def _wanted(self, slot: int, past: _Pending) -> bool:
        return bool(self._counts_class[past.line_number, self._class_of(slot)])

    def _count(self, slot: int, past: _Pending) -> SlotCrossing:
        road_user = self._class_of(slot)
        self._counted_as[slot] = road_user
        direction = Direction.FORWARD if past.side > 0 else Direction.BACKWARD
        return SlotCrossing(slot, self._lines[past.line_number].name, direction, road_user, past.time_ns)

    def _class_of(self, slot: int) -> RoadUser:
        fixed = self._counted_as[slot]
        return RoadUser(int(fixed if fixed >= 0 else self._road_user[slot]))
