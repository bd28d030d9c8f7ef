"""Whether the minutes that a camera's process reports can be the camera's: its places, whole minutes, about now.

A process that was taken over could otherwise report what no roll-up can add up, which would end its worker and so the
other cameras, name places with texts of its own, or fill the disk with minutes of other centuries.
"""

from collections import deque
from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.errors import WorkerError
from passerby.domain.events import Direction
from passerby.domain.layout import Layout
from passerby.messages.columns import ObservationColumns
from passerby.units import DAY_S, HOUR_S, MINUTE_S, NS_PER_S

MAX_OFF_NS: Final = DAY_S * NS_PER_S
"""A process may report minutes some time after they were, or a clock be set by less; a time zone never moves it."""

SET_NS: Final = HOUR_S * NS_PER_S
"""A clock that is set by less stays within what is allowed anyway."""

MAX_SETTINGS: Final = 8
"""A machine without a battery for its clock sets it once after its start, by decades."""

_DIRECTIONS: Final = frozenset(Direction)
_KEY: Final = ("start_ns", "series", "quantity", "road_user", "direction")


class ShownTimes:
    """The times that the machine's clock has shown since a camera's process was started.

    A clock that is set moves them; what the process had measured until then is still of the time before.
    """

    def __init__(self, clock: Callable[[], int], timer: Callable[[], float]) -> None:
        """Begins with now.

        Args:
            clock: UTC nanoseconds.
            timer: seconds of a clock that is never set.
        """
        self._clock, self._timer = clock, timer
        self._read_s, now_ns = timer(), clock()
        self._stretches = deque([(now_ns, now_ns)], MAX_SETTINGS + 1)

    def update(self) -> None:
        """Reads the clock; to be called with each message."""
        last_s, self._read_s = self._read_s, self._timer()
        now_ns = self._clock()
        first_ns, last_ns = self._stretches[-1]
        if abs(now_ns - last_ns - round((self._read_s - last_s) * NS_PER_S)) < SET_NS:
            self._stretches[-1] = first_ns, max(last_ns, now_ns)
        else:
            self._stretches.append((now_ns, now_ns))

    def near(self, times_ns: npt.NDArray[np.int64]) -> bool:
        """Returns whether each of the times, int64 (N,) in UTC nanoseconds, is within a day of one that was shown."""
        known = np.zeros(len(times_ns), np.bool_)
        for first_ns, last_ns in self._stretches:
            known |= (times_ns >= first_ns - MAX_OFF_NS) & (times_ns <= last_ns + MAX_OFF_NS)
        return bool(known.all())


def places_of(layout: Layout) -> frozenset[str]:
    """Returns the names of all that a camera measures at."""
    lines, movements = (line.name for line in layout.lines), (movement.name for movement in layout.movements)
    pairs = layout.near_misses.series if layout.near_misses is not None else ()
    return frozenset((*lines, *movements, *(zone.name for zone in layout.zones), *pairs))


def check_minutes(columns: ObservationColumns, places: frozenset[str], shown: ShownTimes) -> None:
    """Checks the minutes of one camera.

    Args:
        columns: what its process reports.
        places: see `places_of`.
        shown: the times at which it can have measured them.

    Raises:
        WorkerError: they cannot be the camera's.
    """
    if not len(columns):
        return
    if (columns.length_s != MINUTE_S).any() or (columns.start_ns % (MINUTE_S * NS_PER_S)).any():
        raise WorkerError("it reports intervals that are no whole minutes.")
    if not shown.near(columns.start_ns):
        raise WorkerError("it reports minutes that are more than a day from now, and from when it has run.")
    if not {columns.texts[place] for place in set(columns.series.tolist())} <= places:
        raise WorkerError("it reports a place that its camera does not have.")
    if not {columns.texts[place] for place in set(columns.direction.tolist()) if place >= 0} <= _DIRECTIONS:
        raise WorkerError("it reports a direction that there is not.")
    if len(set(zip(*(getattr(columns, name).tolist() for name in _KEY), strict=True))) != len(columns):
        raise WorkerError("it reports the same number twice.")
