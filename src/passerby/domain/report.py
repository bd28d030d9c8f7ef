"""What one counting run found, whole: the thing that files, tables and pictures are made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from passerby.domain.arrays import read_only_column
from passerby.domain.crossings import CrossingList
from passerby.domain.events import Direction
from passerby.domain.frames import AnonymousFrame
from passerby.domain.histograms import Histogram
from passerby.domain.isolation import NOT_ISOLATED, Isolation
from passerby.domain.layout import GroundPlane, Line, Movement, Zone
from passerby.domain.observations import Observation, unexplained_in
from passerby.domain.road_user import RoadUser


@dataclass(frozen=True, slots=True)
class LineTotal:
    """Everything that crossed one line in the run.

    Attributes:
        line: the line.
        counts: class -> direction -> crossings; classes that the line does not count are absent, zeros are present.
        speeds_mps: class -> the speeds in m/s of its crossings, both ways, over calibrated ground only.
        speed_mean_mps: class -> their mean.
        speed_error_mps: class -> their median standard error.
    """

    line: Line
    counts: Mapping[RoadUser, Mapping[Direction, int]]
    speeds_mps: Mapping[RoadUser, Histogram] = field(default_factory=dict)
    speed_error_mps: Mapping[RoadUser, float] = field(default_factory=dict)
    speed_mean_mps: Mapping[RoadUser, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MovementTotal:
    """How many went from one line to another.

    Attributes:
        movement: the movement.
        counts: class -> road users.
    """

    movement: Movement
    counts: Mapping[RoadUser, int]


@dataclass(frozen=True, slots=True)
class ZoneTotal:
    """How one zone was used in the run.

    Attributes:
        zone: the zone.
        area_m2: its area on calibrated ground, or None.
        occupancy_mean, occupancy_max: class -> road users inside, over the watched time.
        entries, exits: class -> road users that came in, or went out, over the zone's edge.
        dwell_p50_s, dwell_p85_s: class -> seconds inside, of the visits that have ended; absent without visits.
        density_mean_per_m2, density_max_per_m2: pedestrians per square metre, None without calibration.
        saturated: 0-1, share of the watched time in which it was too full to count: numbers of people are lower bounds.
    """

    zone: Zone
    area_m2: float | None
    occupancy_mean: Mapping[RoadUser, float]
    occupancy_max: Mapping[RoadUser, int]
    entries: Mapping[RoadUser, int]
    exits: Mapping[RoadUser, int]
    dwell_p50_s: Mapping[RoadUser, float]
    dwell_p85_s: Mapping[RoadUser, float]
    density_mean_per_m2: float | None
    density_max_per_m2: float | None
    saturated: float = 0.0

    def at_least(self, road_user: RoadUser) -> bool:
        """Returns whether the numbers of a class are lower bounds."""
        return self.saturated > 0 and road_user is RoadUser.PEDESTRIAN


@dataclass(frozen=True, slots=True)
class EncounterTotal:
    """How often two of a pair came near one another.

    Attributes:
        pair: the pair's name, see `domain.near_misses`.
        encounters, near_misses: all of them, and those within the limits of a near miss.
    """

    pair: str
    encounters: int
    near_misses: int


MIN_ROAD_USERS = 5
"""A cell that fewer different road users made shows where one of them went; it is never given out."""


@dataclass(frozen=True, slots=True, eq=False)
class FlowMap:
    """Where road users went, as a grid over the picture: how many tracks passed through each cell.

    Attributes:
        passes: float32 (R, C), tracks that touched the cell with their foot point; 0 where fewer than `MIN_ROAD_USERS`
            did, whatever it is made from.
    """

    passes: npt.NDArray[np.float32]

    def __post_init__(self) -> None:
        given = read_only_column("passes", self.passes, np.float32, (None, None))
        enough = np.where(given >= MIN_ROAD_USERS, given, np.float32(0))
        object.__setattr__(self, "passes", read_only_column("passes", enough, np.float32, (None, None)))


@dataclass(frozen=True, slots=True)
class CountReport:
    """One run over one source.

    Attributes:
        camera_id: the camera's name.
        source: the file's or camera's plain name, without path, user or password.
        start_ns: UTC nanoseconds of the first frame; 0 where it is not known when the recording was made.
        duration_s: how long the source claims to be, or was.
        analysed_fps: how many frames a second were analysed.
        frames_read, frames_analysed, frames_lost: pictures decoded, analysed, and known to be undecodable.
        coverage: 0-1, the share of `duration_s` really watched.
        losses: why it was not all of it, one sentence each; empty when nothing was lost.
        lines, movements, zones: the totals.
        observations: the same in clock-aligned intervals, sorted by start, series, quantity.
        flow_map: where they went.
        ground: the calibration the metres rest on, or None.
        model: name and version of the detector.
        size_px: width and height of the pictures; None where there was none.
        isolation: how far the process that saw the pixels was locked in.
        encounters: the totals of near misses; empty where they are not counted.
        notes: what to think about beside the numbers, one sentence each without its full stop.
        crossings: the crossings one by one; None where they were not asked for, or are too many.
    """

    camera_id: str
    source: str
    start_ns: int
    duration_s: float
    analysed_fps: float
    frames_read: int
    frames_analysed: int
    frames_lost: int
    coverage: float
    losses: tuple[str, ...]
    lines: tuple[LineTotal, ...]
    movements: tuple[MovementTotal, ...]
    zones: tuple[ZoneTotal, ...]
    observations: tuple[Observation, ...]
    flow_map: FlowMap
    ground: GroundPlane | None
    model: str
    size_px: tuple[int, int] | None = None
    isolation: Isolation = NOT_ISOLATED
    encounters: tuple[EncounterTotal, ...] = ()
    notes: tuple[str, ...] = ()
    crossings: CrossingList | None = None

    @property
    def unexplained(self) -> float:
        """The share, 0-1, of what moved steadily that no detection explains, averaged over the watched time."""
        return unexplained_in(self.observations)


@dataclass(frozen=True, slots=True, eq=False)
class CountResult:
    """What one counting run returns.

    Attributes:
        report: the numbers.
        stage_cpu_s: stage -> CPU seconds.
        complete: everything that the file promised was watched.
        empty_scene: the scene without road users, where it was asked for and could be learned.
    """

    report: CountReport
    stage_cpu_s: Mapping[str, float]
    complete: bool
    empty_scene: AnonymousFrame | None
