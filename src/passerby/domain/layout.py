"""The layout of a camera: lines, zones, movements and the ground plane."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.domain.arrays import read_only_column
from passerby.domain.near_misses import NearMissMeasure
from passerby.domain.road_user import ALL_ROAD_USERS, HEAVY, KNOWN_ROAD_USERS, RoadUser


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A directed line across a way, counted between its ends.

    Attributes:
        name: unique within the camera.
        points: float32 (2, 2), x and y of both ends as 0-1 of the picture, so that they survive a new resolution.
        road_users: the classes that are counted.
        forward_name: what users call the way from the left hand to the right hand of a person who walks from the
            first point to the second.
        backward_name: what users call the other way.
    """

    name: str
    points: npt.NDArray[np.float32]
    road_users: frozenset[RoadUser] = ALL_ROAD_USERS
    forward_name: str = "forward"
    backward_name: str = "backward"

    def __post_init__(self) -> None:
        object.__setattr__(self, "points", read_only_column("points", self.points, np.float32, (2, 2)))


@dataclass(frozen=True, slots=True, eq=False)
class Zone:
    """An area of the ground, seen as a polygon in the picture.

    Attributes:
        name: unique within the camera.
        points: float32 (P, 2), P >= 3 corners as 0-1 of the picture; the polygon does not cross itself.
        road_users: the classes that are measured; without those of which nothing is known but that they move.
        margin: how far outside (as a share of the picture's height) a road user who was inside still counts as inside,
            so that a seated person's foot point does not flicker out.
    """

    name: str
    points: npt.NDArray[np.float32]
    road_users: frozenset[RoadUser] = KNOWN_ROAD_USERS
    margin: float = 0.01

    def __post_init__(self) -> None:
        object.__setattr__(self, "points", read_only_column("points", self.points, np.float32, (None, 2)))


@dataclass(frozen=True, slots=True)
class Movement:
    """A turning count: the same track crosses one line, then another, within one camera's view.

    Attributes:
        name: unique within the camera.
        entry_line, entry_direction: the first crossing: the line's name and `forward` or `backward`.
        exit_line, exit_direction: the second crossing.
    """

    name: str
    entry_line: str
    entry_direction: str
    exit_line: str
    exit_direction: str


@dataclass(frozen=True, slots=True, eq=False)
class GroundPlane:
    """Where on the ground a pixel lies.

    Attributes:
        homography: float64 (3, 3), takes (x, y, 1) as 0-1 of the picture to metres on the ground.
        rmse_m: root mean square distance between the calibration's own points and where they are put; None where four
            points fix the plane exactly, so that nothing is left over to see an error by.
        hull: float32 (H, 2), corners, as 0-1 of the picture, of the convex area that the calibration points span;
            outside it positions are extrapolated.
    """

    homography: npt.NDArray[np.float64]
    rmse_m: float | None
    hull: npt.NDArray[np.float32]

    def __post_init__(self) -> None:
        object.__setattr__(self, "homography", read_only_column("homography", self.homography, np.float64, (3, 3)))
        object.__setattr__(self, "hull", read_only_column("hull", self.hull, np.float32, (None, 2)))


@dataclass(frozen=True, slots=True)
class Layout:
    """Where one camera measures; `ground` is None without a calibration, `near_misses` where they are not counted."""

    lines: tuple[Line, ...]
    zones: tuple[Zone, ...]
    movements: tuple[Movement, ...]
    ground: GroundPlane | None
    near_misses: NearMissMeasure | None = None

    @property
    def splits_heavy(self) -> bool:
        """Buses are counted somewhere without trucks, or trucks without buses, so that each has to be named."""
        counted = (*(line.road_users for line in self.lines), *(zone.road_users for zone in self.zones))
        return any(HEAVY & each in ({RoadUser.BUS}, {RoadUser.TRUCK}) for each in counted)

    @property
    def series(self) -> frozenset[str]:
        """The names under which the camera's numbers are stored: of lines, zones, movements and pairs."""
        pairs = self.near_misses.series if self.near_misses else ()
        places = (each.name for drawn in (self.lines, self.zones, self.movements) for each in drawn)
        return frozenset((*places, *pairs))
