"""What was measured in one stretch of time: counts and samples of values, and the observations made of them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import numpy.typing as npt

from passerby.domain.events import Direction, Encounter, LineCrossing, MovementCount, ZoneOccupancy, ZoneVisit
from passerby.domain.histograms import Histogram, bin_of
from passerby.domain.layout import Line, Movement, Zone
from passerby.domain.near_misses import NearMissMeasure, pair_name
from passerby.domain.observations import Observation, Quantity
from passerby.domain.road_user import RoadUser
from passerby.measure.zones import ZoneEntry

_DIRECTIONS = tuple(Direction)


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """The lines, movements and zones of one camera; every tally of the camera has the same.

    Attributes:
        camera_id: the camera's name.
        lines, movements, zones: where is measured.
        areas_m2: each zone's area, None where it is not known.
        calibrated: there is a ground plane, so that speeds are measured.
        near_misses: which near misses are counted, None for none.
    """

    camera_id: str
    lines: tuple[Line, ...]
    movements: tuple[Movement, ...]
    zones: tuple[Zone, ...]
    areas_m2: tuple[float | None, ...]
    calibrated: bool
    near_misses: NearMissMeasure | None = None

    def movement_users(self, movement: Movement) -> frozenset[RoadUser]:
        """Returns the classes that both of a movement's lines count."""
        return frozenset(RoadUser).intersection(
            *(line.road_users for line in self.lines if line.name in (movement.entry_line, movement.exit_line))
        )


class Samples:
    """Values thinned to every second, every fourth and so on beyond `max_values`: flat in memory, the same each run.

    Args:
        max_values: how many values are kept; up to here percentiles are exact.
    """

    def __init__(self, *, max_values: int = 8192) -> None:
        self._max_values = max_values
        self._every = 1
        self._values: list[float] = []
        self._bins: dict[int, int] = {}
        self.count = 0

    def add(self, value: float) -> None:
        """Adds a value."""
        if self.count % self._every == 0:
            self._values.append(value)
        self.count += 1
        number = bin_of(value)
        self._bins[number] = self._bins.get(number, 0) + 1
        if len(self._values) > self._max_values:
            del self._values[1::2]
            self._every *= 2

    def absorb(self, other: "Samples") -> None:
        """Adds the values that another one kept."""
        for value in other._values:
            self.add(value)

    def percentile(self, share: float) -> float | None:
        """Returns the value below which `share` (0-1) of the values lie, interpolated linearly; None without values.

        >>> samples = Samples()
        >>> samples.add(1.0), samples.add(3.0), samples.percentile(0.5)
        (None, None, 2.0)
        """
        return float(np.quantile(np.array(self._values), share)) if self._values else None

    def mean(self) -> float | None:
        """Returns the mean of the kept values; None without values."""
        return float(np.mean(self._values)) if self._values else None

    def histogram(self) -> Histogram | None:
        """Returns the histogram of all values, kept or not; None without values."""
        return Histogram.of_counts(self._bins) if self._bins else None


class SpeedSamples:
    """Speeds with their standard errors."""

    def __init__(self) -> None:
        self.mps = Samples()
        self.error_mps = Samples()

    def add(self, mps: float, error_mps: float) -> None:
        """Adds a speed."""
        self.mps.add(mps)
        self.error_mps.add(error_mps)

    def absorb(self, other: "SpeedSamples") -> None:
        """Adds another's speeds."""
        self.mps.absorb(other.mps)
        self.error_mps.absorb(other.error_mps)


class Tally:
    """Adds up one stretch of time over all series of a camera.

    Attributes:
        flow: int64 (L, classes, 2), crossings; directions in the order of `Direction`.
        movements: int64 (M, classes).
        entries, exits: int64 (Z, classes).
        occupied_s: float64 (Z, classes), seconds of presence.
        max_inside: int64 (Z, classes), the highest number at once.
        max_together: int64 (Z,), the highest number of all classes at once.
        encounters: int64 (P, 2), encounters and the near misses among them, by the names of `pairs`.
        saturated_s: float64 (Z,), seconds in which a zone was too full to count.
        watched_s: seconds that `occupied_s` rests on.
        frames: frames that it rests on.
        crossings: the crossings one by one; None where they are not listed.
    """

    def __init__(self, series: Series, *, lists_crossings: bool = False) -> None:
        self.series = series
        self.crossings: list[LineCrossing] | None = [] if lists_crossings else None
        classes, zones = len(RoadUser), len(series.zones)
        self.flow = np.zeros((len(series.lines), classes, len(_DIRECTIONS)), np.int64)
        self.movements = np.zeros((len(series.movements), classes), np.int64)
        self.entries = np.zeros((zones, classes), np.int64)
        self.exits = np.zeros((zones, classes), np.int64)
        self.occupied_s = np.zeros((zones, classes))
        self.max_inside = np.zeros((zones, classes), np.int64)
        self.max_together = np.zeros(zones, np.int64)
        self.pairs = series.near_misses.series if series.near_misses is not None else ()
        self.encounters = np.zeros((len(self.pairs), 2), np.int64)
        self.saturated_s = np.zeros(zones)
        self.watched_s = 0.0
        self.frames = 0
        self._line_number = {line.name: number for number, line in enumerate(series.lines)}
        self._movement_number = {movement.name: number for number, movement in enumerate(series.movements)}
        self._zone_number = {zone.name: number for number, zone in enumerate(series.zones)}
        self._pair_number = {name: number for number, name in enumerate(self.pairs)}
        self._speeds: dict[tuple[int, RoadUser, Direction], SpeedSamples] = {}
        self._dwells: dict[tuple[int, RoadUser], Samples] = {}
        self._headways: dict[tuple[int, RoadUser | None, Direction], Samples] = {}
        self._with_headways: set[int] = set()

    def crossing(self, crossing: LineCrossing) -> None:
        """Adds a crossing."""
        line = self._line_number[crossing.line]
        direction = _DIRECTIONS.index(crossing.direction)
        self.flow[line, crossing.road_user, direction] += 1
        if self.crossings is not None:
            self.crossings.append(crossing)
        if crossing.speed_mps is not None and crossing.speed_error_mps is not None:
            self.speeds(line, crossing.road_user, crossing.direction).add(crossing.speed_mps, crossing.speed_error_mps)
        for user, headway_s in ((None, crossing.headway_s), (crossing.road_user, crossing.class_headway_s)):
            if headway_s is not None:
                self._headways.setdefault((line, user, crossing.direction), Samples()).add(headway_s)
                self._with_headways.add(line)

    def movement(self, count: MovementCount) -> None:
        """Adds a movement."""
        self.movements[self._movement_number[count.movement], count.road_user] += 1

    def encounter(self, encounter: Encounter) -> None:
        """Adds an encounter, by its classes, and by its movements where those are distinguished."""
        names = (pair_name(encounter.road_users), pair_name(encounter.road_users, encounter.movements))
        for number in [self._pair_number[name] for name in names if name in self._pair_number]:
            self.encounters[number] += (1, encounter.near_miss)

    def entry(self, entry: ZoneEntry) -> None:
        """Adds an entry over a zone's edge."""
        self.entries[self._zone_number[entry.zone], entry.road_user] += 1

    def visit(self, visit: ZoneVisit) -> None:
        """Adds an ended visit; its entry was added when it was made."""
        zone = self._zone_number[visit.zone]
        self.exits[zone, visit.road_user] += visit.left
        self.dwells(zone, visit.road_user).add(visit.dwell_s)

    def occupancy(self, inside: "Inside", watched_s: float, *, new_frame: bool) -> None:
        """Adds how many were in each zone during a stretch of time.

        Args:
            inside: who was in the zones.
            watched_s: how long that stretch was.
            new_frame: the stretch ends with a frame of its own, within this tally's time.
        """
        counts = inside.counts
        self.occupied_s += counts * watched_s
        self.saturated_s += inside.saturated * watched_s
        self.watched_s += watched_s
        if new_frame:
            self.frames += 1
            self.max_inside = np.maximum(self.max_inside, counts)
            self.max_together = np.maximum(self.max_together, counts.sum(axis=1))

    def speeds(self, line: int, road_user: RoadUser, direction: Direction) -> SpeedSamples:
        """Returns the speeds of one series, to be read or added to."""
        return self._speeds.setdefault((line, road_user, direction), SpeedSamples())

    def dwells(self, zone: int, road_user: RoadUser) -> Samples:
        """Returns the visits' lengths in seconds of one series, to be read or added to."""
        return self._dwells.setdefault((zone, road_user), Samples())

    @property
    def empty(self) -> bool:
        """Whether no crossing, movement, entry, visit or encounter was added."""
        events = (self.flow, self.movements, self.entries, self.exits, self.encounters)
        return not any(column.any() for column in events) and not any(one.count for one in self._dwells.values())

    def absorb(self, other: "Tally") -> None:
        """Adds another tally's crossings, movements, entries, visits and encounters; not its time."""
        self.flow += other.flow
        if self.crossings is not None:
            self.crossings += other.crossings or ()
        self.movements += other.movements
        self.entries += other.entries
        self.exits += other.exits
        self.encounters += other.encounters
        for one_way, speeds in other._speeds.items():
            self._speeds.setdefault(one_way, SpeedSamples()).absorb(speeds)
        for visits, dwells in other._dwells.items():
            self._dwells.setdefault(visits, Samples()).absorb(dwells)
        for between, headways in other._headways.items():
            self._headways.setdefault(between, Samples()).absorb(headways)
            self._with_headways.add(between[0])

    def observations(
        self, start_ns: int, length_s: int, coverage: float, unexplained: float = 0.0
    ) -> tuple[Observation, ...]:
        """Returns one observation for every series, quantity, class and direction, zeros included; headways where any.

        Args:
            start_ns: UTC nanoseconds at which the interval starts.
            length_s: its length.
            coverage: 0-1, how much of it was watched; at 0 every value is None.
            unexplained: 0-1, see `Observation`.
        """
        stated = _Interval(self.series.camera_id, start_ns, length_s, coverage, unexplained)
        at_places = (*self._line_rows(stated), *self._movement_rows(stated), *self._zone_rows(stated))
        return (*at_places, *self._pair_rows(stated))

    def _line_rows(self, stated: "_Interval") -> Iterator[Observation]:
        for number, line in enumerate(self.series.lines):
            for user in sorted(line.road_users):
                for direction in _DIRECTIONS:
                    flow = int(self.flow[number, user, _DIRECTIONS.index(direction)])
                    yield stated.row(line.name, Quantity.FLOW, user, flow, flow, direction)
                    if self.series.calibrated:
                        yield from self._speed_rows(stated, number, user, direction)
            yield from self._headway_rows(stated, number)

    def _headway_rows(self, stated: "_Interval", number: int) -> Iterator[Observation]:
        # No row for none: how much was watched is in the rows of the crossings.
        if number not in self._with_headways:
            return
        users = (*sorted(self.series.lines[number].road_users), None)
        for user, direction in product(users, _DIRECTIONS):
            found = self._headways.get((number, user, direction))
            if found is not None and stated.coverage > 0:
                name = self.series.lines[number].name
                row = stated.row(name, Quantity.HEADWAY_MEAN, user, found.mean(), found.count, direction)
                yield replace(row, histogram=found.histogram())

    def _speed_rows(
        self, stated: "_Interval", number: int, user: RoadUser, direction: Direction
    ) -> Iterator[Observation]:
        speeds = self.speeds(number, user, direction)
        # The calibration's part of the error does not average out, so a mean is not surer than one typical speed.
        error = speeds.error_mps.percentile(0.5)
        name, count = self.series.lines[number].name, speeds.mps.count
        mean = stated.row(name, Quantity.SPEED_MEAN, user, speeds.mps.mean(), count, direction, error)
        yield replace(mean, histogram=speeds.mps.histogram() if stated.coverage > 0 else None)
        yield stated.row(name, Quantity.SPEED_P85, user, speeds.mps.percentile(0.85), count, direction, error)

    def _movement_rows(self, stated: "_Interval") -> Iterator[Observation]:
        for number, movement in enumerate(self.series.movements):
            for user in sorted(self.series.movement_users(movement)):
                count = int(self.movements[number, user])
                yield stated.row(movement.name, Quantity.MOVEMENT, user, count, count)

    def _zone_rows(self, stated: "_Interval") -> Iterator[Observation]:
        for number, zone in enumerate(self.series.zones):
            for user in sorted(zone.road_users):
                dwells = self.dwells(number, user)
                entries, exits = int(self.entries[number, user]), int(self.exits[number, user])
                yield stated.row(zone.name, Quantity.ENTRIES, user, entries, entries)
                yield stated.row(zone.name, Quantity.EXITS, user, exits, exits)
                median = stated.row(zone.name, Quantity.DWELL_P50, user, dwells.percentile(0.5), dwells.count)
                yield replace(median, histogram=dwells.histogram() if stated.coverage > 0 else None)
                yield stated.row(zone.name, Quantity.DWELL_P85, user, dwells.percentile(0.85), dwells.count)
                mean, highest = self.mean_occupancy(number, user), int(self.max_inside[number, user])
                yield stated.row(zone.name, Quantity.OCCUPANCY_MEAN, user, mean, self.frames)
                yield stated.row(zone.name, Quantity.OCCUPANCY_MAX, user, highest, self.frames)
            together = int(self.max_together[number])
            yield stated.row(zone.name, Quantity.OCCUPANCY_MEAN, None, self.mean_occupancy(number, None), self.frames)
            yield stated.row(zone.name, Quantity.OCCUPANCY_MAX, None, together, self.frames)
            area_m2, walker = self.series.areas_m2[number], RoadUser.PEDESTRIAN
            if walker in zone.road_users:
                yield stated.row(zone.name, Quantity.SATURATED, walker, self.saturated_share(number), self.frames)
            if area_m2 and walker in zone.road_users:
                mean_density = (self.mean_occupancy(number, walker) or 0.0) / area_m2
                max_density = float(self.max_inside[number, walker]) / area_m2
                yield stated.row(zone.name, Quantity.DENSITY_MEAN, walker, mean_density, self.frames)
                yield stated.row(zone.name, Quantity.DENSITY_MAX, walker, max_density, self.frames)

    def _pair_rows(self, stated: "_Interval") -> Iterator[Observation]:
        for name, (encounters, near_misses) in zip(self.pairs, self.encounters.tolist(), strict=True):
            yield stated.row(name, Quantity.ENCOUNTERS, None, encounters, encounters)
            yield stated.row(name, Quantity.NEAR_MISSES, None, near_misses, encounters)

    def saturated_share(self, zone: int) -> float | None:
        """Returns the share of the watched time, 0-1, in which a zone was too full to count; None without any."""
        return float(self.saturated_s[zone]) / self.watched_s if self.watched_s > 0 else None

    def mean_occupancy(self, zone: int, road_user: RoadUser | None) -> float | None:
        """Returns how many (of one class, or all) were in a zone on average over the watched time; None without any."""
        if self.watched_s <= 0:
            return None
        occupied_s = self.occupied_s[zone].sum() if road_user is None else self.occupied_s[zone, road_user]
        return float(occupied_s) / self.watched_s


@dataclass(frozen=True, slots=True)
class _Interval:
    camera: str
    start_ns: int
    length_s: int
    coverage: float
    unexplained: float

    def row(
        self,
        series: str,
        quantity: Quantity,
        road_user: RoadUser | None,
        value: float | None,
        count: int,
        direction: Direction | None = None,
        error: float | None = None,
    ) -> Observation:
        known = self.coverage > 0 and value is not None
        return Observation(
            camera=self.camera,
            series=series,
            quantity=quantity,
            road_user=road_user,
            direction=direction.value if direction else None,
            start_ns=self.start_ns,
            length_s=self.length_s,
            value=float(value) if known and value is not None else None,
            count=count,
            coverage=self.coverage,
            error=error if known else None,
            unexplained=self.unexplained,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Inside:
    """Who was in the zones at one moment.

    Attributes:
        counts: int64 (Z, classes).
        saturated: bool (Z,), the zone was too full to count.
    """

    counts: npt.NDArray[np.int64]
    saturated: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, occupancy: tuple[ZoneOccupancy, ...]) -> "Inside":
        """Returns one moment's occupancy in arrays."""
        counts = np.zeros((len(occupancy), len(RoadUser)), np.int64)
        for number, row in enumerate(occupancy):
            for user, inside in row.counts.items():
                counts[number, user] = inside
        return cls(counts, np.array([row.saturated for row in occupancy], np.bool_))

    @classmethod
    def empty(cls, zones: int) -> "Inside":
        """Returns so many zones with no one in them."""
        return cls(np.zeros((zones, len(RoadUser)), np.int64), np.zeros(zones, np.bool_))
