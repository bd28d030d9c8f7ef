"""A year of made-up numbers of one camera, straight into a store: days, weekends, half watched times and an outage."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from passerby.domain.intervals import COMBINATIONS, Combination, Intervals
from passerby.domain.observations import Quantity
from passerby.domain.queries import Bin
from passerby.domain.road_user import RoadUser
from passerby.ports import Store
from passerby.store.opening import backend_of
from passerby.store.schema import ALL_USERS, NO_DIRECTION, roll_up_due, roll_ups, series_keys
from passerby.units import DAY_S, QUARTER_S

OUTAGE_DAYS_AGO = (21, 24)
"""The camera was away from the first to the second of these days before the end, exclusive of the last."""

_ROWS_AT_ONCE = 20_000
_WAYS = ("forward", "backward")


@dataclass(frozen=True, slots=True)
class MadeSeries:
    """A series, and how many it has in its busiest quarter-hour, or its highest mean."""

    name: str
    quantity: Quantity
    road_user: RoadUser | None
    direction: str | None
    busiest: float


def line_series(
    name: str, users: Sequence[RoadUser] = (RoadUser.PEDESTRIAN, RoadUser.BICYCLE, RoadUser.CAR)
) -> list[MadeSeries]:
    """The crossings of a line both ways, and the speed of cars over it."""
    flows = [MadeSeries(name, Quantity.FLOW, user, way, 60.0 / (1 + int(user))) for user in users for way in _WAYS]
    return [*flows, *(MadeSeries(name, Quantity.SPEED_MEAN, RoadUser.CAR, way, 9.0) for way in _WAYS)]


def zone_series(name: str) -> list[MadeSeries]:
    """Who is present in a zone and how long."""
    return [
        MadeSeries(name, Quantity.OCCUPANCY_MEAN, None, None, 18.0),
        MadeSeries(name, Quantity.OCCUPANCY_MAX, None, None, 40.0),
        MadeSeries(name, Quantity.DWELL_P50, RoadUser.PEDESTRIAN, None, 95.0),
    ]


def movement_series(name: str, busiest: float) -> list[MadeSeries]:
    """A movement of cars."""
    return [MadeSeries(name, Quantity.MOVEMENT, RoadUser.CAR, None, busiest)]


async def fill_year(
    store: Store,
    url: str,
    series: Sequence[MadeSeries],
    end_s: int,
    *,
    camera: str = "square",
    days: int = 366,
    zone: str = "Europe/Berlin",
    roll_up: bool = True,
) -> int:
    """Stores quarter-hours up to a time and rolls them up to hours and days; returns how many there are.

    Args:
        store: open on `url`, without these series; its clock stands past `end_s`.
        url: the database.
        series: what is measured.
        end_s: UTC seconds, a whole quarter-hour.
        camera: of which camera.
        days: how many before the end.
        zone: whose days and nights they are.
        roll_up: make the hours and days, too; a year's take a minute.
    """
    starts_s = np.arange(end_s - days * DAY_S, end_s, QUARTER_S)
    day_part, weekend = _clock(starts_s, zone)
    coverage = _coverage(starts_s, end_s, day_part)
    watched = np.flatnonzero(coverage > 0)
    rows = 0
    backend = backend_of(url)
    try:
        table = roll_ups[Bin.QUARTER]
        await backend.make_room(table, starts_s[:: DAY_S // QUARTER_S].tolist())
        for number, one in enumerate(series):
            async with backend.writing() as connection:
                await backend.put(connection, series_keys, [_key(camera, one)])
                found = sa.select(series_keys.c.key_id).where(
                    *(series_keys.c[name] == value for name, value in _key(camera, one).items())
                )
                key_id = (await connection.execute(found)).scalar_one()
                values = _values(one, day_part, weekend, coverage, np.random.default_rng(number))
                made = list(_rows(one, key_id, starts_s, values, coverage, watched))
                for first in range(0, len(made), _ROWS_AT_ONCE):
                    await backend.put(connection, table, made[first : first + _ROWS_AT_ONCE])
                rows += len(made)
        if roll_up:
            async with backend.writing() as connection:
                await backend.put(connection, roll_up_due, list(_due(camera, starts_s, zone)))
    finally:
        await backend.close()
    await store.roll_up()
    return rows


def _due(camera: str, starts_s: npt.NDArray[np.int64], zone: str) -> Iterator[dict[str, object]]:
    intervals = Intervals(ZoneInfo(zone))
    for length in (Bin.HOUR, Bin.DAY):
        for start_s in sorted({intervals.around(length, int(each)).start_s for each in starts_s}):
            yield {"length_s": int(length), "start_s": start_s, "camera": camera}


def _clock(starts_s: npt.NDArray[np.int64], zone: str) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Returns how busy each quarter-hour is by the time of day, 0 to 1, and whether it is at a weekend."""
    local = [datetime.fromtimestamp(start_s, UTC).astimezone(ZoneInfo(zone)) for start_s in starts_s.tolist()]
    hour = np.array([each.hour + each.minute / 60 for each in local])
    weekend = np.array([each.weekday() >= 5 for each in local])
    morning, evening = np.exp(-(((hour - 8) / 1.3) ** 2)), np.exp(-(((hour - 17.2) / 1.9) ** 2))
    noon = np.exp(-(((hour - 13) / 4.0) ** 2))
    busy = np.where(weekend, 0.75 * noon, 0.8 * morning + evening + 0.35 * noon)
    return np.clip(busy + 0.02, 0, 1), weekend


def _coverage(
    starts_s: npt.NDArray[np.int64], end_s: int, day_part: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Returns the watched shares: an outage of days, now and then a quarter-hour half watched."""
    days_ago = (end_s - starts_s) / DAY_S
    coverage = np.where((starts_s // QUARTER_S) % 211 == 0, 0.5, 1.0)
    return np.where((days_ago < OUTAGE_DAYS_AGO[1]) & (days_ago >= OUTAGE_DAYS_AGO[0]), 0.0, coverage + 0 * day_part)


def _key(camera: str, one: MadeSeries) -> dict[str, object]:
    return {
        "camera": camera,
        "series": one.name,
        "quantity": one.quantity.value,
        "road_user": ALL_USERS if one.road_user is None else int(one.road_user),
        "direction": one.direction or NO_DIRECTION,
        "fold": int(COMBINATIONS[one.quantity]),
    }


def _values(
    one: MadeSeries,
    day_part: npt.NDArray[np.float64],
    weekend: npt.NDArray[np.bool_],
    coverage: npt.NDArray[np.float64],
    chance: np.random.Generator,
) -> npt.NDArray[np.float64]:
    busy = one.busiest * day_part * np.where(weekend, 0.7, 1.0)
    if COMBINATIONS[one.quantity] is Combination.SUM:
        return chance.poisson(busy * coverage).astype(np.float64)
    if one.quantity is Quantity.SPEED_MEAN:
        return one.busiest * (1.25 - 0.45 * day_part) + chance.normal(0, 0.15, len(day_part))
    return np.round(busy * chance.uniform(0.8, 1.2, len(day_part)), 2)


def _rows(
    one: MadeSeries,
    key_id: int,
    starts_s: npt.NDArray[np.int64],
    values: npt.NDArray[np.float64],
    coverage: npt.NDArray[np.float64],
    watched: npt.NDArray[np.intp],
) -> Iterator[dict[str, object]]:
    means = COMBINATIONS[one.quantity] is Combination.MEAN_OVER_TIME
    for at in watched.tolist():
        value, watched_s = float(values[at]), float(coverage[at]) * QUARTER_S
        weight = watched_s if means else max(1.0, value)
        error = 0.3 if one.quantity is Quantity.SPEED_MEAN else None
        yield {
            "key_id": key_id,
            "start_s": int(starts_s[at]),
            "value": value,
            "weight": weight,
            "error": error,
            "error_weight": 0.0 if error is None else weight,
            "count": int(value),
            "watched_s": watched_s,
            "reliable": 1,
        }
