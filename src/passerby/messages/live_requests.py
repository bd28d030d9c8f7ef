"""What the hub asks of workers for those who look at their cameras."""

from dataclasses import dataclass
from typing import Final

MAX_PACE_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class PreviewWanted:
    """A camera has its first viewer, or its last one has left; or the first or last who counts by hand (`tally`)."""

    camera: str
    wanted: bool
    tally: bool = False


@dataclass(frozen=True, slots=True)
class ViewConfirmed:
    """A person has found the lines and zones of a moved camera to be right."""

    camera: str


@dataclass(frozen=True, slots=True)
class LivePace:
    """Seconds between two messages of one camera with its open minutes: a hub of thousands takes so many at a time.

    Those of a camera with viewers are sent as they come.
    """

    every_s: float
