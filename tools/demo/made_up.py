"""Some days of made-up history for the demo, so that its charts have a yesterday and a last week."""

import asyncio
import math
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from passerby.domain.observations import Observation, Quantity
from passerby.domain.road_user import RoadUser
from passerby.domain.service import SitePlan
from passerby.store.opening import open_site_store
from passerby.units import MINUTE_S, NS_PER_S

DAYS_BACK = (7, 3, 2, 1)
"""The same day of last week, and the three before today: a minute's row each, so more days would be waited for."""

HOURS = range(6, 22)
"""It is made up for the hours in which somebody comes; the others are not watched, as a gap shows."""

PER_MINUTE = {RoadUser.PEDESTRIAN: 3.0, RoadUser.BICYCLE: 0.5}
_ROWS_AT_ONCE = 40_000


def begin_made_up(plan: SitePlan, today: date, store: Path) -> int:
    """Writes the days before today into a new store, and returns how many rows.

    Args:
        plan: the site.
        today: its first day that is not made up.
        store: the SQLite file, in a folder that exists.
    """
    return asyncio.run(_stored(plan, today, f"sqlite:///{store}"))


async def _stored(plan: SitePlan, today: date, url: str) -> int:
    rows = list(made_up(plan, today))
    async with open_site_store(url, plan) as store:
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            await store.store_observations(rows[start : start + _ROWS_AT_ONCE])
    return len(rows)


def made_up(plan: SitePlan, today: date) -> Iterator[Observation]:
    """Yields the minutes of every line and way, the same ones for the same day; a rush at eight, noon and five."""
    zone = ZoneInfo(plan.time_zone)
    for back in DAYS_BACK:
        day = today - timedelta(days=back)
        chance = random.Random(day.isoformat())
        midnight_s = int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())
        weekend = 0.55 if day.weekday() >= 5 else 1.0
        for minute in range(HOURS.start * 60, HOURS.stop * 60):
            rush = weekend * _rush(minute / 60)
            for camera in plan.cameras:
                for number, line in enumerate(camera.layout.lines):
                    for user in _users(line.road_users, number):
                        for way in ("forward", "backward"):
                            mean = PER_MINUTE[user] * rush / (1 + number)
                            value = _poisson(chance, mean)
                            yield Observation(
                                camera.name, line.name, Quantity.FLOW, user, way,
                                (midnight_s + minute * MINUTE_S) * NS_PER_S, MINUTE_S, float(value), value, 1.0,
                            )  # fmt: skip


def _users(counted: frozenset[RoadUser], number: int) -> list[RoadUser]:
    """Bicycles come over a camera's first line alone: half of the rows, and a class that is not everywhere."""
    wanted = PER_MINUTE.keys() if number == 0 else {RoadUser.PEDESTRIAN}
    return sorted(counted & wanted)


def _rush(hour: float) -> float:
    peaks = ((8.2, 1.0, 1.0), (12.7, 1.6, 0.7), (17.3, 1.5, 1.2))
    return 0.1 + sum(height * math.exp(-(((hour - at) / width) ** 2)) for at, width, height in peaks)


def _poisson(chance: random.Random, mean: float) -> int:
    """Knuth's way, for small means."""
    limit, count, product = math.exp(-mean), 0, chance.random()
    while product > limit:
        count += 1
        product *= chance.random()
    return count
