"""What a review film is made of: anonymous pictures with the boxes in them, and what was counted when."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.domain.arrays import read_only_column
from passerby.domain.events import Direction
from passerby.domain.frames import AnonymousFrame
from passerby.domain.road_user import RoadUser


@dataclass(frozen=True, slots=True)
class FilmSpan:
    """Which part of a recording is filmed.

    Attributes:
        from_s: seconds from the recording's first frame.
        for_s: how long; None to its end.
    """

    from_s: float = 0.0
    for_s: float | None = None

    @property
    def until_s(self) -> float | None:
        """Seconds from the recording's first frame to the end of the part; None for the recording's end."""
        return None if self.for_s is None else self.from_s + self.for_s


@dataclass(frozen=True, slots=True)
class CountedCrossing:
    """A crossing, as it is counted.

    Attributes:
        line: the line's name.
        direction: which way.
        road_user: the class that it is counted under.
        seen: the road user is seen in the picture with which it was counted: one of its boxes is marked.
    """

    line: str
    direction: Direction
    road_user: RoadUser
    seen: bool = True


UNMARKED, MARKED_FORWARD, MARKED_BACKWARD = 0, 1, 2
"""Marks of boxes: who has just been counted, and which way."""


@dataclass(frozen=True, slots=True, eq=False)
class FilmMoment:
    """One picture of a review film. No box has a number, and their order follows from where they are.

    Attributes:
        frame: the anonymous picture.
        why: why it is masked, or the empty place alone; empty where it is neither.
        xyxy: float32 (N, 4), boxes of who is followed now, 0-1 of the picture, the farthest foot first.
        road_user: int16 (N,).
        mark: int16 (N,), whether one has just been counted: `UNMARKED`, `MARKED_FORWARD` or `MARKED_BACKWARD`.
        crossings: what was counted with this picture.
    """

    frame: AnonymousFrame
    why: str
    xyxy: npt.NDArray[np.float32]
    road_user: npt.NDArray[np.int16]
    mark: npt.NDArray[np.int16]
    crossings: tuple[CountedCrossing, ...] = ()

    def __post_init__(self) -> None:
        rows = len(self.road_user)
        object.__setattr__(self, "xyxy", read_only_column("xyxy", self.xyxy, np.float32, (rows, 4)))
        object.__setattr__(self, "road_user", read_only_column("road_user", self.road_user, np.int16, (rows,)))
        object.__setattr__(self, "mark", read_only_column("mark", self.mark, np.int16, (rows,)))


@dataclass(frozen=True, slots=True)
class FilmEnd:
    """What was counted of the filmed time only after its last picture: who is near a line then is still undecided."""

    crossings: tuple[CountedCrossing, ...]
