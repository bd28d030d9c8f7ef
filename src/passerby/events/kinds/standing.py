"""For how long vehicles have stood still in a zone."""

from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.event_rules import EventRule
from passerby.events.evaluator import Pace, Reading, class_mask
from passerby.events.scene import Mask, Scene
from passerby.events.subjects import road_users_of

EVERY_S: Final = 1.0

REACH: Final = 0.25
"""Box sizes within which a vehicle stands still: a box's own noise is a tenth of it, and a vehicle that walks with the
traffic, at 1 m/s, goes a quarter of its length in about a second."""

_AWAY_S: Final = 1.5
"""Outside for so long it has moved on; less is a box that was pulled along by another one for some frames."""

_SIZE_RATIO: Final = 1.6
"""A partly hidden box loses up to a third of its size; more than that is another vehicle."""

_SPOT = np.dtype(
    [
        ("track_id", np.int64),
        ("foot", np.float64, (2,)),  # where it came to stand, in picture heights
        ("size", np.float64),  # square root of the box's area
        ("since_s", np.float64),  # since when it has stood there
        ("seen_s", np.float64),  # when it was last seen at all
        ("near_s", np.float64),  # when it was last seen within reach of the spot
    ]
)


class Standing:
    """Seconds for which the vehicle that has stood longest in a zone has not moved by a quarter of its own size.

    A track that is lost leaves its spot for `hidden_s`: one that begins there within that time goes on with it, so that
    a change of its id, or a person who walks past in front, does not begin the time anew. A track that came driving
    takes over nothing. Nothing is kept longer than `hidden_s` after the last sighting.
    """

    def __init__(self, rule: EventRule, zone: int, *, hidden_s: float) -> None:
        self._zone, self._mask = zone, class_mask(road_users_of(rule))
        self._hidden_s = hidden_s
        self._pace = Pace(EVERY_S)
        self._spots, self._known = np.zeros(0, _SPOT), np.empty(0, np.int64)

    def update(self, scene: Scene) -> Reading:
        """Adds a frame; returns the seconds, 0 where none stands."""
        if self._pace.due(scene.now_s):
            chosen = self._chosen(scene)
            if len(self._spots) or chosen.any():
                self._follow(scene, chosen)
            self._known = scene.frame.tracks.track_id[scene.frame.tracks.confirmed]
            since_s = self._spots["since_s"]
            self._pace.reading = Reading(float(scene.now_s - since_s.min()) if len(since_s) else 0.0)
        return self._pace.reading

    def confidence(self, scene: Scene) -> float | None:
        """Returns the mean confidence of the vehicles in the zone now."""
        return scene.mean_confidence(self._chosen(scene))

    def restart(self) -> None:
        """Drops all spots."""
        self._spots, self._known = np.zeros(0, _SPOT), np.empty(0, np.int64)
        self._pace.restart()

    def _chosen(self, scene: Scene) -> Mask:
        chosen = scene.of_classes(self._mask)
        return chosen & scene.inside(self._zone) if chosen.any() else chosen

    def _follow(self, scene: Scene, chosen: Mask) -> None:
        """Takes the chosen tracks to their spots, or to new ones."""
        tracks, now_s = scene.frame.tracks, scene.now_s
        seen = np.zeros(int(chosen.sum()), _SPOT)
        seen["track_id"], seen["foot"] = tracks.track_id[chosen], scene.foot_heights[chosen]
        seen["size"] = np.sqrt(scene.box_wh_heights[chosen].prod(axis=1))
        seen["since_s"] = seen["seen_s"] = seen["near_s"] = now_s
        spots = self._spots
        lost = spots[~np.isin(spots["track_id"], tracks.track_id) & (now_s - spots["seen_s"] <= self._hidden_s)]
        taken = np.zeros(len(lost), np.bool_)
        for row, track_id in enumerate(seen["track_id"].tolist()):
            own = np.flatnonzero(spots["track_id"] == track_id)
            if len(own):
                seen[row] = _goes_on(spots[own[0]], seen[row], now_s)
            elif track_id not in self._known:
                found = np.flatnonzero(_alike(lost, seen[row]) & ~taken)
                if len(found):
                    taken[found[0]] = True
                    seen["since_s"][row], seen["foot"][row] = lost["since_s"][found[0]], lost["foot"][found[0]]
        self._spots = np.concatenate([seen, lost[~taken]])


def _goes_on(spot: np.void, seen: np.void, now_s: float) -> np.void:
    """Returns a spot with its track's newest sighting: the same spot, or a new one where it has moved on."""
    near = float(np.hypot(*(seen["foot"] - spot["foot"]))) <= REACH * float(spot["size"])
    if not near and now_s - float(spot["near_s"]) > _AWAY_S:
        return seen
    kept = spot.copy()
    kept["seen_s"] = now_s
    if near:
        kept["near_s"] = now_s
    return kept


def _alike(lost: npt.NDArray[np.void], seen: np.void) -> npt.NDArray[np.bool_]:
    """Returns bool (L,): lost spots at which a new track may go on, by place and size."""
    off = np.hypot(*(lost["foot"] - seen["foot"]).T)
    ratio = lost["size"] / max(float(seen["size"]), 1e-9)
    return np.asarray((off <= REACH * lost["size"]) & (ratio < _SIZE_RATIO) & (ratio > 1 / _SIZE_RATIO))
