"""The number that passerby is for: one quantity, one interval, and how much of it was watched."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from passerby.domain.histograms import Histogram
from passerby.domain.road_user import RoadUser


class Quantity(StrEnum):
    """What an observation's value measures; the unit follows from it."""

    FLOW = "flow"
    MOVEMENT = "movement"
    ENTRIES = "entries"
    EXITS = "exits"
    OCCUPANCY_MEAN = "occupancy_mean"
    OCCUPANCY_MAX = "occupancy_max"
    DENSITY_MEAN = "density_mean"
    DENSITY_MAX = "density_max"
    DWELL_P50 = "dwell_p50"
    DWELL_P85 = "dwell_p85"
    SPEED_MEAN = "speed_mean"
    SPEED_P85 = "speed_p85"
    SATURATED = "saturated"
    """Share of the watched time in which a zone was too full to count: its numbers of people are lower bounds."""
    ENCOUNTERS = "encounters"
    """Pairs of road users on a collision course, or of which one crossed the other's way soon after."""
    NEAR_MISSES = "near_misses"
    """Those encounters that were within the limits of a near miss."""
    HEADWAY_MEAN = "headway_mean"
    """Time between one road user's crossing of a line and the next one's in the same direction."""

    @property
    def unit(self) -> str:
        """UCUM-like unit: `1` for a count, `m-2`, `s` or `m/s`."""
        return _UNITS.get(self.value.split("_")[0], "1")

    @property
    def timed(self) -> bool:
        """It is measured by the time that passes between pictures."""
        return self.value.startswith(("dwell", "speed", "headway"))


_UNITS = {"density": "m-2", "dwell": "s", "speed": "m/s", "headway": "s"}


class Distributed(StrEnum):
    """What is kept as a histogram, with an observation of each minute."""

    SPEED = "speed"
    DWELL = "dwell"
    HEADWAY = "headway"

    @property
    def kept_with(self) -> Quantity:
        """The quantity whose observations carry it."""
        return _KEPT_WITH[self]


_KEPT_WITH = {
    Distributed.SPEED: Quantity.SPEED_MEAN,
    Distributed.DWELL: Quantity.DWELL_P50,
    Distributed.HEADWAY: Quantity.HEADWAY_MEAN,
}


def distributed_in(quantity: Quantity) -> Distributed:
    """Returns what the histograms of a quantity's observations hold.

    Raises:
        KeyError: it carries none.
    """
    return {kept_with: distributed for distributed, kept_with in _KEPT_WITH.items()}[quantity]


PERCENTILES: Mapping[Quantity, tuple[Distributed, float]] = {
    Quantity.SPEED_P85: (Distributed.SPEED, 0.85),
    Quantity.DWELL_P50: (Distributed.DWELL, 0.5),
    Quantity.DWELL_P85: (Distributed.DWELL, 0.85),
}
"""What each percentile is one of, and the share (0-1) of the values that does not exceed it."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One measured number of one interval.

    Attributes:
        camera: the camera's name.
        series: the line, zone or movement that it was measured at; of near misses the pair (see `near_misses`).
        quantity: what was measured.
        road_user: the class, or None for all classes together (density and occupancy of all).
        direction: `forward` or `backward` for a line, else None.
        start_ns: UTC nanoseconds, aligned to the clock.
        length_s: length of the interval.
        value: the number in `quantity.unit`; None where it cannot be known (nothing watched, no road user to measure).
        count: how many crossings, visits or frames it rests on.
        coverage: 0-1, the share of the interval that was really watched. 0 with value None is "no data", never zero.
        error: standard error of the value where it is known (speed), else None.
        reliable: False where the camera had moved and its lines and zones had not been confirmed since; of a speed or a
            dwell time also where it rests on a clock of the camera that ran wrong.
        histogram: the values that it rests on, where its quantity carries them (see `Distributed`) and there are any.
        estimated: a percentile that is the mean of those of its minutes, because not all of them have a histogram; it
            may be far from the true one.
        unexplained: 0-1, the share of what moved steadily in this view that no detection explains, averaged over the
            watched time; 0 where too little moved to say, and of what was stored before it was measured.
    """

    camera: str
    series: str
    quantity: Quantity
    road_user: RoadUser | None
    direction: str | None
    start_ns: int
    length_s: int
    value: float | None
    count: int
    coverage: float
    error: float | None = None
    reliable: bool = True
    histogram: Histogram | None = None
    estimated: bool = False
    unexplained: float = 0.0


def unexplained_in(observations: Iterable[Observation]) -> float:
    """Returns the share, 0-1, of all that moved in one camera's intervals that no detection explains.

    >>> unexplained_in([])
    0.0
    """
    shares = {one.start_ns: (one.unexplained, one.coverage * one.length_s) for one in observations}
    watched_s = sum(length_s for _, length_s in shares.values())
    return sum(share * length_s for share, length_s in shares.values()) / watched_s if watched_s > 0 else 0.0
