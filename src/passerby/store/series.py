"""The numbers that series have in the long tables, and how values of each quantity are joined to longer intervals."""

from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.domain.observations import Observation, Quantity
from passerby.store.backend import Backend
from passerby.store.schema import ALL_USERS, NO_DIRECTION, series_keys


class Fold(IntEnum):
    """How the values of short intervals become the value of a long one."""

    SUM = 0
    HIGHEST = 1
    MEAN_OVER_TIME = 2
    MEAN_OVER_COUNT = 3


_FOLDS = {
    Quantity.FLOW: Fold.SUM,
    Quantity.MOVEMENT: Fold.SUM,
    Quantity.ENTRIES: Fold.SUM,
    Quantity.EXITS: Fold.SUM,
    Quantity.OCCUPANCY_MAX: Fold.HIGHEST,
    Quantity.DENSITY_MAX: Fold.HIGHEST,
    Quantity.OCCUPANCY_MEAN: Fold.MEAN_OVER_TIME,
    Quantity.DENSITY_MEAN: Fold.MEAN_OVER_TIME,
    Quantity.SPEED_MEAN: Fold.MEAN_OVER_COUNT,
    # Percentiles cannot be had from percentiles; the mean of them, weighted by counts, is an estimate.
    Quantity.SPEED_P85: Fold.MEAN_OVER_COUNT,
    Quantity.DWELL_P50: Fold.MEAN_OVER_COUNT,
    Quantity.DWELL_P85: Fold.MEAN_OVER_COUNT,
}


class SeriesKey(NamedTuple):
    """What a series' number stands for, as the table has it."""

    camera: str
    series: str
    quantity: str
    road_user: int
    direction: str


def key_of(observation: Observation) -> SeriesKey:
    """The series that an observation belongs to."""
    return SeriesKey(
        observation.camera,
        observation.series,
        observation.quantity.value,
        ALL_USERS if observation.road_user is None else int(observation.road_user),
        observation.direction or NO_DIRECTION,
    )


class SeriesNumbers:
    """Knows every series' number once it has been asked for; there are some 20 a camera.

    Args:
        backend: the database.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._numbers: dict[SeriesKey, int] = {}

    async def learn(self, keys: Iterable[SeriesKey]) -> None:
        """Gives new series a number, in a transaction of its own, so that a number known here is in the database."""
        missing = sorted({key for key in keys if key not in self._numbers})
        if not missing:
            return
        async with self._backend.writing() as connection:
            rows = [{**key._asdict(), "fold": int(_FOLDS[Quantity(key.quantity)])} for key in missing]
            await self._backend.put(connection, series_keys, rows)
            found = await self._read(connection, sorted({key.camera for key in missing}))
        self._numbers.update(found)

    def number(self, key: SeriesKey) -> int:
        """The number of a series that has been learned."""
        return self._numbers[key]

    async def _read(self, connection: AsyncConnection, cameras: list[str]) -> dict[SeriesKey, int]:
        wanted = sa.select(series_keys).where(self._backend.among(series_keys.c.camera, cameras))
        return {
            SeriesKey(row.camera, row.series, row.quantity, row.road_user, row.direction): row.key_id
            for row in await connection.execute(wanted)
        }
