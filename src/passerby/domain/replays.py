"""The short replay of an event: boxes without ids, moment by moment, and the learned empty place to show them on."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.arrays import read_only_column
from passerby.units import HOUR_S

KEPT_S: Final = 72 * HOUR_S
"""A replay is kept no longer, whatever the site file says."""

BEFORE_S: Final = 10.0
"""Shown from before an event was raised."""

AFTER_S: Final = 10.0
"""Shown from after it."""

MIN_GAP_S: Final = 0.2
"""Moments lie at least so far apart: a person walks 0.3 m meanwhile."""

MAX_MOMENTS: Final = 120
MAX_BOXES_EACH: Final = 200
"""Boxes of one moment; in a crowd that has more the largest are shown."""

STEPS: Final = 1000
"""Positions are kept in thousandths of the picture: as fine as it is shown, and no finer."""


@dataclass(frozen=True, slots=True, eq=False)
class EmptyPlace:
    """The learned empty place as a picture; nothing of any single frame is in it.

    Attributes:
        size_px: width and height.
        jpeg: uint8 (B,), the encoded picture; empty where the place was not learned.
        sharp_share: the part of the picture, 0-1, that shows the place as it is; the rest are coarse cells.
    """

    size_px: tuple[int, int]
    jpeg: npt.NDArray[np.uint8]
    sharp_share: float


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """The boxes of a replay, a row each, ordered by moment and then by what they are themselves.

    The order follows from the boxes alone, so that no row says which one of the moment before it goes on with.

    Attributes:
        moment: int32 (N,), index into the replay's moments.
        xyxy: float32 (N, 4), left, top, right, bottom as 0-1 of the picture.
        road_user: int16 (N,), values of `RoadUser`.
    """

    moment: npt.NDArray[np.int32]
    xyxy: npt.NDArray[np.float32]
    road_user: npt.NDArray[np.int16]

    def __post_init__(self) -> None:
        rows = len(self.moment)
        object.__setattr__(self, "moment", read_only_column("moment", self.moment, np.int32, (rows,)))
        object.__setattr__(self, "xyxy", read_only_column("xyxy", self.xyxy, np.float32, (rows, 4)))
        object.__setattr__(self, "road_user", read_only_column("road_user", self.road_user, np.int16, (rows,)))

    def __len__(self) -> int:
        return len(self.moment)


def order_of(
    moment: npt.NDArray[np.int32], xyxy: npt.NDArray[np.float32], road_user: npt.NDArray[np.int16]
) -> npt.NDArray[np.int64]:
    """Returns int64 (N,): the order that the rows of `Boxes` have; the farthest foot of each moment comes first."""
    left, top, right, bottom = xyxy.T
    return np.asarray(np.lexsort((road_user, right, top, left, bottom, moment)), np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class EventReplay:
    """What is replayed of an event.

    Attributes:
        event_id: the event.
        raised_ns: UTC nanoseconds at which it was raised.
        place: what the boxes are shown on.
        time_ms: int32 (M,), each moment in milliseconds from `raised_ns`, growing.
        boxes: who was there in each of them.
    """

    event_id: str
    raised_ns: int
    place: EmptyPlace
    time_ms: npt.NDArray[np.int32]
    boxes: Boxes


@dataclass(frozen=True, slots=True, eq=False)
class EncryptedReplay:
    """A replay as it is stored: encrypted by the worker, and opened for each look.

    Attributes:
        event_id: the event, to which the content is bound.
        camera: the camera's name.
        time_ns: UTC nanoseconds from which its time runs.
        box: uint8 (B,), nonce and ciphertext.
    """

    event_id: str
    camera: str
    time_ns: int
    box: npt.NDArray[np.uint8]
