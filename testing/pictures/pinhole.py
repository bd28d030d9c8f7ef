"""A pinhole camera that looks down at a slant on a flat ground: where it shows a point, and its ground's homography."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.domain.layout import GroundPlane


@dataclass(frozen=True, slots=True)
class Pinhole:
    """A camera above the origin that looks along y; its picture is square.

    Attributes:
        height_m: above the ground.
        focal: focal length, in widths of the picture.
        tilt_rad: how far it looks down.
    """

    height_m: float
    focal: float
    tilt_rad: float

    def pictured(self, xyz_m: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Returns where points are shown, 0-1 of the picture: float64 (N, 2).

        Args:
            xyz_m: (N, 3), to the right, away from the camera, and up.
        """
        x, y, z = np.asarray(xyz_m, np.float64).T
        down = self.height_m - z
        depth = y * np.cos(self.tilt_rad) + down * np.sin(self.tilt_rad)
        lower = down * np.cos(self.tilt_rad) - y * np.sin(self.tilt_rad)
        return np.stack([0.5 + self.focal * x / depth, 0.5 + self.focal * lower / depth], axis=1)

    def ground(self, half_width_m: float, near_m: float, far_m: float) -> GroundPlane:
        """Returns the ground, calibrated between two distances and as far to both sides."""
        cos, sin = np.cos(self.tilt_rad), np.sin(self.tilt_rad)
        to_picture = np.array(
            [
                [self.focal, 0.5 * cos, 0.5 * self.height_m * sin],
                [0, 0.5 * cos - self.focal * sin, (0.5 * sin + self.focal * cos) * self.height_m],
                [0, cos, self.height_m * sin],
            ]
        )
        left, right = -half_width_m, half_width_m
        corners = [[left, near_m, 0], [right, near_m, 0], [right, far_m, 0], [left, far_m, 0]]
        hull = self.pictured(corners).astype(np.float32)
        matrix = np.linalg.inv(to_picture)
        return GroundPlane(matrix / (matrix[2] @ np.array([*hull[0], 1.0])), 0.05, hull)
