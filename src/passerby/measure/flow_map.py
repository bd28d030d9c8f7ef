"""Where road users go: how many tracks pass through each cell of a grid over the picture, and no single one's route."""

import numpy as np
import numpy.typing as npt

from passerby.domain.report import MIN_ROAD_USERS, FlowMap
from passerby.measure.slots import SlottedTracks

_LONGEST_STEP_S = 1.0  # a road user hidden for longer may have gone any way round


class FlowGrid:
    """Adds up passes. A track touches a cell once in its life, also between two sightings; memory does not grow.

    A track that seems to continue another one is taken for the same road user, and adds nothing where that one has
    been: a person who is lost behind a lamp post and found again must not count as two of the five that a cell needs.

    Args:
        rows, columns: the grid's size.
    """

    def __init__(self, *, rows: int = 54, columns: int = 96) -> None:
        self._rows = rows
        self._columns = columns
        self._passes = np.zeros(rows * columns, np.int64)
        self._touched, self._counted = (np.zeros((0, rows * columns), np.bool_) for _ in range(2))
        self._cell_xy = np.zeros((0, 2))
        self._seen_s = np.zeros(0)

    def update(self, slotted: SlottedTracks) -> None:
        """Adds one frame."""
        self._grow(slotted.capacity)
        for cells_of in (self._touched, self._counted):
            cells_of[slotted.freed] = False
        self._counted[slotted.successors] |= self._counted[slotted.predecessors]
        slot, now_s = slotted.slot, slotted.stamp.stream_s
        if not len(slot):
            return
        width_px, height_px = slotted.stamp.size_px
        xy = slotted.foot_heights * (height_px / width_px * self._columns, self._rows)
        follows = ~slotted.fresh & (now_s - self._seen_s[slot] <= _LONGEST_STEP_S)
        before = np.where(follows[:, None], self._cell_xy[slot], xy)
        slots, cells = self._cells_between(slot, before, xy)
        self._cell_xy[slot] = xy
        self._seen_s[slot] = now_s
        self._touched[slots, cells] = True
        sure = np.zeros(len(self._touched), np.bool_)
        sure[slot] = slotted.sure & ~slotted.newly_sure
        self._add(slots[sure[slots]], cells[sure[slots]])
        for newly_sure in slot[slotted.newly_sure].tolist():
            touched = np.flatnonzero(self._touched[newly_sure])
            self._add(np.full(len(touched), newly_sure, np.intp), touched)

    def _add(self, slots: npt.NDArray[np.intp], cells: npt.NDArray[np.intp]) -> None:
        """Adds one pass for each cell that was not counted yet for the track in that slot."""
        new = ~self._counted[slots, cells]
        once = np.unique(slots[new] * len(self._passes) + cells[new])
        np.add.at(self._passes, once % len(self._passes), 1)
        self._counted[slots, cells] = True

    def flow_map(self) -> FlowMap:
        """Returns the passes so far, as far as no single route can be seen in them; see `without_routes`."""
        return FlowMap(without_routes(self._passes.reshape(self._rows, self._columns)).astype(np.float32))

    def _grow(self, capacity: int) -> None:
        missing = capacity - len(self._touched)
        if missing > 0:
            cells = self._rows * self._columns
            more = np.zeros((missing, cells), np.bool_)
            self._touched = np.concatenate([self._touched, more])
            self._counted = np.concatenate([self._counted, more])
            self._cell_xy = np.concatenate([self._cell_xy, np.zeros((missing, 2))])
            self._seen_s = np.concatenate([self._seen_s, np.zeros(missing)])

    def _cells_between(
        self, slot: npt.NDArray[np.intp], before: npt.NDArray[np.float64], after: npt.NDArray[np.float64]
    ) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
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
