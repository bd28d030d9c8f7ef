"""Whether the minutes that a camera's process reports can be the camera's: its places, whole minutes, about now.

A process that was taken over could else report what no roll-up can add up, which would end its worker and so the other
cameras, name places with texts of its own, or fill the disk with minutes of other centuries.
"""

from typing import Final

from passerby.domain.errors import WorkerError
from passerby.domain.events import Direction
from passerby.domain.layout import Layout
from passerby.messages.columns import ObservationColumns
from passerby.units import DAY_S, MINUTE_S, NS_PER_S

MAX_OFF_NS: Final = DAY_S * NS_PER_S
"""A clock that is set while a process runs may leave it behind for a minute or two; a time zone never moves it."""

_DIRECTIONS: Final = frozenset(Direction)
_KEY: Final = ("start_ns", "series", "quantity", "road_user", "direction")


def places_of(layout: Layout) -> frozenset[str]:
    """Returns the names of all that a camera measures at."""
    lines, movements = (line.name for line in layout.lines), (movement.name for movement in layout.movements)
    return frozenset((*lines, *movements, *(zone.name for zone in layout.zones)))


def check_minutes(columns: ObservationColumns, places: frozenset[str] | None, now_ns: int) -> None:
    """Checks the minutes of one camera.

    Args:
        columns: what its process reports.
        places: see `places_of`; None where they are not known.
        now_ns: UTC nanoseconds.

    Raises:
        WorkerError: they cannot be the camera's.
    """
    if not len(columns):
        return
    if (columns.length_s != MINUTE_S).any() or (columns.start_ns % (MINUTE_S * NS_PER_S)).any():
        raise WorkerError("it reports intervals that are no whole minutes.")
    if columns.start_ns.min() < now_ns - MAX_OFF_NS or columns.start_ns.max() > now_ns + MAX_OFF_NS:
        raise WorkerError("it reports minutes that are more than a day from now.")
    if places is not None and not {columns.texts[place] for place in set(columns.series.tolist())} <= places:
        raise WorkerError("it reports a place that its camera does not have.")
    if not {columns.texts[place] for place in set(columns.direction.tolist()) if place >= 0} <= _DIRECTIONS:
        raise WorkerError("it reports a direction that there is not.")
    if len(set(zip(*(getattr(columns, name).tolist() for name in _KEY), strict=True))) != len(columns):
        raise WorkerError("it reports the same number twice.")
