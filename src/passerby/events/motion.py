"""Where the tracks of a camera are on the ground, and how fast they go."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.events.scene import Scene

WINDOW_S: Final = 1.2
"""A velocity is the slope of so much of a path: half of it is how late it follows a change."""

_MIN_SPAN_S: Final = 0.4
_KEPT: Final = 12
_SPACING_S: Final = WINDOW_S / (_KEPT - 2)


@dataclass(frozen=True, slots=True, eq=False)
class Moving:
    """The tracks of one frame with where they are and how they move, a row each.

    Attributes:
        xy: float64 (N, 2), metres on the ground where there is one, else picture heights.
        velocity: float64 (N, 2), the same a second; zeros where it is not known.
        known: bool (N,), position and velocity are known.
        row: intp (N,), the row of each track in tables of as many rows as `rows`; another's after it has gone.
        rows: how many rows there are; it only grows.
    """

    xy: npt.NDArray[np.float64]
    velocity: npt.NDArray[np.float64]
    known: npt.NDArray[np.bool_]
    row: npt.NDArray[np.intp]
    rows: int


class TrackMotion:
    """Fits a straight line through each track's last second; drops a track `hidden_s` after its last sighting.

    Shared by the rules of a camera: a frame is worked out once, when the first of them asks for it.
    """

    def __init__(self, *, hidden_s: float) -> None:
        self._hidden_s = hidden_s
        self._row_of: dict[int, int] = {}
        self._points = np.full((0, _KEPT, 3), -np.inf)  # now_s, x, y; in a ring
        self._next = np.zeros(0, np.int64)
        self._seen_s = np.zeros(0)
        self._newest: tuple[Scene, Moving] | None = None

    def of(self, scene: Scene) -> Moving:
        """Returns the frame's tracks with their motion."""
        if self._newest is None or self._newest[0] is not scene:
            self._newest = scene, self._update(scene)
        return self._newest[1]

    def _update(self, scene: Scene) -> Moving:
        self._drop(scene.now_s)
        rows = self._rows(scene.frame.tracks.track_id.tolist())
        ground = scene.ground
        xy = scene.foot_heights if ground is None else ground.xy_m
        on_ground = np.ones(len(xy), np.bool_) if ground is None else ground.on_ground
        newest_s = self._points[rows, (self._next[rows] - 1) % _KEPT, 0]
        new = on_ground & (scene.now_s - newest_s >= _SPACING_S)
        slots = rows[new]
        self._points[slots, self._next[slots] % _KEPT] = np.column_stack([np.full(len(slots), scene.now_s), xy[new]])
        self._next[slots] += 1
        self._seen_s[rows] = scene.now_s
        velocity, known = _slopes(self._points[rows], scene.now_s)
        return Moving(xy, velocity, known & on_ground, rows, len(self._next))

    def _rows(self, track_ids: list[int]) -> npt.NDArray[np.intp]:
        rows = np.empty(len(track_ids), np.intp)
        for place, track_id in enumerate(track_ids):
            row = self._row_of.get(track_id)
            if row is None:
                row = self._row_of[track_id] = self._free_row()
            rows[place] = row
        return rows

    def _free_row(self) -> int:
        used = set(self._row_of.values())
        free = next((row for row in range(len(self._next)) if row not in used), len(self._next))
        if free == len(self._next):
            self._points = np.concatenate([self._points, np.full((max(16, free), _KEPT, 3), -np.inf)])
            self._next = np.concatenate([self._next, np.zeros(max(16, free), np.int64)])
            self._seen_s = np.concatenate([self._seen_s, np.zeros(max(16, free))])
        return free

    def _drop(self, now_s: float) -> None:
        for track_id, row in list(self._row_of.items()):
            if now_s - self._seen_s[row] > self._hidden_s:
                del self._row_of[track_id]
                self._points[row], self._next[row] = -np.inf, 0


def _slopes(points: npt.NDArray[np.float64], now_s: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Returns float64 (N, 2) velocities and bool (N,) whether each is known.

    Args:
        points: float64 (N, K, 3), seconds, x and y; seconds of minus infinity where there is none.
        now_s: the window's end.
    """
    chosen = points[..., 0] >= now_s - WINDOW_S
    number = np.maximum(chosen.sum(axis=1), 1)[:, None]
    at_s = np.where(chosen, points[..., 0] - now_s, 0.0)
    xy = np.where(chosen[..., None], points[..., 1:], 0.0)
    centred_s = np.where(chosen, at_s - at_s.sum(axis=1, keepdims=True) / number, 0.0)
    spread = (centred_s**2).sum(axis=1)
    span_s = -at_s.min(axis=1) + np.where(chosen, at_s, -np.inf).max(axis=1)
    known = (chosen.sum(axis=1) >= 3) & (span_s >= _MIN_SPAN_S)
    velocity = (centred_s[..., None] * xy).sum(axis=1) / np.where(spread > 0, spread, 1.0)[:, None]
    return np.where(known[:, None], velocity, 0.0), known
