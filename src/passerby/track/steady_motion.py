"""Which tracks move as a road user does: those that motion alone began, and those that are detected faintly.

What motion began has to go a steady way, farther than it is long. What is detected without confidence most of the
time is taken for a road user once it has gone somewhere: figures in shop windows, bins and benches never do.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.geometry.boxes import box_distances
from passerby.track.motion import BoxMotion, Floats, scales_px

Flags = npt.NDArray[np.bool_]

STANDING_SURE_SHARE: Final = 0.5
"""Of the sightings of what has not moved at least so many must be confident ones."""

MOVED_SCALES: Final = 0.5
"""What has come so far from where it began, in its own scale, moves: a box about what stands shakes by less."""

SURE_SIGHTINGS: Final = 3
"""A track that motion began is one like any other when the detector has seen it so often with confidence."""

NO_WAY_PX: Final = 1e-6


@dataclass(frozen=True, slots=True)
class SteadyLimits:
    """What is a road user's way.

    Leaves, ripples, a flag and a shaking camera move about one place; headlights' pools of light and rain are
    no things with edges of their own, or gone after two or three frames.

    Attributes:
        lengths: it came so many of its own lengths along its way, from where it was first seen,
        agreed_lengths: or so many, where the detector agrees faintly that it is a vehicle,
        picture_share: and so much of the picture's longer side,
        straight: and its way was at most longer than that by so much (net over path, 1 for a straight line),
        sightings: in so many frames,
        seconds: over so long.
        shown_lengths: one that has come so far is given to the measures, which count nothing of it before it is proven.
        largest_share: nothing longer than this share of the picture's longer side is followed: a cloud's shadow, light.
        clutter: where more things of such a size have begun to move within `clutter_s`, none of them is proven: snow,
            rain, a camera that shakes.
        companion_gap: what keeps as near to a larger track as this share of that one's longer side, at its pace, is
            a part of it: a shadow, a reflection, a trailer.
        companion_pace: largest difference of their velocities, as a share of the larger one's.
        companion_size: largest share of the larger one's area.
    """

    lengths: float = 1.0
    agreed_lengths: float = 0.7
    picture_share: float = 0.06
    straight: float = 0.75
    sightings: int = 5
    seconds: float = 0.5
    shown_lengths: float = 0.1
    largest_share: float = 0.6
    clutter: int = 8
    clutter_s: float = 2.0
    companion_gap: float = 0.5
    companion_pace: float = 0.4
    companion_size: float = 0.5


_STATE = np.dtype(
    [
        ("by_motion", np.bool_),  # begun by motion, and not yet surely detected
        ("noted", np.bool_),
        ("shown", np.bool_),
        ("proven", np.bool_),
        ("moved", np.bool_),
        ("begin", np.float64, (2,)),
        ("last", np.float64, (2,)),
        ("path_px", np.float64),
        ("sure_sightings", np.int64),
        ("agreed_sightings", np.int64),
        ("companion_sightings", np.int64),
    ]
)


class SteadyMotion:
    """The way that each track has come; a row each, as in the tracker."""

    def __init__(self, limits: SteadyLimits) -> None:
        self._limits = limits
        self._state = np.zeros(0, _STATE)
        self._begun = np.empty((0, 2))

    @property
    def by_motion(self) -> Flags:
        """Bool (N,): begun by motion, and not surely detected so far."""
        return np.asarray(self._state["by_motion"])

    @property
    def proven(self) -> Flags:
        """Bool (N,): has moved as a road user does."""
        return np.asarray(self._state["proven"])

    @property
    def shown(self) -> Flags:
        """Bool (N,): not begun by motion, or so far along its way that it may turn out a road user."""
        return np.asarray(~self._state["by_motion"] | self._state["shown"])

    def real(self, sightings: npt.NDArray[np.int64]) -> Flags:
        """Returns which tracks have moved, or have been seen with confidence often enough: bool (N,).

        Args:
            sightings: int64 (N,), in how many frames each was seen; the first of what was detected was confident.
        """
        sure = self._state["sure_sightings"] + 1 >= STANDING_SURE_SHARE * sightings
        return np.asarray(self._state["by_motion"] | self._state["moved"] | sure)

    def append(self, motion: BoxMotion, *, by_motion: bool) -> None:
        """Adds the newest rows of the filter as tracks that begin here."""
        count = len(motion) - len(self._state)
        new = np.zeros(count, _STATE)
        new["by_motion"] = by_motion
        new["begin"] = new["last"] = middles(motion)[len(self._state) :]
        self._state = np.concatenate([self._state, new])

    def keep(self, rows: Flags) -> None:
        """Drops the tracks whose row is False."""
        self._state = self._state[rows]

    def see(self, rows: npt.NDArray[np.intp], sure: Flags, agreed: Flags) -> None:
        """Takes what was seen of tracks in this frame.

        Args:
            rows: (M,), the tracks that were seen.
            sure: bool (M,), by a confident detection.
            agreed: bool (M,), by one of a vehicle, however faint.
        """
        state = self._state
        state["sure_sightings"][rows] += sure
        state["agreed_sightings"][rows] += agreed
        state["by_motion"] &= state["sure_sightings"] < SURE_SIGHTINGS

    def update(
        self, motion: BoxMotion, sightings: npt.NDArray[np.int64], age_s: Floats, now_s: float, longer_px: int
    ) -> None:
        """Follows the ways by one frame, and proves those that are a road user's.

        Args:
            motion: the filter, after this frame.
            sightings: int64 (N,), in how many frames each was seen.
            age_s: float64 (N,), from its first sighting to its last.
            now_s: the frame's time.
            longer_px: the picture's longer side.
        """
        state, limits = self._state, self._limits
        area = motion.value[:, 2:].prod(1)
        self._note_begun(area[(sightings == 1) & state["by_motion"] & (age_s == 0) & ~state["noted"]], now_s)
        state["noted"] = True
        now = middles(motion)
        state["path_px"] += np.hypot(*(now - state["last"]).T)
        state["last"] = now
        way = now - state["begin"]
        net_px = np.hypot(*way.T)
        state["moved"] |= net_px > MOVED_SCALES * scales_px(motion.value)
        candidates = np.flatnonzero(state["by_motion"] & ~state["proven"])
        if not len(candidates):
            return
        state["companion_sightings"][candidates] += self._companions(motion)[candidates]
        along = np.abs(way) / np.maximum(net_px, NO_WAY_PX)[:, None]
        length_px = (along * motion.value[:, 2:]).sum(1)
        lengths = np.where(state["agreed_sightings"] >= SURE_SIGHTINGS, limits.agreed_lengths, limits.lengths)
        straight = net_px > limits.straight * state["path_px"]
        state["shown"] |= straight & (net_px > limits.shown_lengths * length_px)
        steady = straight & (net_px > lengths * length_px) & (net_px > limits.picture_share * longer_px)
        steady &= state["companion_sightings"] < 0.3 * sightings
        steady &= self._clutter(area) <= limits.clutter
        steady &= (sightings >= limits.sightings) & (age_s >= limits.seconds)
        state["proven"] |= state["by_motion"] & steady

    def _note_begun(self, areas: Floats, now_s: float) -> None:
        recent = self._begun[self._begun[:, 0] > now_s - self._limits.clutter_s]
        self._begun = np.concatenate([recent, np.column_stack([np.full(len(areas), now_s), areas])])

    def _clutter(self, area: Floats) -> npt.NDArray[np.int64]:
        """How many things of about the size of each track have begun to move of late."""
        ratio = self._begun[None, :, 1] / np.maximum(area, 1.0)[:, None]
        return np.asarray(((ratio > 0.25) & (ratio < 4.0)).sum(1), np.int64)

    def _companions(self, motion: BoxMotion) -> Flags:
        """Which tracks keep beside a larger one, or a detected one, at its pace."""
        limits, size = self._limits, motion.value[:, 2:]
        area, pace = size.prod(1), motion.rate[:, :2]
        detected = ~self._state["by_motion"][None, :] & (self._state["agreed_sightings"] == 0)[:, None]
        difference = np.linalg.norm(pace[:, None] - pace[None, :], axis=2)
        larger = area[:, None] < np.where(detected, 1.0, limits.companion_size) * area[None, :]
        together = difference < limits.companion_pace * np.linalg.norm(pace, axis=1)[None, :]
        reach = np.where(detected, 3.0, 1.0) * limits.companion_gap * size.max(1)[None, :]
        near = box_distances(motion.xyxy_px, motion.xyxy_px) < reach
        return np.asarray((larger & together & near).any(1))


def middles(motion: BoxMotion) -> Floats:
    """Returns the middle of each box: float64 (N, 2)."""
    return motion.value[:, :2] - np.stack([np.zeros(len(motion)), motion.value[:, 3] / 2], axis=1)
