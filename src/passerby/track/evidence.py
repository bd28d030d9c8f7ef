"""What the sightings of a track say of its class, added up over the whole track.

A sighting counts by its confidence, and for less where the road user is seen in part, is small, or was seen a moment
ago: then it says again what the one before said. Buses and trucks are one kind against all others; which of the two it
is, is a second question, asked of sightings that are large enough to answer it.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.road_user import RoadUser

Floats = npt.NDArray[np.float64]

EVIDENCE: Final = np.array([1.0, 2.0, 1.0, 1.5, 1.0, 1.0, 1.0, 1.0])
"""Weight of a sighting as each `RoadUser`: a bicycle is often overlooked under its rider, and seldom made up."""

CUT: Final = 0.25
"""Weight of a box that ends at the picture's edge: of a cyclist who comes in, the upper part is a pedestrian."""
HIDDEN: Final = 0.5
"""Weight of a box whose lower part is hidden."""
EDGE_SHARE: Final = 0.01
LEGIBLE_SHARE: Final = 0.08
"""Of the picture's height: a road user of this size is as legible as any; a smaller one counts for less."""
APART_S: Final = 0.1
"""Sightings nearer in time share their mistakes: twice as many pictures a second are not twice the evidence."""

SPLIT_FROM, SPLIT_WHOLE = 0.1, 0.2
"""Of the picture's height: below the first a heavy vehicle is too small to say which it is, above the second not."""
DOUBT: Final = 0.5
"""Evidence that each of bus and truck has before anything is seen (Jeffreys' prior): few sightings settle nothing."""

HEAVY_CERTAINTY: Final = 0.9
"""Certainty that is asked of a bus or a truck unless the user says otherwise."""
EITHER: Final = 0.5
"""The certainty at which the likelier of the two is always named."""

SURE_SHARE: Final = 0.75
"""A class that has less of the evidence is unsure: one sighting in four said something else."""

_COLUMNS: Final = len(RoadUser)
_PAIR: Final = (int(RoadUser.BUS), int(RoadUser.TRUCK))
_HEAVY: Final = (*_PAIR, int(RoadUser.HEAVY_VEHICLE))


class ClassEvidence:
    """The evidence of all tracks of one camera, a row each."""

    def __init__(self) -> None:
        self._of = np.zeros((0, _COLUMNS))
        self._split = np.zeros((0, 2))

    def __len__(self) -> int:
        return len(self._of)

    def append(self, count: int) -> None:
        """Adds tracks of which nothing has been seen."""
        self._of = np.concatenate([self._of, np.zeros((count, _COLUMNS))])
        self._split = np.concatenate([self._split, np.zeros((count, 2))])

    def keep(self, rows: npt.NDArray[np.bool_]) -> None:
        """Drops the tracks whose row is False."""
        self._of, self._split = self._of[rows], self._split[rows]

    def add(
        self, rows: npt.NDArray[np.intp], road_user: npt.NDArray[np.int16], weight: Floats, size_share: Floats
    ) -> None:
        """Adds one sighting of each of these tracks.

        Args:
            rows: the tracks, each at most once.
            road_user: int16 (N,), what each was seen as.
            weight: float64 (N,), see `sighting_weights`.
            size_share: float64 (N,), how large each is, as a share of the picture's height.
        """
        self._of[rows, road_user] += EVIDENCE[road_user] * weight
        legible = np.clip((size_share - SPLIT_FROM) / (SPLIT_WHOLE - SPLIT_FROM), 0.0, 1.0)
        for column, user in enumerate(_PAIR):
            self._split[rows, column] += np.where(road_user == user, weight * legible, 0.0)

    def road_user(self, heavy_certainty: float) -> npt.NDArray[np.int16]:
        """Returns int16 (N,): the class with the most evidence.

        Args:
            heavy_certainty: 0.5-1; a heavy vehicle is a bus or a truck where it is known so surely, and else neither.
        """
        kinds = self._of.copy()
        pair = kinds[:, _PAIR]
        kinds[:, _PAIR[0]] = pair.sum(axis=1) + kinds[:, RoadUser.HEAVY_VEHICLE]
        kinds[:, _PAIR[1]] = kinds[:, RoadUser.HEAVY_VEHICLE] = 0.0
        found = kinds.argmax(axis=1)
        heavy = found == _PAIR[0]
        if heavy.any():
            found[heavy] = self._named(heavy, pair[heavy], heavy_certainty)
        return np.asarray(found, np.int16)

    def unsure(self) -> npt.NDArray[np.bool_]:
        """Returns bool (N,): the kind with the most evidence has less than `SURE_SHARE` of all; heavy ones are one."""
        kinds = np.column_stack([np.delete(self._of, _HEAVY, axis=1), self._of[:, _HEAVY].sum(axis=1)])
        return np.asarray(kinds.max(axis=1) < SURE_SHARE * kinds.sum(axis=1), np.bool_)

    def _named(self, heavy: npt.NDArray[np.bool_], pair: Floats, certainty: float) -> npt.NDArray[np.intp]:
        """Returns whether each heavy vehicle is a bus, a truck, or one of the two."""
        if certainty <= EITHER:
            return np.where(pair[:, 0] > pair[:, 1], *_PAIR)
        split = self._split[heavy] + DOUBT
        likelier = np.where(split[:, 0] > split[:, 1], *_PAIR)
        sure = split.max(axis=1) >= certainty * split.sum(axis=1)
        return np.where(sure, likelier, int(RoadUser.HEAVY_VEHICLE))


def sighting_weights(
    confidence: npt.NDArray[np.float32],
    xyxy_px: Floats,
    hidden: npt.NDArray[np.bool_],
    size_px: tuple[int, int],
    since_s: Floats,
) -> tuple[Floats, Floats]:
    """Returns how much each sighting says of its class, and how large it is as a share of the picture's height.

    Args:
        confidence: float32 (N,), 0-1.
        xyxy_px: float64 (N, 4), the boxes as they were found.
        hidden: bool (N,), the lower part is hidden.
        size_px: width and height of the picture.
        since_s: float64 (N,), since the sighting of the same track before; infinite for the first.
    """
    width_px, height_px = size_px
    sides = np.maximum(xyxy_px[:, 2:] - xyxy_px[:, :2], 0.0)
    size_share = np.sqrt(sides[:, 0] * sides[:, 1]) / height_px
    margin = EDGE_SHARE * np.array([width_px, height_px])
    cut = (xyxy_px[:, :2] < margin).any(axis=1) | (xyxy_px[:, 2:] > size_px - margin).any(axis=1)
    seen = np.where(cut, CUT, np.where(hidden, HIDDEN, 1.0))
    weight = confidence * seen * np.minimum(size_share / LEGIBLE_SHARE, 1.0) * np.minimum(since_s / APART_S, 1.0)
    return np.asarray(weight, np.float64), size_share
