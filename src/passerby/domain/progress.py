"""How far a run is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: seconds of video done, seconds in all, frames analysed."""

    done_s: float
    duration_s: float
    frames: int
