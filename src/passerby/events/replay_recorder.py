"""Records the short replays of events: boxes without ids, of some seconds before an event was raised and after it.

Only for cameras whose entry in the register allows it. The seconds before are in this process's memory alone, and go
again unless an event is raised.
"""

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.event_rules import RuleKind
from passerby.domain.place_events import PlaceEvent
from passerby.domain.replays import (
    AFTER_S,
    BEFORE_S,
    MAX_BOXES_EACH,
    MIN_GAP_S,
    STEPS,
    Boxes,
    EmptyPlace,
    EventReplay,
    order_of,
)
from passerby.domain.tracks import Tracks
from passerby.units import NS_PER_S

MAX_AT_ONCE: Final = 3
"""Replays that are recorded at a time; further events have none. What happens at once shows the same anyway."""

MAX_KNOWN: Final = 500
_GRAIN_NS: Final = NS_PER_S // 50
_NS_PER_MS: Final = 1_000_000
_BEFORE_NS, _AFTER_NS = round(BEFORE_S * NS_PER_S), round(AFTER_S * NS_PER_S)


@dataclass(frozen=True, slots=True, eq=False)
class _Moment:
    time_ns: int
    xyxy: npt.NDArray[np.float32]
    road_user: npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Recording:
    """A replay that waits for its last moment: the event, and when it was raised."""

    event_id: str
    raised_ns: int


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """A replay that is complete but for the picture of the place.

    Attributes:
        recording: what of.
        time_ms: int32 (M,), as in `EventReplay`.
        boxes: as in `EventReplay`.
    """

    recording: Recording
    time_ms: npt.NDArray[np.int32]
    boxes: Boxes

    def on(self, place: EmptyPlace) -> EventReplay:
        """Returns the replay."""
        return EventReplay(self.recording.event_id, self.recording.raised_ns, place, self.time_ms, self.boxes)


class ReplayRecorder:
    """Holds the boxes of the last seconds, and makes a replay of them where an event was raised.

    Args:
        known: ids of events that were raised before this process began; they have no replay of it.
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known: OrderedDict[str, None] = OrderedDict.fromkeys(known)
        self._moments: deque[_Moment] = deque()
        self._recordings: list[Recording] = []

    @property
    def held(self) -> int:
        """How many moments are in memory."""
        return len(self._moments)

    def see(self, tracks: Tracks) -> None:
        """Takes the road users of a frame, without their ids."""
        time_ns = tracks.stamp.time_ns
        last_ns = self._moments[-1].time_ns if self._moments else None
        if last_ns is not None and time_ns < last_ns - NS_PER_S:
            self._moments.clear()  # the clock was set back: what is held is of another time
        elif last_ns is not None and time_ns < last_ns + round(MIN_GAP_S * NS_PER_S) - _GRAIN_NS:
            return
        self._moments.append(_moment(tracks))
        self._drop(time_ns)

    def begin(self, events: Iterable[PlaceEvent]) -> None:
        """Begins a replay for each event that has just been raised; one of the camera's state has nothing to show."""
        for event in events:
            if event.event_id in self._known:
                continue
            self._known[event.event_id] = None
            while len(self._known) > MAX_KNOWN:
                self._known.popitem(last=False)
            if event.kind is not RuleKind.CAMERA_STATE and len(self._recordings) < MAX_AT_ONCE:
                self._recordings.append(Recording(event.event_id, event.raised_ns))

    def finished(self, now_ns: int) -> tuple[Recorded, ...]:
        """Returns the replays whose last moment is past, each once; drops what is older than any replay needs.

        Args:
            now_ns: UTC nanoseconds on the frames' own clock.
        """
        over = [one for one in self._recordings if not -NS_PER_S <= now_ns - one.raised_ns < _AFTER_NS]
        self._recordings = [one for one in self._recordings if one not in over]
        made = tuple(recorded for one in over if (recorded := self._recorded(one)) is not None)
        self._drop(now_ns)
        return made

    def rest(self) -> tuple[Recorded, ...]:
        """Returns the replays that are not finished, as far as they are: there is no further moment."""
        over, self._recordings = self._recordings, []
        made = tuple(recorded for one in over if (recorded := self._recorded(one)) is not None)
        self._moments.clear()
        return made

    def _drop(self, now_ns: int) -> None:
        """Drops what lies farther back than a replay reaches from now, or from the first that is recorded."""
        from_ns = min([now_ns, *(one.raised_ns for one in self._recordings)]) - _BEFORE_NS
        while self._moments and self._moments[0].time_ns < from_ns:
            self._moments.popleft()

    def _recorded(self, recording: Recording) -> Recorded | None:
        """Returns what was recorded; None where no moment was."""
        raised_ns = recording.raised_ns
        held = [one for one in self._moments if -_BEFORE_NS <= one.time_ns - raised_ns <= _AFTER_NS]
        if not held:
            return None
        time_ms = np.array([(one.time_ns - raised_ns) // _NS_PER_MS for one in held], np.int32)
        moment = np.repeat(np.arange(len(held), dtype=np.int32), [len(one.road_user) for one in held])
        xyxy = np.concatenate([one.xyxy for one in held])
        road_user = np.concatenate([one.road_user for one in held])
        return Recorded(recording, time_ms, Boxes(moment, xyxy, road_user))


def _moment(tracks: Tracks) -> _Moment:
    """Returns the confirmed road users of a frame in thousandths of the picture, in the order of `Boxes` from here on.

    Where there are too many, the largest.
    """
    chosen = np.flatnonzero(tracks.confirmed)
    xyxy_px = tracks.xyxy_px[chosen]
    if len(chosen) > MAX_BOXES_EACH:
        areas_px = np.prod(xyxy_px[:, 2:] - xyxy_px[:, :2], axis=1)
        largest = np.argsort(-areas_px, kind="stable")[:MAX_BOXES_EACH]
        chosen, xyxy_px = chosen[largest], xyxy_px[largest]
    width_px, height_px = tracks.stamp.size_px
    shares = np.clip(xyxy_px / np.array([width_px, height_px, width_px, height_px], np.float32), 0.0, 1.0)
    xyxy, road_user = (np.rint(shares * STEPS) / STEPS).astype(np.float32), tracks.road_user[chosen]
    order = order_of(np.zeros(len(chosen), np.int32), xyxy, road_user)
    return _Moment(tracks.stamp.time_ns, xyxy[order], road_user[order])
