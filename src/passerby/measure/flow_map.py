"""Where road users go: how many tracks pass through each cell of a grid over the picture."""

import numpy as np
import numpy.typing as npt

from passerby.domain.report import FlowMap
from passerby.measure.slots import SlottedTracks

_LONGEST_STEP_S = 1.0  # a road user hidden for longer may have gone any way round


class FlowGrid:
    """Adds up passes. A track touches a cell once in its life, also between two sightings; memory does not grow.

    Args:
        rows, columns: the grid's size.
    """

    def __init__(self, *, rows: int = 54, columns: int = 96) -> None:
        self._rows = rows
        self._columns = columns
        self._passes = np.zeros(rows * columns, np.int64)
        self._touched = np.zeros((0, rows * columns), np.bool_)
        self._cell_xy = np.zeros((0, 2))
        self._seen_s = np.zeros(0)

    def update(self, slotted: SlottedTracks) -> None:
        """Adds one frame."""
        self._grow(slotted.capacity)
        self._touched[slotted.freed] = False
        self._touched[slotted.slot[slotted.fresh]] = False
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
        new = ~self._touched[slots, cells]
        self._touched[slots, cells] = True
        sure = np.zeros(len(self._touched), np.bool_)
        sure[slot] = slotted.sure & ~slotted.newly_sure
        counted = new & sure[slots]
        if counted.any():
            once = np.unique(slots[counted] * len(self._passes) + cells[counted])
            np.add.at(self._passes, once % len(self._passes), 1)
        for newly_sure in slot[slotted.newly_sure].tolist():
            self._passes += self._touched[newly_sure]

    def flow_map(self) -> FlowMap:
        """Returns the passes so far."""
        return FlowMap(self._passes.reshape(self._rows, self._columns).astype(np.float32))

    def _grow(self, capacity: int) -> None:
        missing = capacity - len(self._touched)
        if missing > 0:
            cells = self._rows * self._columns
            self._touched = np.concatenate([self._touched, np.zeros((missing, cells), np.bool_)])
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
