"""The list of a recording's crossings: each with the recording it was seen in, and when in it."""

from collections.abc import Sequence

import numpy as np

from passerby.domain.crossings import MAX_LISTED, CrossingList
from passerby.domain.events import Direction
from passerby.domain.layout import Line
from passerby.measure.totals import FiledCrossing
from passerby.units import NS_PER_S


def crossing_list(
    filed: Sequence[FiledCrossing], lines: Sequence[Line], starts_ns: Sequence[int], used_from_ns: Sequence[int]
) -> CrossingList | None:
    """Returns the crossings in order of time; None where they are too many for a list.

    Args:
        filed: the crossings, each with the interval that it is counted in.
        lines: the camera's lines.
        starts_ns: UTC nanoseconds at which each recording begins.
        used_from_ns: from when on each recording was looked at: its start, or the end of the one before it.
    """
    if len(filed) > MAX_LISTED:
        return None
    place = {line.name: number for number, line in enumerate(lines)}
    ordered = sorted(filed, key=lambda each: (each.crossing.time_ns, place[each.crossing.line]))
    crossings = [each.crossing for each in ordered]
    time_ns = np.array([each.time_ns for each in crossings], np.int64)
    # One that was passed between two recordings stands at the end of the earlier one.
    recording = np.searchsorted(np.array(used_from_ns, np.int64), time_ns, side="right") - 1
    recording = np.clip(recording, 0, len(starts_ns) - 1)
    since_ns = time_ns - np.array(starts_ns, np.int64)[recording]
    return CrossingList(
        time_ns=time_ns,
        interval_ns=np.array([each.interval_ns for each in ordered], np.int64),
        recording=recording.astype(np.int32),
        in_recording_s=np.maximum(since_ns, 0) / NS_PER_S,
        line=np.array([place[each.line] for each in crossings], np.int32),
        road_user=np.array([int(each.road_user) for each in crossings], np.int16),
        forward=np.array([each.direction is Direction.FORWARD for each in crossings], np.bool_),
    )
