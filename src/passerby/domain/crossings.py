"""The single crossings of a counted recording, for an audit of the count; without any name of who it was."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.arrays import read_only_column

MAX_LISTED: Final = 2_000_000
"""So many fit into one message, 31 bytes each; a busy street has as many in a month."""


@dataclass(frozen=True, slots=True, eq=False)
class CrossingList:
    """N crossings in columns, in order of time.

    Attributes:
        time_ns: int64 (N,), UTC nanoseconds at which the foot point passed the line.
        interval_ns: int64 (N,), start of the interval that it is counted in; nearly always the one around `time_ns`.
        recording: int32 (N,), which recording it was seen in, by its place among those that were counted.
        in_recording_s: float64 (N,), seconds since that recording's first picture.
        line: int32 (N,), which line, by its place in the report.
        road_user: int16 (N,), the class that it is counted under.
        forward: bool (N,), which way.
    """

    time_ns: npt.NDArray[np.int64]
    interval_ns: npt.NDArray[np.int64]
    recording: npt.NDArray[np.int32]
    in_recording_s: npt.NDArray[np.float64]
    line: npt.NDArray[np.int32]
    road_user: npt.NDArray[np.int16]
    forward: npt.NDArray[np.bool_]

    def __post_init__(self) -> None:
        count = len(self.time_ns)
        for name, dtype in (
            ("time_ns", np.int64),
            ("interval_ns", np.int64),
            ("recording", np.int32),
            ("in_recording_s", np.float64),
            ("line", np.int32),
            ("road_user", np.int16),
            ("forward", np.bool_),
        ):
            object.__setattr__(self, name, read_only_column(name, getattr(self, name), dtype, (count,)))

    def __len__(self) -> int:
        return len(self.time_ns)
