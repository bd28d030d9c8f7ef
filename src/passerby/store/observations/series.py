"""The numbers of series in the long tables, and how values of each quantity are aggregated to longer intervals."""

from collections.abc import Iterable, Set
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.domain.intervals import COMBINATIONS
from passerby.domain.observations import Observation, Quantity
from passerby.domain.road_user import RoadUser
from passerby.store.databases.backend import Backend
from passerby.store.schema import ALL_USERS, NO_DIRECTION, series_keys
from passerby.text import in_nfc

SeriesName = tuple[str, str, Quantity, RoadUser | None, str | None]
"""Camera, series, quantity, class and direction, as an observation has them."""


class SeriesKey(NamedTuple):
    """The series of a number, as the table stores it."""

    camera: str
    series: str
    quantity: str
    road_user: int
    direction: str


def key_of(observation: Observation) -> SeriesKey:
    """Returns the series of an observation; an older version's journal may still hold decomposed names (NFD)."""
    return SeriesKey(
        in_nfc(observation.camera),
        in_nfc(observation.series),
        observation.quantity.value,
        ALL_USERS if observation.road_user is None else int(observation.road_user),
        observation.direction or NO_DIRECTION,
    )


class SeriesNumbers:
    """Numbers of series, each read once; there are some 20 a camera.

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
            rows = [{**key._asdict(), "fold": int(COMBINATIONS[Quantity(key.quantity)])} for key in missing]
            await self._backend.put(connection, series_keys, rows)
            found = await self._read(connection, sorted({key.camera for key in missing}))
        self._numbers.update(found)

    def __contains__(self, key: SeriesKey) -> bool:
        """Returns whether a series has been learned."""
        return key in self._numbers

    def number(self, key: SeriesKey) -> int:
        """Returns the number of a series that has been learned."""
        return self._numbers[key]

    async def _read(self, connection: AsyncConnection, cameras: list[str]) -> dict[SeriesKey, int]:
        wanted = sa.select(series_keys).where(self._backend.among(series_keys.c.camera, cameras))
        return {
            SeriesKey(row.camera, row.series, row.quantity, row.road_user, row.direction): row.key_id
            for row in await connection.execute(wanted)
        }


class SeriesNames:
    """Series of numbers, each read once; a number never changes its meaning.

    Args:
        backend: the database.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._names: dict[int, SeriesName] = {}

    async def learn(self, connection: AsyncConnection, numbers: Set[int]) -> None:
        """Reads the names of those numbers that are not known yet."""
        missing = sorted(numbers - self._names.keys())
        if not missing:
            return
        wanted = sa.select(series_keys).where(self._backend.among(series_keys.c.key_id, missing))
        for row in await connection.execute(wanted):
            self._names[row.key_id] = (
                row.camera,
                row.series,
                Quantity(row.quantity),
                None if row.road_user == ALL_USERS else RoadUser(row.road_user),
                row.direction or None,
            )

    def __getitem__(self, number: int) -> SeriesName:
        """Returns the series of a number that has been learned."""
        return self._names[number]
