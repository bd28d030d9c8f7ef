"""The totals of one run, as the report holds them."""

from collections.abc import Mapping
from dataclasses import dataclass

from passerby.domain.events import Direction, LineCrossing
from passerby.domain.histograms import Histogram, merged
from passerby.domain.observations import Observation
from passerby.domain.report import EncounterTotal, FlowMap, LineTotal, MovementTotal, ZoneTotal
from passerby.domain.road_user import RoadUser
from passerby.measure.tally import Samples, Tally


@dataclass(frozen=True, slots=True)
class FiledCrossing:
    """A crossing with the interval that it is counted in.

    Attributes:
        interval_ns: UTC nanoseconds at which the interval begins.
        crossing: the crossing.
    """

    interval_ns: int
    crossing: LineCrossing


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """Everything that one run measured.

    Attributes:
        lines, movements, zones: totals in the order of the site file.
        observations: the same in intervals, sorted.
        encounters: totals of near misses.
        flow_map: where road users went.
        watched_s: seconds really watched.
        crossings: the crossings that `observations` count, one by one; empty where they are not listed.
    """

    lines: tuple[LineTotal, ...]
    movements: tuple[MovementTotal, ...]
    zones: tuple[ZoneTotal, ...]
    observations: tuple[Observation, ...]
    encounters: tuple[EncounterTotal, ...]
    flow_map: FlowMap
    watched_s: float
    crossings: tuple[FiledCrossing, ...] = ()


def line_totals(tally: Tally) -> tuple[LineTotal, ...]:
    """A total for each line."""
    totals: list[LineTotal] = []
    for number, line in enumerate(tally.series.lines):
        counts = {
            user: {direction: int(tally.flow[number, user, place]) for place, direction in enumerate(Direction)}
            for user in sorted(line.road_users)
        }
        speeds: dict[RoadUser, Samples] = {user: Samples() for user in counts}
        errors: dict[RoadUser, Samples] = {user: Samples() for user in counts}
        histograms: dict[RoadUser, Histogram | None] = dict.fromkeys(counts)
        for user in counts:
            for direction in Direction:
                both = tally.speeds(number, user, direction)
                speeds[user].absorb(both.mps)
                errors[user].absorb(both.error_mps)
                histograms[user] = merged(histograms[user], both.mps.histogram())
        totals.append(
            LineTotal(
                line,
                counts,
                speeds_mps={user: each for user, each in histograms.items() if each is not None},
                speed_error_mps=_percentiles(errors, 0.5),
                speed_mean_mps={user: mean for user, each in speeds.items() if (mean := each.mean()) is not None},
            )
        )
    return tuple(totals)


def movement_totals(tally: Tally) -> tuple[MovementTotal, ...]:
    """A total for each movement."""
    return tuple(
        MovementTotal(
            movement,
            {user: int(tally.movements[number, user]) for user in sorted(tally.series.movement_users(movement))},
        )
        for number, movement in enumerate(tally.series.movements)
    )


def encounter_totals(tally: Tally) -> tuple[EncounterTotal, ...]:
    """A total for each pair."""
    counts = zip(tally.pairs, tally.encounters.tolist(), strict=True)
    return tuple(EncounterTotal(pair, encounters, near) for pair, (encounters, near) in counts)


def zone_totals(tally: Tally) -> tuple[ZoneTotal, ...]:
    """A total for each zone."""
    totals: list[ZoneTotal] = []
    for number, zone in enumerate(tally.series.zones):
        users = sorted(zone.road_users)
        dwells = {user: tally.dwells(number, user) for user in users}
        area_m2, walker = tally.series.areas_m2[number], RoadUser.PEDESTRIAN
        dense = area_m2 if walker in users else None
        totals.append(
            ZoneTotal(
                zone=zone,
                area_m2=area_m2,
                occupancy_mean={user: tally.mean_occupancy(number, user) or 0.0 for user in users},
                occupancy_max={user: int(tally.max_inside[number, user]) for user in users},
                entries={user: int(tally.entries[number, user]) for user in users},
                exits={user: int(tally.exits[number, user]) for user in users},
                dwell_p50_s=_percentiles(dwells, 0.5),
                dwell_p85_s=_percentiles(dwells, 0.85),
                density_mean_per_m2=(tally.mean_occupancy(number, walker) or 0.0) / dense if dense else None,
                density_max_per_m2=float(tally.max_inside[number, walker]) / dense if dense else None,
                saturated=tally.saturated_share(number) or 0.0,
            )
        )
    return tuple(totals)


def _percentiles(samples: Mapping[RoadUser, Samples], share: float) -> dict[RoadUser, float]:
    found = {user: values.percentile(share) for user, values in samples.items()}
    return {user: value for user, value in found.items() if value is not None}
