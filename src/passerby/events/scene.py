"""What the rules of one camera see at one moment: its tracks, what was measured with them, and where they stand."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from passerby.domain.events import LineCrossing, ZoneOccupancy
from passerby.domain.health import CameraState
from passerby.domain.layout import Layout
from passerby.domain.tracks import Tracks
from passerby.geometry.ground import GroundPoints, to_ground
from passerby.geometry.polygons import points_in_polygon

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
    """

    tracks: Tracks
    crossings: tuple[LineCrossing, ...] = ()
    occupancy: tuple[ZoneOccupancy, ...] = ()
    state: CameraState = CameraState.ONLINE
    reliable: bool = True


class Scene:
    """One frame with what several rules need of it, worked out once and only when asked for.

    Args:
        frame: the frame.
        layout: the camera's lines, zones and ground.
        now_s: seconds of the rules' own clock, which never goes back.
    """

    def __init__(self, frame: EventFrame, layout: Layout, now_s: float) -> None:
        self.frame, self.now_s = frame, now_s
        self._layout = layout
        self._inside: dict[int, Mask] = {}

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

    @cached_property
    def ground(self) -> GroundPoints | None:
        """Where each track stands in metres; None without calibration."""
        return None if self._layout.ground is None else to_ground(self._layout.ground, self.foot01)

    def inside(self, zone_number: int) -> Mask:
        """Returns bool (N,): confirmed tracks whose foot point is in a zone."""
        known = self._inside.get(zone_number)
        if known is None:
            corners = self._layout.zones[zone_number].points
            known = points_in_polygon(self.foot01, corners) & self.frame.tracks.confirmed
            self._inside[zone_number] = known
        return known

    def of_classes(self, road_users: npt.NDArray[np.bool_]) -> Mask:
        """Returns bool (N,): confirmed tracks of some classes.

        Args:
            road_users: bool (classes,), by the number of the class.
        """
        return road_users[self.frame.tracks.road_user] & self.frame.tracks.confirmed

    def mean_confidence(self, chosen: Mask) -> float | None:
        """Returns the mean confidence of chosen tracks; None without any."""
        return float(self.frame.tracks.confidence[chosen].mean()) if chosen.any() else None
