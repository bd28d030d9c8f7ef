"""Encounters: pairs of road users on a collision course, or of which one crossed the other's way soon after."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.layout import GroundPlane
from passerby.domain.road_user import RoadUser
from passerby.measure.near_misses.crossings import MIN_TURN, crossings, sines
from passerby.measure.near_misses.fits import HALF_WINDOW_S, KNOT_S
from passerby.measure.near_misses.footprints import REACH_M, SIZES_M, Footprints, Metres, times_to_collision
from passerby.measure.near_misses.motion import LOOK_KNOTS, LOOK_S, Ways
from passerby.measure.slots import Slots, SlottedTracks

_CLOSING_MPS: Final = 0.5
"""Slower they do not run into one another: it is less than twice the error of a speed."""

_STANDING_MPS: Final = 1.0
"""A motor vehicle that is slower stands, or creeps: who walks or rides past it, as past any parked one, is off no
collision course by that, though the way leads straight at it for a while. Nor do two that stand meet, whose boxes
flicker."""

_COARSE_S: Final = 0.05
_FINE_S: Final = 0.0125
_FINE_BELOW_S: Final = 0.3
"""Times to collision are taken at the shorter steps where one is at most so much above the limit: it falls by a second
each second, and ends at once when a course is left."""

_SLACK_M: Final = 0.5
"""Between two quarters of a second a road user that brakes or turns is off its straight way by less."""

_COMPANION_M: Final = 3.0
_COMPANION_MPS: Final = 0.5
_COMPANION_S: Final = 2.0
"""Those on foot or on bicycles who go so near one another, so alike, for so long in all, go together."""

_LIGHT: Final = (RoadUser.PEDESTRIAN, RoadUser.BICYCLE)
"""Classes that go together, and past vehicles that stand."""
_LOOKED: Final = np.arange(LOOK_KNOTS + 1) - LOOK_KNOTS
"""The knots of a look, and the one before."""


@dataclass(frozen=True, slots=True)
class Met:
    """Two road users who came near one another, when it is over.

    Attributes:
        slots: the slot of each.
        road_users: the class of each.
        at_s: seconds of the stream at which they were nearest to a collision, or the second crossed.
        xy_m: halfway between both then, on the ground.
        ttc_s: the fewest seconds to a collision; None if they were never on a collision course.
        pet_s: post-encroachment time, 0 if they met; None if their ways did not cross.
    """

    slots: tuple[int, int]
    road_users: tuple[RoadUser, RoadUser]
    at_s: float
    xy_m: tuple[float, float]
    ttc_s: float | None
    pet_s: float | None

    def continued_by(self, successor: int, predecessor: int) -> "Met":
        """Returns the same with a track's slot in place of that of the one before it."""
        one, other = (successor if slot == predecessor else slot for slot in self.slots)
        return replace(self, slots=(one, other)) if predecessor in self.slots else self


@dataclass(slots=True)
class _Pair:
    road_users: tuple[RoadUser, RoadUser]
    newest_s: float
    near: bool = False
    at_s: float = 0.0
    xy_m: tuple[float, float] = (0.0, 0.0)
    ttc_s: float = np.inf
    pet_s: float = np.inf
    beside_s: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """The newest states of all that may take part, and the pairs of their rows."""

    slots: Slots
    users: npt.NDArray[np.int16]
    knots: Metres
    one: npt.NDArray[np.intp]
    other: npt.NDArray[np.intp]


class Encounters:
    """Finds encounters among the road users in view.

    An encounter is a pair with a time to collision or a post-encroachment time of at most `pet_s`; those who go
    together are left out, and who walks or rides past a motor vehicle that stands. Each stretch of the ways is looked
    at once, some half a second later.

    Args:
        plane: the camera's ground plane.
        road_users: the classes that take part.
        ttc_s: up to here times to collision are looked for at short steps.
        pet_s: the longest time of both kinds.
        among_pedestrians: two pedestrians count, too.
    """

    def __init__(
        self,
        plane: GroundPlane,
        road_users: frozenset[RoadUser],
        *,
        ttc_s: float,
        pet_s: float,
        among_pedestrians: bool = False,
    ) -> None:
        self._ways = Ways(plane, keep_s=pet_s + LOOK_S)
        self._ttc_s, self._pet_s, self._among_pedestrians = ttc_s, pet_s, among_pedestrians
        self._takes_part = np.zeros(len(RoadUser), np.bool_)
        self._takes_part[sorted(road_users)] = True
        self._pairs: dict[tuple[int, int], _Pair] = {}
        self._now_s = 0.0

    def update(self, slotted: SlottedTracks) -> list[Met]:
        """Adds one frame; returns the encounters that are over."""
        over = self._end(slotted.freed)
        self._ways.clear(slotted.freed)
        self._hand_over(slotted.settled_successors, slotted.settled_predecessors)
        self._ways.add(slotted)
        self._now_s = slotted.stamp.stream_s
        return over + self._look_until(self._now_s)

    def finish(self) -> list[Met]:
        """Returns the encounters that were going on at the end."""
        over = self._look_until(self._now_s + HALF_WINDOW_S + LOOK_S)
        pairs, self._pairs = self._pairs, {}
        return over + [_met(key, pair) for key, pair in pairs.items() if _counts(pair)]

    def _look_until(self, now_s: float) -> list[Met]:
        over: list[Met] = []
        while self._ways.due(now_s):
            self._look()
            over += self._settle()
        return over

    def _look(self) -> None:
        slots = self._ways.look()
        users = self._ways.road_user[slots]
        slots, users = slots[self._takes_part[users]], users[self._takes_part[users]]
        one, other = np.triu_indices(len(slots), 1)
        if not self._among_pedestrians:
            mixed = (users[one] != RoadUser.PEDESTRIAN) | (users[other] != RoadUser.PEDESTRIAN)
            one, other = one[mixed], other[mixed]
        if not len(one):
            return
        look = _Look(slots, users, self._ways.knots(slots, self._ways.end + _LOOKED), one, other)
        self._note_companions(look)
        self._note_courses(look)
        self._note_crossings(look)

    def _note_crossings(self, look: _Look) -> None:
        crossed = {key for key, pair in self._pairs.items() if np.isfinite(pair.pet_s)}
        new = np.array(
            [
                (one, other) not in crossed and (other, one) not in crossed
                for one, other in zip(look.slots[look.one].tolist(), look.slots[look.other].tolist(), strict=True)
            ]
        )
        first, later, between_s, came_s = crossings(self._ways, look.slots, look.one[new], look.other[new], self._pet_s)
        for row in range(len(first)):
            pair = self._pair(look, first[row], later[row])
            pair.pet_s, pair.near, pair.newest_s = min(pair.pet_s, between_s[row]), True, came_s[row]
            if not np.isfinite(pair.ttc_s):
                x_m, y_m = look.knots[later[row], -1, :2].tolist()
                pair.at_s, pair.xy_m = float(came_s[row]), (x_m, y_m)

    def _note_companions(self, look: _Look) -> None:
        alike_users = (look.users[look.one] == look.users[look.other]) & np.isin(look.users[look.one], _LIGHT)
        if not alike_users.any():
            return
        one, other = look.one[alike_users], look.other[alike_users]
        off = look.knots[one, -1] - look.knots[other, -1]
        with np.errstate(invalid="ignore"):  # unknown states are beside no one
            beside = np.hypot(off[:, 0], off[:, 1]) < _COMPANION_M
            beside &= np.hypot(off[:, 2], off[:, 3]) < _COMPANION_MPS
        for place in np.flatnonzero(beside).tolist():
            pair = self._pair(look, one[place], other[place])
            pair.beside_s += LOOK_S
            pair.newest_s = self._ways.end * KNOT_S

    def _note_courses(self, look: _Look) -> None:
        near = np.flatnonzero(_may_meet(look, self._pet_s))
        if not len(near):
            return
        soonest_s = self._note_times(look, look.one[near], look.other[near], _COARSE_S)
        near = near[soonest_s <= self._ttc_s + _FINE_BELOW_S]
        if len(near):
            self._note_times(look, look.one[near], look.other[near], _FINE_S)

    def _note_times(self, look: _Look, one: npt.NDArray[np.intp], other: npt.NDArray[np.intp], step_s: float) -> Metres:
        """Looks at pairs at steps over the newest stretch; returns float64 (P,), the fewest seconds, 0 if met."""
        steps = round(LOOK_S / step_s)
        at_s = np.asarray(self._ways.end * KNOT_S + np.arange(1 - steps, 1) * step_s, np.float64)
        first, second = (self._ways.states(look.slots[rows], at_s) for rows in (one, other))
        times_s = times_to_collision(first.shapes, second.shapes)
        closing = _closing(first.shapes, second.shapes) >= _CLOSING_MPS
        crossing = sines(first.shapes.along, second.shapes.along) >= MIN_TURN
        known = first.known & second.known
        known &= ~_past_a_standing_one(look.users[one], look.users[other], first.shapes, second.shapes)
        met = (known & crossing & (times_s == 0)).reshape(-1, steps).any(axis=1)
        foreseen = known & closing & (times_s > 0) & (times_s <= self._pet_s)
        times_s = np.where(foreseen, times_s, np.inf).reshape(-1, steps)
        soonest = times_s.argmin(axis=1)
        soonest_s = times_s[np.arange(len(one)), soonest]
        middles_m = (first.shapes.xy_m + second.shapes.xy_m).reshape(-1, steps, 2) / 2
        for row in np.flatnonzero(met | np.isfinite(soonest_s)).tolist():
            pair = self._pair(look, one[row], other[row])
            pair.near, pair.newest_s = True, self._ways.end * KNOT_S
            pair.pet_s = 0.0 if met[row] else pair.pet_s
            if soonest_s[row] < pair.ttc_s:
                x_m, y_m = middles_m[row, soonest[row]].tolist()
                pair.ttc_s, pair.at_s, pair.xy_m = float(soonest_s[row]), float(at_s[soonest[row]]), (x_m, y_m)
        return np.where(met, 0.0, soonest_s)

    def _pair(self, look: _Look, one: int, other: int) -> _Pair:
        if look.slots[one] > look.slots[other]:
            one, other = other, one
        key = (int(look.slots[one]), int(look.slots[other]))
        users = (RoadUser(int(look.users[one])), RoadUser(int(look.users[other])))
        pair = self._pairs.get(key)
        if pair is None:
            pair = self._pairs[key] = _Pair(users, self._ways.end * KNOT_S)
        pair.road_users = users
        return pair

    def _hand_over(self, successors: Slots, predecessors: Slots) -> None:
        if not len(successors):
            return
        self._ways.hand_over(successors, predecessors)
        new = dict(zip(predecessors.tolist(), successors.tolist(), strict=True))
        for key in [key for key in self._pairs if new.keys() & set(key)]:
            pair = self._pairs.pop(key)
            one, other = (new.get(slot, slot) for slot in key)
            if one > other:
                one, other, pair.road_users = other, one, pair.road_users[::-1]
            known = self._pairs.get((one, other))
            self._pairs[one, other] = pair if known is None else _merged(pair, known)

    def _end(self, freed: Slots) -> list[Met]:
        if not len(freed) or not self._pairs:
            return []
        gone = set(freed.tolist())
        keys = [key for key in self._pairs if gone & set(key)]
        return [_met(key, pair) for key in keys if _counts(pair := self._pairs.pop(key))]

    def _settle(self) -> list[Met]:
        """Ends the pairs of which no more has come for as long as a second may come after a first."""
        over: list[Met] = []
        now_s = self._ways.end * KNOT_S
        for key, pair in list(self._pairs.items()):
            if now_s - pair.newest_s > self._pet_s:
                del self._pairs[key]
                if _counts(pair):
                    over.append(_met(key, pair))
        return over


def _may_meet(look: _Look, within_s: float) -> npt.NDArray[np.bool_]:
    """Returns bool (P,): straight on from one of the knots, a pair may touch by then; hardly False where it does."""
    one, other = look.knots[look.one], look.knots[look.other]
    from_m, by_mps = other[..., :2] - one[..., :2], other[..., 2:4] - one[..., 2:4]
    with np.errstate(invalid="ignore", divide="ignore"):  # unknown states meet no one
        speed = np.hypot(by_mps[..., 0], by_mps[..., 1])
        ahead = by_mps / speed[..., None]
        ahead_m = -(from_m[..., 0] * ahead[..., 0] + from_m[..., 1] * ahead[..., 1])
        aside_m = np.abs(from_m[..., 0] * ahead[..., 1] - from_m[..., 1] * ahead[..., 0])
        wide_m = _across_m(look, look.one, ahead) + _across_m(look, look.other, ahead) + _SLACK_M
        long_m = (REACH_M[look.users[look.one]] + REACH_M[look.users[look.other]])[:, None] + _SLACK_M
        may = (speed >= _CLOSING_MPS) & (aside_m <= wide_m) & (ahead_m >= -long_m)
        return np.asarray((may & (ahead_m - long_m <= within_s * speed)).any(axis=1), np.bool_)


def _across_m(look: _Look, rows: npt.NDArray[np.intp], ahead: Metres) -> Metres:
    """Returns float64 (P, knots): how far each reaches across a way."""
    along, half_m = look.knots[rows, :, 4:], SIZES_M[look.users[rows]] / 2
    cosine = np.abs(along[..., 0] * ahead[..., 0] + along[..., 1] * ahead[..., 1])
    sine = np.abs(along[..., 0] * ahead[..., 1] - along[..., 1] * ahead[..., 0])
    return np.asarray(sine * half_m[:, None, 0] + cosine * half_m[:, None, 1], np.float64)


def _closing(one: Footprints, other: Footprints) -> Metres:
    by_mps = one.velocity_mps - other.velocity_mps
    return np.asarray(np.hypot(by_mps[:, 0], by_mps[:, 1]), np.float64)


def _past_a_standing_one(
    users: npt.NDArray[np.int16], others: npt.NDArray[np.int16], first: Footprints, second: Footprints
) -> npt.NDArray[np.bool_]:
    """Returns bool (P * steps,): a motor vehicle stands, and so does the other one, or is on foot or a bicycle."""
    steps = len(first.xy_m) // max(1, len(users))
    light, other_light = (np.repeat(np.isin(each, _LIGHT), steps) for each in (users, others))
    stands, other_stands = (np.hypot(*each.velocity_mps.T) < _STANDING_MPS for each in (first, second))
    parked, other_parked = stands & ~light, other_stands & ~other_light
    return np.asarray((light | parked) & other_parked | (other_light & parked), np.bool_)


def _counts(pair: _Pair) -> bool:
    return pair.near and pair.beside_s < _COMPANION_S


def _merged(one: _Pair, other: _Pair) -> _Pair:
    """Returns what two rows of one pair make, that of a track and of the one that goes on with it."""
    nearer = one if (one.ttc_s, one.pet_s) <= (other.ttc_s, other.pet_s) else other
    return _Pair(
        other.road_users,
        max(one.newest_s, other.newest_s),
        one.near or other.near,
        nearer.at_s,
        nearer.xy_m,
        nearer.ttc_s,
        min(one.pet_s, other.pet_s),
        one.beside_s + other.beside_s,
    )


def _met(key: tuple[int, int], pair: _Pair) -> Met:
    ttc_s, pet_s = (float(each) if np.isfinite(each) else None for each in (pair.ttc_s, pair.pet_s))
    return Met(key, pair.road_users, pair.at_s, pair.xy_m, ttc_s, pet_s)
