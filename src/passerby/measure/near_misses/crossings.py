"""Whose way crossed whose, and how much later."""

from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.measure.near_misses.fits import KNOT_S
from passerby.measure.near_misses.footprints import Metres, encroachments
from passerby.measure.near_misses.motion import LOOK_KNOTS, LOOK_S, States, Ways
from passerby.measure.slots import Slots

MIN_TURN: Final = 0.35
"""Sine of 20 degrees: ways at a smaller angle are one behind the other or beside one another, and do not cross."""

_ROUNDS: Final = 5
_BACK_KNOTS: Final = 2
_SETTLED_S: Final = 0.01
_SLACK_M: Final = 0.5
_LATE_S: Final = 2.0
"""A crossing that is not found from the states around it may still be from later ones. It is the same number of seconds
each time that it is found."""


def crossings(
    ways: Ways, slots: Slots, one: npt.NDArray[np.intp], other: npt.NDArray[np.intp], pet_s: float
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], Metres, Metres]:
    """Returns where one came, lately, to a place that another had left at most `pet_s` before.

    Args:
        ways: the ways of all.
        slots: intp (N,).
        one, other: intp (P,), the pairs, as places in `slots`; in either order.
        pet_s: the longest time between both.

    Returns:
        intp (C,) who was first and intp (C,) who came later, as places in `slots`; float64 (C,) the seconds
        between, and when the later one came, in seconds of the stream. Those that met are not among them.
    """
    first, later = np.concatenate([one, other]), np.concatenate([other, one])
    middle = ways.end - LOOK_KNOTS // 2
    back = np.arange(max(ways.start, middle - round((pet_s + LOOK_S) / KNOT_S)), middle + 1, _BACK_KNOTS)
    knots = ways.knots(slots, back)
    here = ways.knots(slots, np.array([middle]))[:, 0]
    near, nearest = _near(ways, slots, knots, here, first, later)
    first, later, first_s = first[near], later[near], np.asarray(back[nearest] * KNOT_S, np.float64)
    if not len(first):
        return first, later, np.zeros(0), np.zeros(0)
    shift_s, came_s, good = _solved(
        ways, slots[first], slots[later], first_s, np.full(len(first), middle * KNOT_S, np.float64)
    )
    good &= (came_s > ways.end * KNOT_S - _LATE_S) & (shift_s <= pet_s) & (shift_s > 0)
    return first[good], later[good], shift_s[good], came_s[good]


def _near(
    ways: Ways,
    slots: Slots,
    knots: Metres,
    here: Metres,
    first: npt.NDArray[np.intp],
    later: npt.NDArray[np.intp],
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Returns which pairs may touch one another's way now, and the knot of the first's way that is nearest."""
    reach_m = ways.reach_m(slots)
    off = knots[first, :, :2] - here[later, None, :2]
    away_m = np.hypot(off[..., 0], off[..., 1])
    away_m[np.isnan(away_m)] = np.inf
    nearest = away_m.argmin(axis=1)
    rows = np.arange(len(first))
    gone, came = knots[first, nearest], here[later]
    # Between the moments that are looked at, to either side.
    moved_m = (np.hypot(gone[:, 2], gone[:, 3]) * _BACK_KNOTS * KNOT_S + np.hypot(came[:, 2], came[:, 3]) * LOOK_S) / 2
    turn = sines(gone[:, 4:], came[:, 4:])
    with np.errstate(invalid="ignore"):  # unknown states are near nothing
        close = (away_m[rows, nearest] <= reach_m[first] + reach_m[later] + moved_m + _SLACK_M) & (turn >= MIN_TURN)
    near = np.flatnonzero(close)
    return near, nearest[near]


def _solved(
    ways: Ways, first: Slots, later: Slots, first_s: Metres, later_s: Metres
) -> tuple[Metres, Metres, npt.NDArray[np.bool_]]:
    """Returns the seconds between, when the later one came, and whether both moments were found."""
    corner_first, corner_later = np.zeros((len(first), 2)), np.zeros((len(first), 2))
    shift_s, good = np.zeros(len(first)), np.zeros(len(first), np.bool_)
    before = np.full(len(first), np.inf)
    end_s, start_s = ways.end * KNOT_S, ways.start * KNOT_S
    for _ in range(_ROUNDS):
        gone, came = ways.states(first, first_s[:, None]), ways.states(later, later_s[:, None])
        found = encroachments(
            gone.shapes,
            came.shapes,
            later_s - first_s,
            _corner_mps(gone, corner_first),
            _corner_mps(came, corner_later),
        )
        turn = sines(gone.shapes.along, came.shapes.along)
        steps = np.abs(found.first_s) + np.abs(found.second_s)
        with np.errstate(invalid="ignore"):
            settled = np.isfinite(found.shift_s) & (steps < _SETTLED_S)
        good = gone.known & came.known & settled & (turn >= MIN_TURN)
        shift_s, corner_first, corner_later = found.shift_s, found.first_m, found.second_m
        # One whose steps grow does not come to an end.
        if not (~settled & (steps < before)).any():
            break
        before = steps
        # A step beyond what is known ends there, and is no answer unless it comes back.
        first_s = np.clip(np.nan_to_num(first_s + found.first_s), start_s, end_s)
        later_s = np.clip(np.nan_to_num(later_s + found.second_s), start_s, end_s)
    return shift_s, later_s, good


def _corner_mps(states: States, corner_m: Metres) -> Metres:
    """Returns float64 (N, 2), velocities of corners of shapes that turn; a disc has none that turns with it."""
    turned = np.stack([-corner_m[:, 1], corner_m[:, 0]], axis=1) * states.turn_per_s[:, None]
    disc = states.shapes.radius_m > 0
    return np.asarray(states.shapes.velocity_mps + np.where(disc[:, None], 0.0, turned), np.float64)


def sines(one: Metres, other: Metres) -> Metres:
    """Returns float64 (N,), the sines of the angles between unit vectors, float64 (N, 2)."""
    return np.asarray(np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]), np.float64)
