"""Fills a store with a month of minutes quickly: straight into its tables, and with the same rows as by its door."""

import random
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import asyncpg
import sqlalchemy as sa

from benchmarks.store.rows import SERIES, camera_name, observations, start_s, table_rows
from passerby.ports import Store
from passerby.store.opening import backend_of
from passerby.store.schema import ALL_USERS, NO_DIRECTION, minutes
from testing.store_keeper import asyncpg_place

DAY = 1440
QUARTER = 15
CHECKED = 40
"""Minutes that are stored again by the door: each row must already be there, exactly so."""

_MINUTES = ("start_s", "key_id", "value", "error", "count", "coverage")
_DUE = ("length_s", "start_s", "camera")
_KEYS = "SELECT key_id, camera, series, quantity, road_user, direction FROM series_keys"


async def fill(store: Store, url: str, cameras: int, days: int, done: Callable[[], None]) -> int:
    """Stores the minutes of some days, from the first one on; returns how many rows there are.

    Args:
        store: open on `url`, and empty.
        url: the database.
        cameras: how many.
        days: how many.
        done: called after each day.

    Raises:
        RuntimeError: what was stored is not what the store's own door would have stored.
    """
    await store.store_observations(observations(range(cameras), 0))
    backend = backend_of(url)
    await backend.make_room(minutes, [start_s(day * DAY) for day in range(days + 1)])
    await backend.close()
    numbers = _numbers(await _read(url, _KEYS), cameras)
    for day in range(days):
        await _write(url, "observations_60", _MINUTES, _day(numbers, day))
        await _write(url, "roll_up_due", _DUE, _due(cameras, day))
        done()
    await _check(store, cameras, days)
    return days * DAY * len(numbers)


def _day(numbers: dict[tuple[int, int], int], day: int) -> Iterator[tuple[Any, ...]]:
    # The very first minute came by the door.
    for minute in range(max(1, day * DAY), (day + 1) * DAY):
        yield from table_rows(numbers, minute)


def _due(cameras: int, day: int) -> Iterator[tuple[Any, ...]]:
    for minute in range(max(QUARTER, day * DAY), (day + 1) * DAY, QUARTER):
        for camera in range(cameras):
            yield (900, start_s(minute), camera_name(camera))


def _numbers(rows: list[tuple[Any, ...]], cameras: int) -> dict[tuple[int, int], int]:
    known = {tuple(row[1:]): row[0] for row in rows}
    return {
        (camera, place): known[
            camera_name(camera), name, quantity.value, ALL_USERS if user is None else int(user), way or NO_DIRECTION
        ]
        for camera in range(cameras)
        for place, (name, quantity, user, way) in enumerate(SERIES)
    }


async def _check(store: Store, cameras: int, days: int) -> None:
    chosen = random.Random(4).sample(range(days * DAY), CHECKED)
    for minute in chosen:
        rows = observations(range(cameras), minute)
        receipt = await store.store_observations(rows)
        if receipt.repeated != len(rows):
            raise RuntimeError(f"minute {minute}: {receipt.repeated} of {len(rows)} rows are as the store stores them")


async def _read(url: str, query: str) -> list[tuple[Any, ...]]:
    if url.startswith("sqlite"):
        connection = sqlite3.connect(str(sa.make_url(url).database))
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()
    postgresql = await asyncpg.connect(**asyncpg_place(url))
    try:
        return [tuple(row) for row in await postgresql.fetch(query)]
    finally:
        await postgresql.close()


async def _write(url: str, table: str, columns: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> None:
    if url.startswith("sqlite"):
        connection = sqlite3.connect(str(sa.make_url(url).database))
        try:
            with connection:
                holes = ", ".join("?" for _ in columns)
                connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({holes})", rows)
        finally:
            connection.close()
        return
    postgresql = await asyncpg.connect(**asyncpg_place(url))
    try:
        await postgresql.copy_records_to_table(table, records=rows, columns=columns)
    finally:
        await postgresql.close()
