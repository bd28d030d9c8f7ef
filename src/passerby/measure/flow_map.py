"""Where road users go: how many tracks pass through each cell of a grid over the picture, and no single one's route."""

import numpy as np
import numpy.typing as npt

from passerby.domain.report import MIN_ROAD_USERS, FlowMap
from passerby.measure.slots import Slots, SlottedTracks

_LONGEST_STEP_S = 1.0  # a road user hidden for longer may have gone any way round

_REST_SHARE = 0.5
"""A track that stays within so much of its box's longer side has not gone anywhere; a box that is half hidden for a
while moves its foot point by less."""

_LOST_AT_REST_S = 600.0
"""What comes to light at rest where a track was lost so lately is taken for the same: a lorry that unloads hides a
parked car for minutes."""


class FlowGrid:
    """Adds up passes. A track touches a cell once in its life, also between two sightings; memory does not grow.

    A track that seems to continue another one is taken for the same road user, and adds nothing where that one has
    been: a person who is lost behind a lamp post and found again must not count as two of the five that a cell needs.
    For what rests, such as a parked car that traffic hides again and again, its place alone says so: the grid holds
    when a track was last lost in each cell, and of no track that has ended anything else.

    Args:
        rows, columns: the grid's size.
    """

    def __init__(self, *, rows: int = 54, columns: int = 96) -> None:
        self._rows = rows
        self._columns = columns
        self._passes = np.zeros(rows * columns, np.int64)
        self._touched, self._counted = (np.zeros((0, rows * columns), np.bool_) for _ in range(2))
        self._slots = np.zeros(0, _SLOT)
        self._lost_s = np.full((rows, columns), -np.inf)

    def update(self, slotted: SlottedTracks) -> None:
        """Adds one frame."""
        self._grow(slotted.capacity)
        self._free(slotted.freed)
        self._hand_over(slotted)
        slot = slotted.slot
        if not len(slot):
            return
        slots, cells = self._move(slotted)
        self._touched[slots, cells] = True
        table = self._slots
        table["sure"][slot] |= slotted.sure
        goes = table["sure"] & (table["reach"] >= _REST_SHARE * table["size"])
        begins = slot[goes[slot] & ~table["goes"][slot]]
        follows = table["goes"][slots]
        self._add(slots[follows], cells[follows])
        for slot_number in begins.tolist():
            if table["doubtful"][slot_number]:
                self._counted[slot_number] |= self._touched[slot_number]
            self._add_touched(slot_number, self._passes)
        table["goes"][begins] = True

    def _free(self, freed: Slots) -> None:
        """Adds what rested and has ended, stores where tracks were lost, and clears their slots."""
        for slot in freed[self._slots["sure"][freed]].tolist():
            self._add_rested(slot, self._passes)
            seen_s = self._slots["seen_s"][slot]
            around = self._around(self._slots["cell"][slot])
            self._lost_s[around] = np.maximum(self._lost_s[around], seen_s)
        for of_slots in (self._touched, self._counted, self._slots):
            of_slots[freed] = np.zeros(1, of_slots.dtype)

    def _hand_over(self, slotted: SlottedTracks) -> None:
        """Gives a track what belongs to the one that it seems to continue, whether that is confirmed later or not."""
        after, before = slotted.successors, slotted.predecessors
        rests = ~self._slots["goes"][before]
        self._counted[after] |= self._counted[before] | (self._touched[before] & rests[:, None])
        self._slots[after] = self._slots[before]
        self._slots["doubtful"][after] &= rests
        self._slots["sure"][after] = self._slots["goes"][after] = False

    def _move(self, slotted: SlottedTracks) -> tuple[Slots, Slots]:
        """Stores where the tracks are now; returns slots and cells along their steps."""
        table, slot, now_s = self._slots, slotted.slot, slotted.stamp.stream_s
        width_px, height_px = slotted.stamp.size_px
        foot = slotted.foot_heights
        xy = foot * (height_px / width_px * self._columns, self._rows)
        new = slotted.fresh & ~np.isin(slot, slotted.successors)
        fresh = slot[new]
        table["start"][fresh], table["first_s"][fresh] = foot[new], now_s
        table["size"][fresh] = slotted.box_wh_heights[new].max(axis=1)
        for slot_number, cell in zip(fresh.tolist(), xy[new], strict=True):
            table["doubtful"][slot_number] = self._lost_here(cell, now_s)
        follows = ~slotted.fresh & (now_s - table["seen_s"][slot] <= _LONGEST_STEP_S)
        before = np.where(follows[:, None], table["cell"][slot], xy)
        table["reach"][slot] = np.maximum(table["reach"][slot], np.linalg.norm(foot - table["start"][slot], axis=1))
        table["cell"][slot], table["seen_s"][slot] = xy, now_s
        return self._cells_between(slot, before, xy)

    def _lost_here(self, cell: npt.NDArray[np.float64], first_s: float) -> bool:
        """Returns whether a track was lost in the cell, or beside it, shortly before a time."""
        lost_s = self._lost_s[self._around(cell)]
        return bool(((first_s - _LOST_AT_REST_S < lost_s) & (lost_s < first_s)).any())

    def _around(self, cell: npt.NDArray[np.float64]) -> tuple[slice, slice]:
        """Returns the rows and columns of a cell and its eight neighbours."""
        column, row = (int(np.clip(place, 0, size - 1)) for place, size in zip(cell, self._lost_s.T.shape, strict=True))
        return slice(max(0, row - 1), row + 2), slice(max(0, column - 1), column + 2)

    def _add_rested(self, slot: int, passes: npt.NDArray[np.int64]) -> None:
        """Adds one that went nowhere, unless it seems to be one that was lost at the same place shortly before."""
        one = self._slots[slot]
        if not one["goes"] and not one["doubtful"] and not self._lost_here(one["cell"], float(one["first_s"])):
            self._add_touched(slot, passes)

    def _add_touched(self, slot: int, passes: npt.NDArray[np.int64]) -> None:
        passes += self._touched[slot] & ~self._counted[slot]
        if passes is self._passes:
            self._counted[slot] |= self._touched[slot]

    def _add(self, slots: Slots, cells: Slots) -> None:
        """Adds one pass for each cell that was not counted yet for the track in that slot."""
        new = ~self._counted[slots, cells]
        once = np.unique(slots[new] * len(self._passes) + cells[new])
        np.add.at(self._passes, once % len(self._passes), 1)
        self._counted[slots, cells] = True

    def flow_map(self) -> FlowMap:
        """Returns the passes so far, as far as no single route can be seen in them; see `without_routes`."""
        passes = self._passes.copy()
        for slot in np.flatnonzero(self._slots["sure"]).tolist():
            self._add_rested(slot, passes)
        return FlowMap(without_routes(passes.reshape(self._rows, self._columns)).astype(np.float32))

    def _grow(self, capacity: int) -> None:
        missing = capacity - len(self._touched)
        if missing > 0:
            more = np.zeros((missing, self._rows * self._columns), np.bool_)
            self._touched = np.concatenate([self._touched, more])
            self._counted = np.concatenate([self._counted, more])
            self._slots = np.concatenate([self._slots, np.zeros(missing, _SLOT)])

    def _cells_between(
        self, slot: Slots, before: npt.NDArray[np.float64], after: npt.NDArray[np.float64]
    ) -> tuple[Slots, Slots]:
        """Slots and cell numbers along each step, sampled at least once a cell; none outside the picture."""
        longest = float(np.abs(after - before).max(initial=0.0))
        shares = np.linspace(0.0, 1.0, min(2 + int(2 * longest), 2 * self._columns))[1:]
        path = before[:, None, :] + shares[None, :, None] * (after - before)[:, None, :]
        # A foot point on the lower or right border belongs to the last cell.
        column = np.floor(np.where(path[..., 0] == self._columns, self._columns - 1, path[..., 0])).astype(np.intp)
        row = np.floor(np.where(path[..., 1] == self._rows, self._rows - 1, path[..., 1])).astype(np.intp)
        within = (column >= 0) & (column < self._columns) & (row >= 0) & (row < self._rows)
        slots = np.broadcast_to(slot[:, None], within.shape)[within]
        return slots, (row * self._columns + column)[within]


_SLOT = np.dtype(
    [
        ("sure", np.bool_),
        ("goes", np.bool_),  # sure, and further from its start than what rests
        ("doubtful", np.bool_),  # it began where another one was lost
        ("first_s", np.float64),
        ("seen_s", np.float64),
        ("start", np.float64, (2,)),
        ("cell", np.float64, (2,)),
        ("reach", np.float64),
        ("size", np.float64),
    ]
)


def without_routes(passes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Returns passes in which no route that fewer than `MIN_ROAD_USERS` took can be seen.

    A route is one or two cells wide. What rises above the ground around it by fewer than `MIN_ROAD_USERS`, and is
    narrower than three cells, is levelled with that ground (a morphological opening with 3 x 3 cells): one more road
    user on a square that nine have crossed, or four, leaves no ridge. Then everything is rounded down to multiples of
    `MIN_ROAD_USERS`, so that nothing below it is left, and maps with and without one road user are mostly the same.

    Args:
        passes: int64 (R, C), different road users in each cell.

    >>> without_routes(np.array([[0, 0, 0], [4, 5, 11], [0, 0, 0]])).tolist()
    [[0, 0, 0], [0, 5, 10], [0, 0, 0]]
    """
    padded = np.pad(passes, 2)
    ground = _of_neighbours(_of_neighbours(padded, np.minimum), np.maximum)
    levelled = np.where(passes - ground < MIN_ROAD_USERS, ground, passes)
    return levelled // MIN_ROAD_USERS * MIN_ROAD_USERS


def _of_neighbours(cells: npt.NDArray[np.int64], choose: np.ufunc) -> npt.NDArray[np.int64]:
    """Returns the least or largest of each cell and its eight neighbours, without the outermost rows and columns."""
    rows, columns = cells.shape
    shifted = [cells[row : rows - 2 + row, column : columns - 2 + column] for row in range(3) for column in range(3)]
    return np.asarray(choose.reduce(shifted), np.int64)
