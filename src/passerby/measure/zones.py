"""Road users in zones: occupancy, entries, exits and how long visits last.

The rule:

- A road user is inside when its foot point is in the polygon, and stays inside until it is farther than the zone's
  margin outside; both turns need `settle_sightings` sightings in a row, so that flicker on the edge counts nothing.
- A hidden track (no row, not ended) goes on occupying for `hidden_s`. A track that ends leaves its zones empty at once.
- A visit that a lost track leaves open waits for the hand-over time: when a new track continues the old one, the visit
  goes on; else it ends where the track was last seen inside, as lost (`left` is False).
- Zones may overlap; each counts for itself.
- A zone is saturated where people cover one another so far that many are not found: its numbers are lower bounds then.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.domain.events import ZoneOccupancy, ZoneVisit
from passerby.domain.layout import Zone
from passerby.domain.road_user import RoadUser
from passerby.geometry.box_cover import MIN_CROWD, is_saturated
from passerby.geometry.polygons import depths_in_polygon
from passerby.measure.slots import Slots, SlottedTracks


@dataclass(frozen=True, slots=True)
class ZoneEntry:
    """A road user came into a zone over its edge.

    Attributes:
        zone: the zone's name.
        road_user: the class with the most evidence when it was counted.
        time_ns: UTC nanoseconds of the first sighting inside.
    """

    zone: str
    road_user: RoadUser
    time_ns: int


@dataclass(frozen=True, slots=True)
class ZoneChanges:
    """What one frame changed in all zones.

    Attributes:
        entries: road users that came in over an edge.
        visits: visits that have ended.
        occupancy: road users inside now, a row for each zone in the order of the zones.
        feet_in_zones: bool (N, Z), whose foot point lies in which zone in this very frame, whatever was before.
    """

    entries: tuple[ZoneEntry, ...]
    visits: tuple[ZoneVisit, ...]
    occupancy: tuple[ZoneOccupancy, ...]
    feet_in_zones: npt.NDArray[np.bool_]


_STATE = np.dtype(
    [
        ("known", np.bool_),  # seen at least once
        ("inside", np.bool_),
        ("turn", np.int16),  # sightings in a row that contradict `inside`
        ("turn_ns", np.int64),  # when the first of them was
        ("turn_s", np.float64),
        ("seen_outside", np.bool_),
        ("entered", np.bool_),
        ("reported", np.bool_),  # its entry has been counted
        ("start_ns", np.int64),
        ("start_s", np.float64),
        ("last_ns", np.int64),
        ("last_s", np.float64),
    ]
)


class ZoneWatch:
    """Follows the road users in the zones of one camera.

    Args:
        zones: the areas.
        areas_m2: each zone's area on calibrated ground, None where it is not known.
        settle_sightings: sightings in a row that make a road user enter or leave.
        hidden_s: how long a hidden road user still occupies.
    """

    def __init__(
        self,
        zones: tuple[Zone, ...],
        areas_m2: tuple[float | None, ...],
        *,
        settle_sightings: int = 2,
        hidden_s: float = 2.0,
    ) -> None:
        self._zones = zones
        self._areas_m2 = areas_m2
        self._settle_sightings = settle_sightings
        self._hidden_s = hidden_s
        self._state = np.zeros((0, len(zones)), _STATE)
        self._sure = np.zeros(0, np.bool_)
        self._road_user = np.zeros(0, np.int16)
        self._measured = np.zeros((len(zones), len(RoadUser)), np.bool_)
        for number, zone in enumerate(zones):
            self._measured[number, [int(user) for user in zone.road_users]] = True

    def update(self, slotted: SlottedTracks) -> ZoneChanges:
        """Adds one frame."""
        if not self._zones:
            return ZoneChanges((), (), (), np.zeros((len(slotted.slot), 0), np.bool_))
        self._grow(slotted.capacity)
        visits = self._close(slotted.freed, left=False)
        self._clear(slotted.freed)
        self._clear(slotted.slot[slotted.fresh])
        self._state[slotted.successors] = self._state[slotted.predecessors]
        self._state[slotted.settled_predecessors] = np.zeros(1, _STATE)
        self._state[slotted.refused] = np.zeros(1, _STATE)
        self._sure[slotted.slot] = slotted.sure
        self._road_user[slotted.slot] = slotted.road_user
        depth = self._depths(slotted)
        visits += self._follow(slotted, depth)
        visits += self._end(slotted.ended)
        return ZoneChanges(self._entries(slotted), tuple(visits), self._occupancy(slotted), depth > 0)

    def finish(self) -> tuple[ZoneVisit, ...]:
        """Returns the visits that were still going on when the recording ended; `left` is False for them."""
        all_slots = np.arange(len(self._state))
        visits = self._end(all_slots) + self._close(all_slots, left=False)
        self._clear(all_slots)
        return tuple(visits)

    def _grow(self, capacity: int) -> None:
        missing = capacity - len(self._state)
        if missing > 0:
            self._state = np.concatenate([self._state, np.zeros((missing, len(self._zones)), _STATE)])
            self._sure = np.concatenate([self._sure, np.zeros(missing, np.bool_)])
            self._road_user = np.concatenate([self._road_user, np.zeros(missing, np.int16)])

    def _clear(self, slots: Slots) -> None:
        self._state[slots] = np.zeros(1, _STATE)
        self._sure[slots] = False

    def _follow(self, slotted: SlottedTracks, depth: npt.NDArray[np.float64]) -> list[ZoneVisit]:
        slot, stamp = slotted.slot, slotted.stamp
        if not len(slot):
            return []
        margins = np.array([zone.margin for zone in self._zones])
        state = self._state[slot]
        inside, first = state["inside"], ~state["known"]
        contrary = np.where(inside, depth < -margins, depth > 0)
        starts = contrary & (state["turn"] == 0)
        state["turn_ns"] = np.where(starts, stamp.time_ns, state["turn_ns"])
        state["turn_s"] = np.where(starts, stamp.stream_s, state["turn_s"])
        state["turn"] = np.where(contrary, state["turn"] + 1, 0)
        turned = contrary & (first | (state["turn"] >= self._settle_sightings))
        leaving, coming = inside & turned, ~inside & turned
        still = inside & ~contrary | coming
        state["seen_outside"] |= ~inside & ~contrary
        _come_in(state, coming)
        state["last_ns"] = np.where(still, stamp.time_ns, state["last_ns"])
        state["last_s"] = np.where(still, stamp.stream_s, state["last_s"])
        state["known"] = True
        self._state[slot] = state
        return self._take_visits(slot, leaving, left=True)

    def _depths(self, slotted: SlottedTracks) -> npt.NDArray[np.float64]:
        """float64 (N, Z): how deep inside each zone, in picture heights, negative outside."""
        if not len(slotted.slot):
            return np.zeros((0, len(self._zones)))
        width_px, height_px = slotted.stamp.size_px
        to_heights = (width_px / height_px, 1.0)
        columns = [depths_in_polygon(slotted.foot_heights, zone.points * to_heights) for zone in self._zones]
        return np.stack(columns, axis=1)

    def _end(self, slots: Slots) -> list[ZoneVisit]:
        """Settles what ended tracks had begun: a step out is an exit, a step in is a visit that stays open."""
        if not len(slots):
            return []
        state = self._state[slots]
        stepped_in = ~state["inside"] & (state["turn"] > 0)
        last_ns, last_s = state["turn_ns"].copy(), state["turn_s"].copy()
        leaving = state["inside"] & (state["turn"] > 0)
        _come_in(state, stepped_in)
        state["last_ns"] = np.where(stepped_in, last_ns, state["last_ns"])
        state["last_s"] = np.where(stepped_in, last_s, state["last_s"])
        self._state[slots] = state
        return self._take_visits(slots, leaving, left=True)

    def _close(self, slots: Slots, *, left: bool) -> list[ZoneVisit]:
        return self._take_visits(slots, self._state["inside"][slots], left=left)

    def _take_visits(self, slots: Slots, chosen: npt.NDArray[np.bool_], *, left: bool) -> list[ZoneVisit]:
        visits: list[ZoneVisit] = []
        if not chosen.any():
            return visits
        for row, number in np.argwhere(chosen).tolist():
            slot = int(slots[row])
            state = self._state[slot, number]
            road_user = RoadUser(int(self._road_user[slot]))
            if self._sure[slot] and self._measured[number, road_user]:
                visits.append(
                    ZoneVisit(
                        zone=self._zones[number].name,
                        road_user=road_user,
                        start_ns=int(state["start_ns"]),
                        end_ns=int(state["last_ns"]),
                        dwell_s=max(0.0, float(state["last_s"] - state["start_s"])),
                        entered=bool(state["entered"]),
                        left=left,
                    )
                )
            self._state[slot, number] = np.zeros((), _STATE)
            self._state["known"][slot, number] = True
            self._state["seen_outside"][slot, number] = True
        return visits

    def _entries(self, slotted: SlottedTracks) -> tuple[ZoneEntry, ...]:
        slots = slotted.slot
        if len(slotted.ended):
            slots = np.unique(np.concatenate([slots, slotted.ended]))
        state = self._state[slots]
        news = state["inside"] & state["entered"] & ~state["reported"] & self._sure[slots][:, None]
        entries: list[ZoneEntry] = []
        for row, number in np.argwhere(news).tolist():
            slot = int(slots[row])
            self._state["reported"][slot, number] = True
            road_user = RoadUser(int(self._road_user[slot]))
            if self._measured[number, road_user]:
                entries.append(ZoneEntry(self._zones[number].name, road_user, int(state["start_ns"][row, number])))
        return tuple(entries)

    def _occupancy(self, slotted: SlottedTracks) -> tuple[ZoneOccupancy, ...]:
        present = np.flatnonzero(self._sure & (slotted.unseen_s[: len(self._sure)] <= self._hidden_s))
        inside = self._state["inside"][present]
        classes = self._road_user[present]
        rows: list[ZoneOccupancy] = []
        for number, zone in enumerate(self._zones):
            tally = np.bincount(classes[inside[:, number]], minlength=len(RoadUser))
            counts = {user: int(tally[user]) for user in RoadUser if user in zone.road_users}
            area_m2 = self._areas_m2[number]
            pedestrians = counts.get(RoadUser.PEDESTRIAN)
            density = pedestrians / area_m2 if area_m2 and pedestrians is not None else None
            full = pedestrians is not None and pedestrians >= MIN_CROWD and self._saturated(number, slotted)
            rows.append(ZoneOccupancy(zone.name, counts, density, full))
        return tuple(rows)

    def _saturated(self, number: int, slotted: SlottedTracks) -> bool:
        people = self._sure[slotted.slot] & (slotted.road_user == RoadUser.PEDESTRIAN)
        foot, sides = slotted.foot_heights[people], slotted.box_wh_heights[people]
        left_top = foot - sides * (0.5, 1.0)
        boxes = np.concatenate([left_top, left_top + sides], axis=1)
        return is_saturated(boxes, self._state["inside"][slotted.slot[people], number])


def _come_in(state: npt.NDArray[np.void], chosen: npt.NDArray[np.bool_]) -> None:
    """Makes the chosen cells begin a visit at the first of the sightings that turned them."""
    state["entered"] = np.where(chosen, state["seen_outside"], state["entered"])
    state["reported"] = np.where(chosen, False, state["reported"])
    state["start_ns"] = np.where(chosen, state["turn_ns"], state["start_ns"])
    state["start_s"] = np.where(chosen, state["turn_s"], state["start_s"])
    # Leaving cells keep `inside` until their visit is taken; only coming in is set here.
    state["inside"] = state["inside"] | chosen
    state["turn"] = np.where(chosen, 0, state["turn"])
