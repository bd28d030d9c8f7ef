"""What the rules of one camera see at one moment: its tracks, what was measured with them, and where they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import numpy.typing as npt

from passerby.domain.events import Encounter, LineCrossing, ZoneOccupancy
from passerby.domain.health import CameraState
from passerby.domain.layout import Layout
from passerby.domain.road_user import RoadUser
from passerby.domain.standing_things import StandingThings
from passerby.domain.tracks import Tracks
from passerby.geometry.ground import AcrossScale, GroundPoints, to_ground
from passerby.geometry.polygons import Polygon

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class EventFrame:
    """One analysed frame, as the rules take it.

    Attributes:
        tracks: the frame's tracks.
        crossings: what became certain with this frame at the lines.
        occupancy: the road users in each zone now, in the layout's order.
        state: the camera's state.
        reliable: lines and zones lie where they were drawn, as far as is known.
        encounters: encounters that were found to be over with this frame.
        things: what stands in zones that are to be kept clear, and is no road user; None where it is not looked for.
        feet_in_zones: bool (tracks, zones in the layout's order), whose foot point lies in which zone, as measuring has
            found; None where nothing is measured, and it is worked out here when it is asked for.
    """

    tracks: Tracks
    crossings: tuple[LineCrossing, ...] = ()
    occupancy: tuple[ZoneOccupancy, ...] = ()
    state: CameraState = CameraState.ONLINE
    reliable: bool = True
    encounters: tuple[Encounter, ...] = ()
    things: StandingThings | None = None
    feet_in_zones: Mask | None = None


@dataclass(frozen=True, slots=True)
class Crossed:
    """A crossing of a line, and the second of the rules' clock at which it became certain."""

    at_s: float
    crossing: LineCrossing


class Places:
    """The zones and the ground of a camera, worked out once for all of its frames."""

    def __init__(self, layout: Layout) -> None:
        self.zones = tuple(Polygon(zone.points) for zone in layout.zones)
        self.ground = layout.ground
        self.across = None if layout.ground is None else AcrossScale(layout.ground)


class Scene:
    """One frame with what several rules need of it, worked out once and only when asked for.

    Args:
        frame: the frame.
        places: the camera's zones and ground.
        now_s: seconds of the rules' own clock, which never goes back.
        crossed: what went over the lines since all values were worked out last, this frame's included.
        before: the frames since then, this one left out, oldest first, and the second of each.
    """

    def __init__(
        self,
        frame: EventFrame,
        places: Places,
        now_s: float,
        crossed: Sequence[Crossed],
        before: Sequence[tuple[float, EventFrame]] = (),
    ) -> None:
        self.frame, self.now_s, self.crossed = frame, now_s, crossed
        self._places, self._before = places, before
        self._inside: dict[int, Mask] = {}
        self._chosen: dict[tuple[frozenset[RoadUser], int | None], Mask] = {}

    @cached_property
    def before(self) -> tuple["Scene", ...]:
        """The frames since all values were worked out last, newest first: who is not seen now may be seen there."""
        return tuple(Scene(frame, self._places, at_s, ()) for at_s, frame in reversed(self._before))

    @cached_property
    def foot01(self) -> npt.NDArray[np.float64]:
        """float64 (N, 2): foot points as 0-1 of the picture."""
        return self.frame.tracks.foot_xy_px.astype(np.float64) / self.frame.tracks.stamp.size_px

    @cached_property
    def foot_heights(self) -> npt.NDArray[np.float64]:
        """float64 (N, 2): foot points, x and y both in picture heights."""
        return self.frame.tracks.foot_xy_px.astype(np.float64) / self.frame.tracks.stamp.size_px[1]

    @cached_property
    def box_wh_heights(self) -> npt.NDArray[np.float64]:
        """float64 (N, 2): width and height of the boxes in picture heights."""
        xyxy_px = self.frame.tracks.xyxy_px.astype(np.float64)
        return (xyxy_px[:, 2:] - xyxy_px[:, :2]) / self.frame.tracks.stamp.size_px[1]

    def boxes(self, rows: npt.NDArray[np.intp]) -> list[tuple[float, float, float, float]]:
        """Returns a few tracks' foot points, and the width and height of their boxes, in picture heights."""
        height_px = self.frame.tracks.stamp.size_px[1]
        return [
            ((left + right) / 2 / height_px, foot / height_px, (right - left) / height_px, (foot - top) / height_px)
            for left, top, right, foot in self.frame.tracks.xyxy_px[rows].tolist()
        ]

    @cached_property
    def ground(self) -> GroundPoints | None:
        """Where each track stands in metres; None without calibration."""
        return None if self._places.ground is None else to_ground(self._places.ground, self.foot01)

    def boxes_m2(self, rows: npt.NDArray[np.intp]) -> list[float] | None:
        """Returns a few boxes' width times height at the scale across their foot points; None without calibration.

        Infinite for what stands at or above the horizon: its scale is not known.
        """
        across = self._places.across
        if across is None:
            return None
        width_px, height_px = self.frame.tracks.stamp.size_px
        return [
            (right - left) * (foot - top) * (across.at((left + right) / 2 / width_px, foot / height_px) / width_px) ** 2
            for left, top, right, foot in self.frame.tracks.xyxy_px[rows].tolist()
        ]

    def chosen(self, road_users: frozenset[RoadUser], zone: int | None = None) -> Mask:
        """Returns bool (N,): confirmed tracks of some classes, in view or with their foot point in a zone.

        Args:
            road_users: the classes.
            zone: the zone's number in the layout; None for all that is in view.
        """
        key = road_users, zone
        if key not in self._chosen:
            tracks = self.frame.tracks
            chosen = _class_mask(road_users)[tracks.road_user] & tracks.confirmed
            self._chosen[key] = chosen & self._in_zone(zone) if zone is not None and chosen.any() else chosen
        return self._chosen[key]

    def mean_confidence(self, chosen: Mask) -> float | None:
        """Returns the mean confidence of chosen tracks; None without any."""
        confidence = self.frame.tracks.confidence[chosen]
        return float(confidence.sum() / len(confidence)) if len(confidence) else None

    def _in_zone(self, zone: int) -> Mask:
        if self.frame.feet_in_zones is not None:
            return self.frame.feet_in_zones[:, zone]
        if zone not in self._inside:
            self._inside[zone] = self._places.zones[zone].holds(self.foot01)
        return self._inside[zone]


@cache
def _class_mask(road_users: frozenset[RoadUser]) -> Mask:
    """Returns bool (classes,): True for the given classes."""
    mask = np.zeros(len(RoadUser), np.bool_)
    mask[[int(user) for user in road_users]] = True
    return mask
