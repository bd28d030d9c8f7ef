"""Counts the road users that cross each line, by direction: once a passage, and only between the line's ends.

The rule:

- The foot point is the middle of the box's lower edge. Forward is from the left hand to the right hand of a person who
  walks from the line's first point to its second.
- On the line itself, within `band_picture_share * picture height` or `band_box_share * the box's extent across the
  line` of it, a foot point has no side: there the box's own noise decides.
- Round the line lies a band of `band_height_share * the box's height` to either side. A track that comes from one side
  has crossed once seen beyond the band on the other: there and back within it counts nothing, however often. The time
  and the place are those at which the foot point last passed the line itself.
- Three ways of coming back within the band, for the first time and out of it again, are no sway, and count there and
  back: along the view, where the picture shortens what is a step on the ground; round an end of the line, of which one
  way passes between the ends; and at a walk.
- A track that begins within the band counts when it leaves the band on the other side. One that ends within the band,
  on the other side of the line, counts if it had come from beyond the band. One that does both counts nothing.
- A new side holds once it is seen in `settle_sightings` sightings without the old side between: one frame's flicker,
  however far, counts nothing. When the track ends (or the run) after fewer, the crossing counts: a road user who leaves
  the picture just beyond the line has crossed it.
- A track that continues another goes on where that one was, also within the band.
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


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """Where foot points are against lines, each (N, L).

    Attributes:
        distance, along: float64, see `segment_positions`.
        side: int8, 0 on the line itself.
        apart: bool, so far off that it may be a turn.
        clear: bool, beyond the band.
    """

    distance: npt.NDArray[np.float64]
    along: npt.NDArray[np.float64]
    side: npt.NDArray[np.int8]
    apart: npt.NDArray[np.bool_]
    clear: npt.NDArray[np.bool_]


_DEPTH_SHARE = 0.3
"""How long a way along the view is in the picture, against one across it that is as long on the ground: the sine of the
camera's downward tilt, 17 degrees, which is as low as street cameras look."""

_TURN, _SWAY = 1, 2

_AT_A_WALK_NS = 1_200_000_000
"""From beyond the band over the line and back in so short a time is at a walk. A person who stands does not do that; it
is two who meet on the line and whose tracks change over, and each of them has crossed it."""

_STATE = np.dtype(
    [
        ("held", np.int8),  # the side that counts now: 1 forward's far side, -1 the near one, 0 not known yet
        ("clear", np.bool_),  # the held side was seen beyond the band
        ("clear_ns", np.int64),  # when it last was
        ("waiting", np.int8),  # a new side that has not settled, 0 for none
        ("sightings", np.int16),  # how often the waiting side was seen
        ("apart", np.bool_),  # and once so far off that it may be a turn beyond the line, and not sway
        ("turns", np.int8),  # 0, or how it came back within the band: a turn, or sway
        ("over_ns", np.int64),  # when the first of these turns passed the line
        ("over_between", np.bool_),
        ("between", np.bool_),  # the last passage of the line itself was between its ends
        ("distance", np.float64),
        ("along", np.float64),
        ("passed_ns", np.int64),  # when the foot point last passed the line itself
    ]
)


class LineCounter:
    """Counts crossings over all lines of one camera.

    Args:
        lines: directed lines.
        band_picture_share: how near to the line a foot point has no side, as a share of the picture's height.
        band_box_share: the same, as a share of the box's extent across the line.
        band_height_share: how far beyond the line a crossing is certain, as a share of the box's height. A person who
            stands and shifts the weight moves by 15 cm to either side (Winter 1995: the feet are 30 cm apart), 0.09 of
            1.7 m, and a filtered foot point shakes by 0.03 of the height, three times which is 0.09 again. That is
            31 cm, and less than half a step of a walking person.
        settle_sightings: sightings of a new side that make a crossing; 1 counts at once and lets flicker through.
        class_after_s: a crossing is reported when its track is so old, or has ended: at the picture's edge a road user
            is seen in part first, and a cyclist then looks like a pedestrian. Its class is what was seen until then; a
            later crossing of the same track has what has been seen by that time.

    Raises:
        ValueError: a line has no length.
    """

    def __init__(
        self,
        lines: tuple[Line, ...],
        *,
        band_picture_share: float = 0.011,
        band_box_share: float = 0.06,
        band_height_share: float = 0.18,
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
        self._band_height_share = band_height_share
        self._settle_sightings = settle_sightings
        self._class_after_ns = round(class_after_s * 1e9)
        self._state = np.zeros((0, len(lines)), _STATE)
        self._seen_ns = np.zeros(0, np.int64)
        self._born_ns = np.zeros(0, np.int64)
        self._sure = np.zeros(0, np.bool_)
        self._road_user = np.zeros(0, np.int16)
        self._counted_as = np.zeros(0, np.int16)
        self._continues = np.zeros(0, np.intp)
        self._pending: dict[int, list[_Pending]] = {}

    def update(self, slotted: SlottedTracks) -> tuple[SlotCrossing, ...]:
        """Adds one frame; returns the crossings that became certain with it, in order of time."""
        if not self._lines:
            return ()
        self._grow(slotted.capacity)
        self._clear(slotted.freed)
        self._clear(slotted.slot[slotted.fresh])
        self._born_ns[slotted.slot[slotted.fresh]] = slotted.stamp.time_ns
        found = self._count_pending(slotted.predecessors.tolist())
        self._carry_over(slotted)
        self._sure[slotted.slot] = slotted.sure
        self._road_user[slotted.slot] = slotted.road_user
        self._follow(slotted)
        self._settle_ended(slotted.ended)
        found += self._count_pending([*self._ripe(slotted.stamp.time_ns), *slotted.ended.tolist()])
        return tuple(sorted(found, key=lambda crossing: crossing.time_ns))

    def finish(self) -> tuple[SlotCrossing, ...]:
        """Returns the crossings still waiting to settle when the recording ends, as if every track ended with it."""
        self._settle_ended(np.arange(len(self._state)))
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
        self._continues = np.concatenate([self._continues, np.full(missing, -1, np.intp)])

    def _clear(self, slots: Slots) -> None:
        self._state[slots] = np.zeros(1, _STATE)
        self._sure[slots] = False
        self._counted_as[slots] = -1
        self._continues[slots] = -1
        for slot in slots.tolist():
            self._pending.pop(slot, None)

    def _carry_over(self, slotted: SlottedTracks) -> None:
        """Gives successors the sides of their predecessors, and clears them where the proposal did not hold."""
        if len(slotted.successors):
            for kept in (self._state, self._seen_ns, self._counted_as):
                kept[slotted.successors] = kept[slotted.predecessors]
            self._continues[slotted.successors] = slotted.predecessors
        self._continues[slotted.settled_successors] = -1
        self._continues[slotted.refused] = -1
        self._clear_sides(slotted.settled_predecessors)
        self._clear_sides(slotted.refused)
        self._counted_as[slotted.refused] = -1

    def _clear_sides(self, slots: Slots) -> None:
        if not len(slots):
            return
        for column in ("held", "clear", "waiting", "sightings", "turns"):
            self._state[column][slots] = 0
        for slot in slots.tolist():
            self._pending.pop(slot, None)

    def _follow(self, slotted: SlottedTracks) -> None:
        slot = slotted.slot
        if not len(slot):
            return
        at = self._places(slotted)
        state = self._state[slot]
        unknown = (slotted.fresh & ~np.isin(slot, slotted.successors))[:, None]
        before = np.where(unknown, at.distance, state["distance"])
        passed = (before > 0) != (at.distance > 0)
        share = np.divide(before, before - at.distance, out=np.zeros_like(before), where=passed)
        along = state["along"] + share * (at.along - state["along"])
        state["between"] = np.where(passed, (along >= 0) & (along <= 1), state["between"])
        seen_ns = self._seen_ns[slot][:, None]
        step_ns = slotted.stamp.time_ns - seen_ns
        state["passed_ns"] = np.where(passed, seen_ns + (share * step_ns).astype(np.int64), state["passed_ns"])
        state["distance"] = at.distance
        state["along"] = at.along
        self._seen_ns[slot] = slotted.stamp.time_ns
        settled = self._weigh(state, at, slotted.stamp.time_ns)
        self._state[slot] = state
        self._take_turns(slot, state, (state["turns"] > 0) & (at.side == state["held"]) & at.clear)
        self._take_settled(slot, state, settled)

    def _places(self, slotted: SlottedTracks) -> "_Places":
        width_px, height_px = slotted.stamp.size_px
        lines = self._points01 * (width_px / height_px, 1.0)
        at = segment_positions(slotted.foot_heights, lines)
        normals = np.abs((lines[:, 1] - lines[:, 0])[:, ::-1]) / segment_lengths(lines)[:, None]
        extent = slotted.box_wh_heights @ normals.T
        on_line = np.maximum(self._band_picture_share, self._band_box_share * extent)
        band = np.maximum(on_line, self._band_height_share * slotted.box_wh_heights[:, 1:])
        step = np.maximum(on_line, band * np.hypot(normals[:, 0], _DEPTH_SHARE * normals[:, 1]))
        off = np.abs(at.distance)
        side = np.where(off > on_line, np.sign(at.distance), 0).astype(np.int8)
        return _Places(at.distance, at.along, side, off > step, off > band)

    def _weigh(self, state: npt.NDArray[np.void], at: "_Places", now_ns: int) -> npt.NDArray[np.bool_]:
        """Moves held and waiting sides on by one sighting; True (N, L) where a new side has settled."""
        seen = at.side != 0
        state["held"] = np.where(seen & (state["held"] == 0), at.side, state["held"])
        back, beyond = seen & (at.side == state["held"]), seen & (at.side == -state["held"])
        self._weigh_turns(state, back & (state["sightings"] >= self._settle_sightings), now_ns)
        starts = beyond & (state["waiting"] == 0)
        first = starts & (state["turns"] == 0)
        state["over_ns"] = np.where(first, state["passed_ns"], state["over_ns"])
        state["over_between"] = np.where(first, state["between"], state["over_between"])
        state["clear"] |= back & at.clear
        state["clear_ns"] = np.where(back & at.clear, now_ns, state["clear_ns"])
        state["waiting"] = np.where(back, 0, np.where(beyond, at.side, state["waiting"]))
        state["sightings"] = np.where(starts, 0, state["sightings"]) + beyond
        state["apart"] = (state["apart"] & ~starts) | (beyond & at.apart)
        return np.asarray(beyond & at.clear & (state["sightings"] >= self._settle_sightings))

    @staticmethod
    def _weigh_turns(state: npt.NDArray[np.void], back: npt.NDArray[np.bool_], now_ns: int) -> None:
        """Notes who comes back over the line within the band: the first time may be a turn, the next is sway."""
        came_back = back & (state["waiting"] != 0)
        round_an_end = state["over_between"] != state["between"]
        at_a_walk = state["clear"] & (now_ns - state["clear_ns"] <= _AT_A_WALK_NS)
        turn = (state["turns"] == 0) & (state["apart"] | round_an_end | at_a_walk)
        state["turns"] = np.where(came_back, np.where(turn, _TURN, _SWAY), state["turns"])

    def _take_turns(self, slots: Slots, state: npt.NDArray[np.void], over: npt.NDArray[np.bool_]) -> None:
        """Makes pending crossings, there and back, of those who turned once and have left the band as they came."""
        for row, number in np.argwhere(over).tolist():
            slot, turn = int(slots[row]), state[row, number]
            self._state["turns"][slot, number] = 0
            if turn["turns"] != _TURN:
                continue
            held = int(turn["held"])
            if turn["over_between"]:
                self._pending.setdefault(slot, []).append(_Pending(int(number), -held, int(turn["over_ns"])))
            if turn["between"]:
                self._pending.setdefault(slot, []).append(_Pending(int(number), held, int(turn["passed_ns"])))

    def _settle_ended(self, slots: Slots) -> None:
        """Settles what a track's end leaves beyond the line, of those that had come from beyond the band."""
        if not len(slots):
            return
        state = self._state[slots]
        over = (state["waiting"] != 0) & (np.sign(state["distance"]) == state["waiting"]) & state["clear"]
        self._take_turns(slots, state, (state["turns"] > 0) & (state["waiting"] == 0) & state["clear"])
        self._take_settled(slots, state, over)
        # Who may be continuing such a track must not count it again.
        for successor in np.flatnonzero(np.isin(self._continues, slots)).tolist():
            row = np.flatnonzero(slots == self._continues[successor])[0]
            for column in ("held", "waiting", "clear"):
                ended = self._state[column][slots[row]]
                self._state[column][successor] = np.where(over[row], ended, self._state[column][successor])

    def _take_settled(self, slots: Slots, state: npt.NDArray[np.void], settled: npt.NDArray[np.bool_]) -> None:
        """Makes waiting sides the held ones, and pending crossings of those that passed between the ends."""
        for row, number in np.argwhere(settled).tolist():
            slot = int(slots[row])
            passage = state[row, number]
            self._state["held"][slot, number] = passage["waiting"]
            self._state["clear"][slot, number] = True
            self._state["waiting"][slot, number] = self._state["turns"][slot, number] = 0
            if passage["between"]:
                past = _Pending(int(number), int(passage["waiting"]), int(passage["passed_ns"]))
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
        """What it has been seen as so far; of a young track what the one that it continues was counted as."""
        counted, age_ns = self._counted_as[slot], self._seen_ns[slot] - self._born_ns[slot]
        known = counted < 0 or age_ns >= self._class_after_ns
        return RoadUser(int(self._road_user[slot] if known else counted))
