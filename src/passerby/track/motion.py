"""Constant-velocity Kalman filters for many boxes at once."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SIZE_MEMORY_S = 0.5
"""How long a change of size is expected to go on."""


@dataclass(frozen=True, slots=True)
class MotionNoise:
    """How much boxes shake and how fast road users change their velocity, in shares of the box's own scale.

    Measured against shares of the scale because a pixel near the camera is centimetres and far away half a metre.

    Attributes:
        position: standard deviation of a measured foot point.
        size: standard deviation of a measured width or height.
        acceleration: spectral density of the change of velocity, scales per s^1.5.
        size_drift: the same for the change of size.
    """

    position: float = 0.07
    size: float = 0.12
    acceleration: float = 0.55
    size_drift: float = 0.15


@dataclass(slots=True)
class BoxMotion:
    """Filtered foot point, width and height of N boxes with their rates of change.

    The four coordinates (foot x, foot y, width, height) do not disturb each other in a constant-velocity model with
    diagonal noise, so that each is a filter of two states and every step is plain arithmetic on columns (Kalman 1960;
    white-noise acceleration after Bar-Shalom, Li, Kirubarajan 2001, section 6.2.2).

    Attributes:
        value: float64 (N, 4), foot x, foot y, width, height in px.
        rate: float64 (N, 4), their rates in px/s.
        var_value, cov, var_rate: float64 (N, 4), the covariance of each pair, px^2, px^2/s, px^2/s^2.
    """

    value: Floats
    rate: Floats
    var_value: Floats
    cov: Floats
    var_rate: Floats

    @classmethod
    def empty(cls) -> "BoxMotion":
        """Returns no boxes."""
        return cls(*(np.empty((0, 4)) for _ in range(5)))

    @classmethod
    def start(cls, measured: Floats, scale_px: Floats, speed_scale: Floats, noise: MotionNoise) -> "BoxMotion":
        """Returns boxes seen for the first time.

        Args:
            measured: float64 (N, 4), foot x, foot y, width, height in px.
            scale_px: float64 (N,), the length that noise is a share of.
            speed_scale: float64 (N,), likely speed in scales per second, of a box of which only the class is known.
            noise: the shares.
        """
        spread = np.array([noise.position, noise.position, noise.size, noise.size])
        rates = np.stack([speed_scale, speed_scale, 0.1 * speed_scale, 0.1 * speed_scale], axis=1)
        return cls(
            measured.copy(),
            np.zeros_like(measured),
            (scale_px[:, None] * spread) ** 2,
            np.zeros_like(measured),
            (scale_px[:, None] * rates) ** 2,
        )

    def __len__(self) -> int:
        return len(self.value)

    def advance(self, step_s: float, scale_px: Floats, noise: MotionNoise) -> None:
        """Predicts `step_s` seconds ahead."""
        drift = np.array([noise.acceleration, noise.acceleration, noise.size_drift, noise.size_drift])
        density = (scale_px[:, None] * drift) ** 2
        self.value = self.value + step_s * self.rate
        # No road user goes on growing or shrinking while unseen: a rate of size is mostly a half-hidden box's.
        self.rate[:, 2:] *= np.exp(-step_s / SIZE_MEMORY_S)
        self.value[:, 2:] = np.maximum(self.value[:, 2:], 1.0)
        self.var_value = self.var_value + 2 * step_s * self.cov + step_s**2 * self.var_rate + density * step_s**3 / 3
        self.cov = self.cov + step_s * self.var_rate + density * step_s**2 / 2
        self.var_rate = self.var_rate + density * step_s

    def correct(self, rows: npt.NDArray[np.intp], measured: Floats, spread_px: Floats) -> None:
        """Corrects the boxes by measurements.

        Args:
            rows: (M,), the boxes that were measured.
            measured: float64 (M, 4), foot x, foot y, width, height in px.
            spread_px: float64 (M, 4), standard deviation of each.
        """
        total = self.var_value[rows] + spread_px**2
        gain_value, gain_rate = self.var_value[rows] / total, self.cov[rows] / total
        surprise = measured - self.value[rows]
        self.value[rows] += gain_value * surprise
        self.rate[rows] += gain_rate * surprise
        self.var_rate[rows] -= gain_rate * self.cov[rows]
        self.cov[rows] *= 1 - gain_value
        self.var_value[rows] *= 1 - gain_value

    def keep(self, rows: npt.NDArray[np.bool_]) -> None:
        """Drops the boxes whose row is False."""
        for name in ("value", "rate", "var_value", "cov", "var_rate"):
            setattr(self, name, getattr(self, name)[rows])

    def append(self, other: "BoxMotion") -> None:
        """Adds other boxes behind these."""
        for name in ("value", "rate", "var_value", "cov", "var_rate"):
            setattr(self, name, np.concatenate([getattr(self, name), getattr(other, name)]))

    @property
    def xyxy_px(self) -> Floats:
        """float64 (N, 4): left, top, right, bottom."""
        return boxes_from_feet(self.value)


def boxes_from_feet(value: Floats) -> Floats:
    """Returns left, top, right, bottom from foot x, foot y, width, height; float64 (N, 4) both."""
    foot_x, foot_y, width, height = value.T
    return np.stack([foot_x - width / 2, foot_y - height, foot_x + width / 2, foot_y], axis=1)


def feet_from_boxes(xyxy_px: Floats) -> Floats:
    """Returns foot x, foot y, width, height from left, top, right, bottom; float64 (N, 4) both."""
    left, top, right, bottom = xyxy_px.T
    return np.stack([(left + right) / 2, bottom, right - left, bottom - top], axis=1)


def scales_px(value: Floats) -> Floats:
    """Returns the length that noise is a share of, float64 (N,), of foot x, foot y, width, height, float64 (N, 4)."""
    width, height = value[:, 2], value[:, 3]
    return np.asarray(np.sqrt(np.maximum(width, 0.4 * height) * height), np.float64)
