"""How fast road users go over calibrated ground, and how certain that is."""

from dataclasses import dataclass

import numpy as np

from passerby.domain.layout import GroundPlane
from passerby.geometry.ground import MAX_EXTRAPOLATION, extrapolation, metres_per_px, to_ground
from passerby.measure.slots import SlottedTracks

_KEPT_POINTS = 64  # two seconds at 30 pictures a second
_SCALE_ERROR_WEIGHT = 2.0  # both ends of a path may be off by the calibration's rmse


@dataclass(frozen=True, slots=True)
class Speed:
    """A speed over the ground.

    Attributes:
        mps: metres per second, never negative.
        error_mps: its standard error.
    """

    mps: float
    error_mps: float


class SpeedMeter:
    """Fits a straight line through each track's last foot points on the ground, against the source's own clock.

    The standard error adds, in squares: the slope's error from the points' scatter about the line and from the foot
    point's own noise times the ground's scale there; and the calibration's error over the size of its own area.

    Args:
        plane: the camera's ground plane.
        window_s: how much of the track's past is used; longer is steadier, shorter follows changes of pace.
        min_span_s: no speed for a shorter path.
        foot_noise_px: standard deviation of a foot point, in pixels of a picture 576 high, that does not average out
            from frame to frame because the tracker's filter carries it over.
        max_extrapolation: how far outside the calibrated area, as a share of its size, a position is still used.
    """

    def __init__(
        self,
        plane: GroundPlane,
        *,
        window_s: float = 2.0,
        min_span_s: float = 0.5,
        foot_noise_px: float = 2.0,
        max_extrapolation: float = MAX_EXTRAPOLATION,
    ) -> None:
        self._plane = plane
        self._window_s = window_s
        self._min_span_s = min_span_s
        self._foot_noise_heights = foot_noise_px / 576
        self._max_extrapolation = max_extrapolation
        hull_m = to_ground(plane, plane.hull).xy_m
        # What the calibration is off is not known of four points, and then no part of the error.
        rmse_m = plane.rmse_m or 0.0
        self._relative_error = _SCALE_ERROR_WEIGHT * rmse_m / max(float(np.ptp(hull_m, axis=0).max()), 1e-9)
        self._points = np.zeros((0, _KEPT_POINTS, 4))  # stream_s, x_m, y_m, noise_m
        self._filled = np.zeros(0, np.int64)

    def update(self, slotted: SlottedTracks) -> None:
        """Adds one frame's foot points."""
        missing = slotted.capacity - len(self._filled)
        if missing > 0:
            self._points = np.concatenate([self._points, np.zeros((missing, _KEPT_POINTS, 4))])
            self._filled = np.concatenate([self._filled, np.zeros(missing, np.int64)])
        self._filled[slotted.freed] = 0
        width_px, height_px = slotted.stamp.size_px
        points01 = slotted.foot_heights * (height_px / width_px, 1.0)
        ground = to_ground(self._plane, points01)
        scale, _ = metres_per_px(self._plane, points01, (width_px, height_px))
        near = ground.on_ground & (extrapolation(self._plane, points01) <= self._max_extrapolation)
        slot = slotted.slot[near]
        noise_m = scale[near] * self._foot_noise_heights * height_px
        times = np.full(len(slot), slotted.stamp.stream_s)
        self._points[slot, self._filled[slot] % _KEPT_POINTS] = np.column_stack([times, ground.xy_m[near], noise_m])
        self._filled[slot] += 1

    def speed(self, slot: int, now_s: float) -> Speed | None:
        """Returns the track's speed over the last `window_s`; None without calibrated ground or enough path.

        Args:
            slot: the track's slot.
            now_s: the frame's `stream_s`.
        """
        points = self._points[slot, : min(int(self._filled[slot]), _KEPT_POINTS)]
        points = points[(points[:, 0] >= now_s - self._window_s) & (points[:, 0] <= now_s)]
        if len(points) < 3 or np.ptp(points[:, 0]) < self._min_span_s:
            return None
        times = points[:, 0] - points[:, 0].mean()
        spread_s2 = float((times**2).sum())
        slope = times @ points[:, 1:3] / spread_s2
        rest = points[:, 1:3] - points[:, 1:3].mean(axis=0) - times[:, None] * slope
        scatter_m2 = float((rest**2).sum()) / (2 * (len(points) - 2))
        noise_m2 = float((points[:, 3] ** 2).mean())
        mps = float(np.hypot(slope[0], slope[1]))
        # The filtered foot point's noise is alike in neighbouring frames: it acts on the path's two ends.
        slope_error2 = scatter_m2 / spread_s2 + 2 * noise_m2 / float(np.ptp(points[:, 0])) ** 2
        return Speed(mps, float(np.sqrt(slope_error2 + (self._relative_error * mps) ** 2)))
