"""Whether the replay that a camera's process sends can be of the event that it reported, and is not one too many."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Final

from passerby.domain.errors import PasserbyError, WorkerError
from passerby.domain.place_events import PlaceEvent
from passerby.domain.replays import EncryptedReplay, EventReplay
from passerby.sandbox.token_bucket import TokenBucket

REPLAYS_PER_S: Final = 1 / 60
BURST_REPLAYS: Final = 12.0
"""A replay a minute, and some at once: beyond, events have none. A camera's process could otherwise fill the disk."""

MAX_KNOWN: Final = 1000


Encrypter = Callable[[EventReplay, str, int], EncryptedReplay]
"""Encrypts a replay of a camera, with the time from which it is kept."""


class ReplayCheck:
    """Checks the replays of one camera's process: types and ranges are checked where a message is read.

    Args:
        camera: the camera's name.
        encrypt: encrypts them; None where the register does not allow any.
        lost: called with the camera's name and the reason where one could not be encrypted.
    """

    def __init__(self, camera: str, encrypt: Encrypter | None, lost: Callable[[str, str], None]) -> None:
        self._camera, self._encrypt, self._lost = camera, encrypt, lost
        self._rate = TokenBucket(REPLAYS_PER_S, BURST_REPLAYS)
        self._due: OrderedDict[str, int] = OrderedDict()
        self._known: OrderedDict[str, None] = OrderedDict()

    def begin(self, open_events: Iterable[PlaceEvent]) -> None:
        """Takes the events that a new process goes on with: it has seen none of them begin."""
        self._due.clear()
        self._known = OrderedDict.fromkeys(event.event_id for event in open_events)

    def reported(self, events: Iterable[PlaceEvent]) -> None:
        """Takes in checked reports: an event that was raised just now may have a replay."""
        for event in events:
            if event.event_id not in self._known:
                self._known[event.event_id] = None
                self._due[event.event_id] = event.raised_ns
        for kept in (self._due, self._known):
            while len(kept) > MAX_KNOWN:
                kept.popitem(last=False)

    def taken(self, replay: EventReplay, now_s: float, now_ns: int) -> EncryptedReplay | None:
        """Returns a replay as it is to be kept; None for one too many, and for one that cannot be encrypted.

        Args:
            replay: what the process sends.
            now_s: seconds of a clock that is never set.
            now_ns: UTC nanoseconds.

        Raises:
            WorkerError: it cannot be of an event of the camera's.
        """
        if self._encrypt is None:
            raise WorkerError("it sends a replay, which the register does not allow.")
        if self._due.pop(replay.event_id, None) != replay.raised_ns:
            raise WorkerError("it sends a replay of no event that it has just reported.")
        if self._rate.take(now_s, 0):
            return None  # not taken from the allowance: a flood is not to outlast itself
        self._rate.take(now_s, 1)
        try:
            # A process may say that it was raised tomorrow: its time runs from now at the latest.
            return self._encrypt(replay, self._camera, min(replay.raised_ns, now_ns))
        except PasserbyError as fault:
            self._lost(self._camera, str(fault))
            return None
