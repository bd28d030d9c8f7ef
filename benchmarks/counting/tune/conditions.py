"""Worse seeing, made of recordings whose crossings are known: rain, fog, dusk, noise, a soft lens, a small picture.

Made in memory, frame by frame and the same in every run; nothing of it is kept. They are no weather: a lens with
drops on it, headlights and wet ground are not in them. What they show is whether counts hold when a picture is worse
than those that settings were chosen on, and whether a change that helps in one condition harms in another.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from passerby.ingest.raw import Plane, RawFrame

CLEAR: Final = "clear"

Planes = tuple[Plane, Plane, Plane]
"""Luma and the two chroma planes."""

Change = Callable[[Planes, np.random.Generator], Planes]

GREY: Final = 128.0
"""Chroma without colour."""

BLACK: Final = 16.0

STREAKS: Final = 600
STREAK_LENGTH_SHARE, STREAK_SLANT = 0.05, 0.15
"""A drop falls by so much of the picture's height while the shutter is open, and so much of that aside."""


def in_condition(raw: RawFrame, condition: str) -> RawFrame:
    """Returns a frame as it would be seen in one of `CONDITIONS`.

    Args:
        raw: as it was recorded.
        condition: a name of `CONDITIONS`, or `CLEAR`.

    Raises:
        KeyError: there is no such condition.
    """
    if condition == CLEAR:
        return raw
    chance = np.random.default_rng(raw.stamp.index)
    luma, chroma_u, chroma_v = CONDITIONS[condition]((raw.luma, raw.chroma_u, raw.chroma_v), chance)
    stamp = replace(raw.stamp, size_px=(luma.shape[1], luma.shape[0]))
    return RawFrame(stamp, luma, chroma_u, chroma_v, raw.colour)


def _toward(planes: Planes, share: float, luma: float) -> Planes:
    """Contrast and colour cut to a share of what they were, about a level of luma."""
    return (
        _plane(luma + share * (planes[0].astype(np.float32) - luma)),
        _plane(GREY + share * (planes[1].astype(np.float32) - GREY)),
        _plane(GREY + share * (planes[2].astype(np.float32) - GREY)),
    )


def _noisy(planes: Planes, chance: np.random.Generator, spread: float) -> Planes:
    luma = planes[0] + spread * chance.standard_normal(planes[0].shape, np.float32)
    return _plane(luma), planes[1], planes[2]


def _soft(planes: Planes, share: float) -> Planes:
    """Blurred by a Gaussian, its standard deviation a share of the picture's height."""
    spread_px = share * planes[0].shape[0]
    luma, chroma_u, chroma_v = (
        _plane(cv2.GaussianBlur(plane, (0, 0), spread))
        for plane, spread in zip(planes, (spread_px, spread_px / 2, spread_px / 2), strict=True)
    )
    return luma, chroma_u, chroma_v


def _rain(planes: Planes, chance: np.random.Generator) -> Planes:
    """Bright streaks before a hazy, slightly soft picture."""
    luma, chroma_u, chroma_v = _toward(_soft(planes, 0.0012), 0.7, 130.0)
    height_px, width_px = luma.shape
    length_px = STREAK_LENGTH_SHARE * height_px * chance.uniform(0.4, 1.0, STREAKS)
    tops = chance.uniform((0, -0.05 * height_px), (width_px, height_px), (STREAKS, 2))
    ends = tops + np.column_stack([STREAK_SLANT * length_px, length_px])
    streaks = np.zeros_like(luma)
    lines = np.stack([tops, ends], axis=1).round().astype(np.int32)
    cv2.polylines(streaks, list(lines), isClosed=False, color=45, thickness=max(1, round(height_px / 400)))
    return _plane(cv2.add(luma, streaks)), chroma_u, chroma_v


def _dusk(planes: Planes, chance: np.random.Generator) -> Planes:
    """A fifth of the light, and the sensor's noise that goes with it."""
    return _noisy(_toward(planes, 0.22, BLACK), chance, 4.0)


def _small(planes: Planes, chance: np.random.Generator) -> Planes:  # noqa: ARG001 - see `Change`
    """Half the picture's sides, a camera's second stream."""
    width_px, height_px = (side // 4 for side in (planes[0].shape[1], planes[0].shape[0]))
    luma, chroma_u, chroma_v = (
        _plane(cv2.resize(plane, (times * width_px, times * height_px), interpolation=cv2.INTER_AREA))
        for plane, times in zip(planes, (2, 1, 1), strict=True)
    )
    return luma, chroma_u, chroma_v


def _plane(values: npt.NDArray[np.generic]) -> Plane:
    return np.asarray(np.clip(values, 0, 255), np.uint8)


CONDITIONS: Final[Mapping[str, Change]] = {
    "rain": _rain,
    "fog": lambda planes, _: _toward(_soft(planes, 0.0008), 0.35, 170.0),
    "dusk": _dusk,
    "noise": lambda planes, chance: _noisy(planes, chance, 14.0),
    "soft": lambda planes, _: _soft(planes, 0.003),
    "small": _small,
}
