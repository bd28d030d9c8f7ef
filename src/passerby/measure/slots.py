"""A row for each living track in the measures' tables, and which new track continues an older one.

All measures keep their state in arrays with a row (a slot) for each track, so that fifty tracks cost little more than
one.
A slot is freed when its track has ended; a confirmed one is kept for `handover_s` longer, because a tracker that loses
a person behind a bus finds them again under another id. Which track continues which is decided by position, motion and
box height alone, never by appearance, and is deleted with the slot.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.domain.frames import FrameStamp
from passerby.domain.tracks import Tracks

Slots = npt.NDArray[np.intp]

_FIRST_CAPACITY = 64
_VELOCITY_MEMORY_S = 0.5  # long enough to smooth a detector's jitter, short enough to follow a person who stops
_REACH_GROWTH_PER_S = 0.2  # box heights: an unseen walker is about this much off a straight path after one second
_HEIGHT_RATIO = 1.6  # a partly hidden box loses up to a third of its height; more than that is another road user


@dataclass(frozen=True, slots=True, eq=False)
class SlottedTracks:
    """One frame's tracks with their slots. Lengths are in picture heights, so that a new resolution changes nothing.

    Attributes:
        stamp: the frame.
        slot: intp (N,), the slot of each track seen in this frame.
        foot_heights: float64 (N, 2), foot points, x and y both in picture heights.
        box_wh_heights: float64 (N, 2), width and height of the boxes.
        road_user: int16 (N,).
        unsure: bool (N,), see `Tracks`.
        sure: bool (N,), the track has been confirmed, now or before.
        newly_sure: bool (N,), it was confirmed with this frame.
        fresh: bool (N,), first sighting.
        successors, predecessors: intp (M,), fresh slots and the unseen slots that they seem to continue. Proposals.
        settled_successors, settled_predecessors: intp (K,), proposals that hold: the successor is confirmed,
            the predecessor never came back.
        refused: intp (R,), successors whose proposal does not hold.
        ended: intp (E,), slots of tracks that ended with this frame; still readable.
        freed: intp (W,), slots to be cleared before anything else; they may be used again in this same frame.
        unseen_s: float64 (S,), seconds since each slot was last seen; infinite for free, ended and continued ones.
    """

    stamp: FrameStamp
    slot: Slots
    foot_heights: npt.NDArray[np.float64]
    box_wh_heights: npt.NDArray[np.float64]
    road_user: npt.NDArray[np.int16]
    unsure: npt.NDArray[np.bool_]
    sure: npt.NDArray[np.bool_]
    newly_sure: npt.NDArray[np.bool_]
    fresh: npt.NDArray[np.bool_]
    successors: Slots
    predecessors: Slots
    settled_successors: Slots
    settled_predecessors: Slots
    refused: Slots
    ended: Slots
    freed: Slots
    unseen_s: npt.NDArray[np.float64]

    @property
    def capacity(self) -> int:
        """How many slots there are; it only grows."""
        return len(self.unseen_s)


@dataclass(frozen=True, slots=True, eq=False)
class _Newcomers:
    slot: Slots
    foot_heights: npt.NDArray[np.float64]
    height: npt.NDArray[np.float64]


class TrackSlots:
    """Keeps the slots of one camera's tracks.

    Args:
        handover_s: how long after its last sighting a track may be continued by a new one; 0 turns this off.
        handover_reach: how far, in box heights, the new track may start from where the old one is expected.
        max_idle_s: a track that is neither seen nor ended for so long is taken as ended, so that memory stays flat.
    """

    def __init__(self, *, handover_s: float = 1.5, handover_reach: float = 0.35, max_idle_s: float = 60.0) -> None:
        self._handover_s = handover_s
        self._handover_reach = handover_reach
        self._max_idle_s = max_idle_s
        self._slot_of: dict[int, int] = {}
        self._free = list(range(_FIRST_CAPACITY))[::-1]
        self._table = np.zeros(_FIRST_CAPACITY, _SLOT)
        self._table["predecessor"] = -1
        self._interrupted = False

    def start_anew(self) -> None:
        """Ends all tracks with the next frame, and hands none of them over: time or view went on elsewhere."""
        self._interrupted = True

    def update(self, tracks: Tracks) -> SlottedTracks:
        """Adds one frame's tracks; call it once a frame, in order of `stamp.stream_s`."""
        now_s = tracks.stamp.stream_s
        freed, orphans = self._free_slots(now_s)
        cut_off = self._cut_off()
        width_px, height_px = tracks.stamp.size_px
        foot = tracks.foot_xy_px.astype(np.float64) / height_px
        box_wh = (tracks.xyxy_px[:, 2:] - tracks.xyxy_px[:, :2]).astype(np.float64) / height_px
        slot, fresh = self._slots_for(tracks.track_id)
        news = _Newcomers(slot[fresh], foot[fresh], box_wh[fresh, 1])
        successors, predecessors = self._propose(now_s, news, slot, width_px / height_px)
        newly_sure = tracks.confirmed & ~self._table["sure"][slot]
        self._note(now_s, slot, foot, box_wh[:, 1], fresh, tracks.confirmed)
        settled, refused = self._settle(slot[newly_sure])
        ended = np.union1d(cut_off, self._end(tracks.ended))
        table = self._table
        alive = table["used"] & ~table["ended"] & ~table["continued"]
        return SlottedTracks(
            stamp=tracks.stamp,
            slot=slot,
            foot_heights=foot,
            box_wh_heights=box_wh,
            road_user=tracks.road_user,
            unsure=tracks.unsure,
            sure=table["sure"][slot],
            newly_sure=newly_sure,
            fresh=fresh,
            successors=successors,
            predecessors=predecessors,
            settled_successors=settled,
            settled_predecessors=table["predecessor"][settled].astype(np.intp),
            refused=np.concatenate([orphans, refused]),
            ended=ended,
            freed=freed,
            unseen_s=np.where(alive, now_s - table["last_s"], np.inf),
        )

    def _free_slots(self, now_s: float) -> tuple[Slots, Slots]:
        table = self._table
        idle_s = now_s - table["last_s"]
        over = ~table["sure"] | table["continued"] | table["cut_off"] | (idle_s > self._handover_s)
        done = table["ended"] & over
        freed = np.flatnonzero(table["used"] & (done | (idle_s > self._max_idle_s)))
        if not len(freed):
            return freed, freed
        orphans = np.flatnonzero(table["used"] & ~table["sure"] & np.isin(table["predecessor"], freed))
        table["predecessor"][orphans] = -1
        for slot in freed.tolist():
            if not table["cut_off"][slot]:  # its id may be another track's by now
                self._slot_of.pop(int(table["track_id"][slot]), None)
            self._free.append(slot)
        table[freed] = np.zeros(1, _SLOT)
        table["predecessor"][freed] = -1
        return freed, np.setdiff1d(orphans, freed)

    def _cut_off(self) -> Slots:
        """Ends every track after an interruption, whatever becomes of its id; returns the slots that ended by it.

        They are still readable in this frame and freed with the next one.
        """
        none = np.empty(0, np.intp)
        if not self._interrupted:
            return none
        self._interrupted = False
        table = self._table
        ended = np.flatnonzero(table["used"] & ~table["ended"])
        table["ended"] |= table["used"]
        table["cut_off"] |= table["used"]
        self._slot_of.clear()
        return ended

    def _slots_for(self, track_ids: npt.NDArray[np.int64]) -> tuple[Slots, npt.NDArray[np.bool_]]:
        slot = np.empty(len(track_ids), np.intp)
        fresh = np.zeros(len(track_ids), np.bool_)
        for row, track_id in enumerate(track_ids.tolist()):
            known = self._slot_of.get(track_id)
            if known is None:
                known = self._take(track_id)
                fresh[row] = True
            slot[row] = known
        return slot, fresh

    def _take(self, track_id: int) -> int:
        if not self._free:
            capacity = len(self._table)
            grown = np.zeros(2 * capacity, _SLOT)
            grown["predecessor"] = -1
            grown[:capacity] = self._table
            self._table = grown
            self._free = list(range(capacity, 2 * capacity))[::-1]
        slot = self._free.pop()
        self._slot_of[track_id] = slot
        self._table["track_id"][slot] = track_id
        return slot

    def _propose(self, now_s: float, news: "_Newcomers", seen: Slots, aspect: float) -> tuple[Slots, Slots]:
        table = self._table
        none = np.empty(0, np.intp)
        if not len(news.slot):
            return none, none
        waiting = table["used"] & table["sure"] & ~table["continued"] & ~table["cut_off"]
        waiting &= now_s - table["last_s"] <= self._handover_s
        waiting[seen] = False
        # A road user on the way out of the picture has left; one that comes in there now is another.
        expected = table["foot"] + table["velocity"] * (now_s - table["last_s"])[:, None]
        waiting &= (expected >= 0).all(axis=1) & (expected <= (aspect, 1.0)).all(axis=1)
        predecessors = np.flatnonzero(waiting)
        if not len(predecessors):
            return none, none
        unseen_s = now_s - table["last_s"][predecessors]
        path = table["velocity"][predecessors] * unseen_s[:, None]
        miss = _distances_to_path(news.foot_heights, table["foot"][predecessors], path) / table["height"][predecessors]
        ratio = news.height[:, None] / table["height"][predecessors]
        alike = (ratio < _HEIGHT_RATIO) & (ratio > 1 / _HEIGHT_RATIO)
        reach = self._handover_reach + _REACH_GROWTH_PER_S * unseen_s
        rows, columns = _nearest_pairs(np.where(alike & (miss <= reach), miss, np.inf))
        table["predecessor"][news.slot[rows]] = predecessors[columns]
        return news.slot[rows], predecessors[columns]

    def _note(
        self,
        now_s: float,
        slot: Slots,
        foot: npt.NDArray[np.float64],
        height: npt.NDArray[np.float64],
        fresh: npt.NDArray[np.bool_],
        confirmed: npt.NDArray[np.bool_],
    ) -> None:
        if not len(slot):
            return
        table = self._table
        step_s = now_s - table["last_s"][slot]
        moved = ~fresh & (step_s > 0)
        old = slot[moved]
        seen_before = table["sightings"][old] > 1
        weight = np.where(seen_before, -np.expm1(-step_s[moved] / _VELOCITY_MEMORY_S), 1.0)[:, None]
        pace = (foot[moved] - table["foot"][old]) / step_s[moved, None]
        table["velocity"][old] += weight * (pace - table["velocity"][old])
        table["first_s"][slot[fresh]] = now_s
        table["used"][slot] = True
        table["continued"][slot] = False
        table["sure"][slot] |= confirmed
        table["foot"][slot] = foot
        table["height"][slot] = np.maximum(height, 1e-6)
        table["last_s"][slot] = now_s
        table["sightings"][slot] += 1

    def _settle(self, newly_sure: Slots) -> tuple[Slots, Slots]:
        table = self._table
        settled, refused = [], []
        for successor in newly_sure.tolist():
            predecessor = int(table["predecessor"][successor])
            if predecessor < 0:
                continue
            if not table["continued"][predecessor] and table["last_s"][predecessor] < table["first_s"][successor]:
                table["continued"][predecessor] = True
                settled.append(successor)
            else:
                refused.append(successor)
        return np.array(settled, np.intp), np.array(refused, np.intp)

    def _end(self, track_ids: npt.NDArray[np.int64]) -> Slots:
        slots = [self._slot_of[track_id] for track_id in track_ids.tolist() if track_id in self._slot_of]
        ended = np.array(slots, np.intp)
        if not slots:
            return ended
        ended = np.unique(ended[~self._table["ended"][ended]])
        self._table["ended"][ended] = True
        return ended


_SLOT = np.dtype(
    [
        ("track_id", np.int64),
        ("used", np.bool_),
        ("sure", np.bool_),
        ("ended", np.bool_),
        ("continued", np.bool_),
        ("cut_off", np.bool_),  # time or view was interrupted since: it is never continued
        ("predecessor", np.int64),
        ("sightings", np.int64),
        ("first_s", np.float64),
        ("last_s", np.float64),
        ("foot", np.float64, (2,)),
        ("velocity", np.float64, (2,)),
        ("height", np.float64),
    ]
)


def _distances_to_path(
    points: npt.NDArray[np.float64], starts: npt.NDArray[np.float64], ways: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """float64 (F, D): from each point to each straight path, as an unseen road user may have stopped anywhere on it."""
    from_start = points[:, None, :] - starts
    length2 = (ways**2).sum(axis=1)
    along = (from_start * ways).sum(axis=2) / np.where(length2 == 0, 1.0, length2)
    return np.asarray(np.linalg.norm(from_start - np.clip(along, 0.0, 1.0)[..., None] * ways, axis=2), np.float64)


def _nearest_pairs(cost: npt.NDArray[np.float64]) -> tuple[list[int], list[int]]:
    """Rows and columns of the pairs with the lowest cost, each row and each column at most once."""
    rows: list[int] = []
    columns: list[int] = []
    left = cost.copy()
    while left.size and np.isfinite(left).any():
        row, column = np.unravel_index(int(left.argmin()), left.shape)
        rows.append(int(row))
        columns.append(int(column))
        left[row, :] = np.inf
        left[:, column] = np.inf
    return rows, columns
