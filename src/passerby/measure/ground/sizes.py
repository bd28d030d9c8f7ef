"""What the size of a track says of its class, on calibrated ground: on foot, light, vehicle or heavy.

A box's width at its lower edge is so many metres of ground across the view. What is l long and w wide and goes at the
angle a to the view is `l sin a + w cos a` wide there. That is compared with the usual sizes of four kinds of road user;
one is named where it alone would look like that, and goes as such do. Where the box ends at the picture's edge, or lies
far outside the calibrated area, it says nothing.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.layout import GroundPlane
from passerby.domain.road_user import HEAVY, RoadUser
from passerby.geometry.ground import MAX_EXTRAPOLATION, extrapolation, to_ground
from passerby.measure.slots import SlottedTracks

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SizeKind:
    """A kind of road user by its size.

    Attributes:
        road_user: what it is counted as; None where its size does not say.
        length_m, width_m: the usual sizes,
        length_sd_m, width_sd_m: and their standard deviations.
        min_mps, max_mps: it goes so fast at some time, and not faster.
    """

    road_user: RoadUser | None
    length_m: float
    length_sd_m: float
    width_m: float
    width_sd_m: float
    min_mps: float
    max_mps: float


ON_FOOT, LIGHT, VEHICLE, LARGE = 0, 1, 2, 3

KINDS: Final = (
    SizeKind(RoadUser.PEDESTRIAN, 0.6, 0.15, 0.6, 0.15, 0.5, 3.5),
    # A bicycle and a motorcycle are of one size.
    SizeKind(None, 1.9, 0.3, 0.65, 0.15, 1.5, 40.0),
    # A group of people may be as large; it does not go so fast.
    SizeKind(RoadUser.CAR, 4.5, 0.6, 1.85, 0.15, 4.0, 60.0),
    SizeKind(RoadUser.HEAVY_VEHICLE, 11.0, 2.5, 2.55, 0.1, 4.0, 40.0),
)
"""Cars and vans are from 3.6 to 6 m long, lorries and buses from 7 m (96/53/EC: up to 18.75 m, and 2.55 m wide)."""

CERTAINTY: Final = 0.95
"""Of the kind's own sizes against the others', before one is named."""

WIDTH_ERROR: Final = 0.12
"""Standard deviation of a box's width, as a share of it: the box's, a shadow's and the calibration's error together."""

PERSON_HEIGHT_M: Final = (1.1, 2.4)
"""Of a box, by the ground's scale across the view: a dog is lower. From steeply above a person is as low,
and is not named."""

FARTHEST_SD: Final = 2.5
"""Standard deviations from the usual size beyond which it is none of that kind, though it were of no other."""

BOX_ERROR_HEIGHTS: Final = 2 / 576
"""And two pixels of a picture 576 high, as of a foot point: far away these are metres."""

HEADING_M: Final = 1.5
"""A heading is taken over so much of the way, so that a shaking foot point has none."""

FEWEST: Final = 5
"""Sightings of which the middle one counts."""

EDGE_SHARE: Final = 0.01
"""Of the picture's sides: a box that ends so near to its edge is cut."""

_KEPT: Final = 32


class GroundSizes:
    """Names the class of tracks by their size on the ground, where the detector does not.

    Args:
        plane: the camera's ground.
    """

    def __init__(self, plane: GroundPlane) -> None:
        self._plane = plane
        self._seen: dict[int, _Sizes] = {}

    def update(self, slotted: SlottedTracks) -> npt.NDArray[np.int16]:
        """Takes one frame; returns int16 (N,), the class of each track, by its size where that says more."""
        for slot in (*slotted.freed.tolist(), *slotted.slot[slotted.fresh].tolist()):
            self._seen.pop(slot, None)
        found = slotted.road_user.copy()
        if not len(slotted.slot):
            return found
        across_m, scale_m, feet_m, whole = self._measured(slotted)
        height_m = scale_m * slotted.box_wh_heights[:, 1]
        for row, slot in enumerate(slotted.slot.tolist()):
            seen = self._seen.setdefault(slot, _Sizes())
            if whole[row]:
                seen.add(slotted.stamp.stream_s, feet_m[row], across_m[row], height_m[row], scale_m[row])
            user = RoadUser(int(found[row]))
            if user is RoadUser.UNCLASSIFIED or slotted.unsure[row]:
                found[row] = _named(user, seen.kind())
        return found

    def _measured(self, slotted: SlottedTracks) -> tuple[Floats, Floats, Floats, npt.NDArray[np.bool_]]:
        """Vector across the view of each box; metres of a picture's height there; its foot; whether it is whole."""
        width_px, height_px = slotted.stamp.size_px
        to_share = np.array([height_px / width_px, 1.0])
        feet, sides = slotted.foot_heights * to_share, slotted.box_wh_heights * to_share
        half = np.column_stack([sides[:, 0] / 2, np.zeros(len(sides))])
        left, middle, right = (to_ground(self._plane, each) for each in (feet - half, feet, feet + half))
        on_ground = left.on_ground & middle.on_ground & right.on_ground
        inside = (feet - half)[:, 0] > EDGE_SHARE
        inside &= ((feet + half)[:, 0] < 1 - EDGE_SHARE) & (feet[:, 1] < 1 - EDGE_SHARE)
        inside &= feet[:, 1] - sides[:, 1] > EDGE_SHARE
        near = extrapolation(self._plane, feet) <= MAX_EXTRAPOLATION
        across_m = right.xy_m - left.xy_m
        of_a_width = np.linalg.norm(across_m, axis=1) / np.maximum(slotted.box_wh_heights[:, 0], 1e-9)
        return across_m, of_a_width, middle.xy_m, on_ground & inside & near


class _Sizes:
    """What was measured of one track."""

    def __init__(self) -> None:
        self._last: tuple[float, Floats] | None = None
        self._widths: list[tuple[float, float, float, float]] = []
        self._fastest_mps = 0.0
        self._heading: Floats | None = None

    def add(self, now_s: float, foot_m: Floats, across_m: Floats, height_m: float, scale_m: float) -> None:
        if self._last is None:
            self._last = (now_s, foot_m)
        since_s, way_m = now_s - self._last[0], foot_m - self._last[1]
        gone_m = float(np.linalg.norm(way_m))
        if gone_m >= HEADING_M and since_s > 0:
            self._heading, self._last = way_m / gone_m, (now_s, foot_m)
            self._fastest_mps = max(self._fastest_mps, gone_m / since_s)
        width_m = float(np.linalg.norm(across_m))
        if self._heading is not None and width_m > 0:
            sine = min(abs(float(self._heading @ across_m)) / width_m, 1.0)
            self._widths.append((width_m, sine, height_m, BOX_ERROR_HEIGHTS * scale_m))
            del self._widths[:-_KEPT]

    def kind(self) -> int | None:
        """The number of the kind in `KINDS`; None where none is certain."""
        if len(self._widths) < FEWEST:
            return None
        ordered = sorted(self._widths)
        width_m, sine, height_m, error_m = ordered[len(ordered) // 2]
        likelihoods = np.array([_likelihood(kind, width_m, sine, error_m) for kind in KINDS])
        best = int(likelihoods.argmax())
        if not likelihoods[best] or likelihoods[best] < CERTAINTY * likelihoods.sum():
            return None
        if not KINDS[best].min_mps <= self._fastest_mps <= KINDS[best].max_mps:
            return None
        lowest_m, highest_m = PERSON_HEIGHT_M
        return None if best == ON_FOOT and not lowest_m <= height_m <= highest_m else best


def _likelihood(kind: SizeKind, width_m: float, sine: float, error_m: float) -> float:
    """How likely a width across the view is of a kind that goes at this angle to the view; 0 where it is far off."""
    cosine = float(np.sqrt(1 - sine**2))
    usual_m = kind.length_m * sine + kind.width_m * cosine
    parts_m = (kind.length_sd_m * sine, kind.width_sd_m * cosine, WIDTH_ERROR * usual_m, error_m)
    sd_m = float(np.linalg.norm(parts_m))
    off = abs(width_m - usual_m) / sd_m
    return float(np.exp(-(off**2) / 2)) / sd_m if off <= FARTHEST_SD else 0.0


def _named(user: RoadUser, kind: int | None) -> int:
    """The class by size: of what is unclassified, and of a car or heavy vehicle that the size says is the other."""
    by_size = None if kind is None else KINDS[kind].road_user
    if by_size is None:
        return int(user)
    if user is RoadUser.UNCLASSIFIED:
        return int(by_size)
    pair = (RoadUser.HEAVY_VEHICLE if user in HEAVY else user, by_size)
    return int(by_size) if set(pair) == {RoadUser.CAR, RoadUser.HEAVY_VEHICLE} else int(user)
