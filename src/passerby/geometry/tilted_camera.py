"""An upright camera above flat ground: three numbers, fewer than a homography's eight."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

_NEAREST_HORIZON = 1e-3  # weight under which a point counts as on the horizon


@dataclass(frozen=True, slots=True)
class TiltedCamera:
    """A camera without roll, with square pixels and its axis in the middle of the picture.

    Attributes:
        focal_heights: focal length in picture heights.
        height_m: how high it hangs above the ground.
        tilt_rad: how far its axis points below the horizontal.
    """

    focal_heights: float
    height_m: float
    tilt_rad: float

    @classmethod
    def of(cls, unknowns: npt.NDArray[np.float64]) -> Self:
        """From float64 (3,): logarithms of focal length and height, and the tilt."""
        return cls(float(np.exp(unknowns[0])), float(np.exp(unknowns[1])), float(unknowns[2]))

    @classmethod
    def start(
        cls,
        focal_heights: float,
        tilt_rad: float,
        ends: npt.NDArray[np.float64],
        lengths_m: npt.NDArray[np.float64],
    ) -> npt.NDArray[np.float64] | None:
        """The unknowns with the height that suits the lengths best; None when a point would be in the sky."""
        camera = cls(focal_heights, 1.0, tilt_rad)
        if not camera.sees(ends):
            return None
        log_height = float(np.mean(np.log(lengths_m) - camera.log_lengths(ends)))
        return np.array([np.log(focal_heights), log_height, tilt_rad])

    @property
    def plausible(self) -> bool:
        """Whether the numbers are those of a camera that could have been put up."""
        return 0.2 < self.focal_heights < 20 and 0.5 < self.height_m < 1000 and 0.0 < self.tilt_rad < np.pi / 2

    @property
    def homography(self) -> npt.NDArray[np.float64]:
        """float64 (3, 3), from picture points in picture heights from its middle (y down) to metres on the ground."""
        sine, cosine = np.sin(self.tilt_rad), np.cos(self.tilt_rad)
        focal, height = self.focal_heights, self.height_m
        return np.array(
            [
                [height, 0.0, 0.0],
                [0.0, -height * sine, height * focal * cosine],
                [0.0, cosine, focal * sine],
            ]
        )

    def sees(self, points: npt.NDArray[np.float64]) -> bool:
        """All the points, float64 (..., 2) in picture heights from the middle, are on the ground."""
        return bool((self._weights(points) > _NEAREST_HORIZON).all())

    def log_lengths(self, ends: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Logarithms of the distances on the ground between ends, float64 (D, 2, 2) in picture heights from the middle.

        Points in the sky are held just under the horizon, so that a fit that strays there finds its way back.

        Returns:
            float64 (D,).
        """
        weights = np.maximum(self._weights(ends), _NEAREST_HORIZON)
        sine, cosine = np.sin(self.tilt_rad), np.cos(self.tilt_rad)
        across = self.height_m * ends[..., 0] / weights
        ahead = self.height_m * (self.focal_heights * cosine - ends[..., 1] * sine) / weights
        lengths = np.hypot(across[:, 1] - across[:, 0], ahead[:, 1] - ahead[:, 0])
        return np.asarray(np.log(np.maximum(lengths, 1e-12)), np.float64)

    def _weights(self, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        weights = self.focal_heights * np.sin(self.tilt_rad) + points[..., 1] * np.cos(self.tilt_rad)
        return np.asarray(weights, np.float64)
