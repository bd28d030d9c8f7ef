"""Opens stores for a test, runs what they answer with, and closes them."""

import asyncio
import importlib
import math
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar
from zoneinfo import ZoneInfo

import asyncpg
import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from passerby.domain.observations import Observation, Quantity
from passerby.domain.retention import Retention
from passerby.domain.road_user import RoadUser
from passerby.ports import Store, StoreError
from passerby.store import open_store
from passerby.store.opening import backend_of
from testing.waiting import Clock

Answer = TypeVar("Answer")

NS_PER_S = 1_000_000_000
MONDAY_S = 1_790_553_600
"""2026-09-28 00:00 UTC."""


class Keeper:
    """One database, and the stores opened on it.

    Args:
        url: an empty database.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.clock = Clock()
        self._runner = asyncio.Runner()
        self.stores: list[Store] = []

    def run(self, asked: Coroutine[Any, Any, Answer]) -> Answer:
        return self._runner.run(asked)

    def open(self, *, zone: str = "UTC", retention: Retention | None = None) -> Store:
        store = self.run(open_store(self.url, zone=ZoneInfo(zone), retention=retention, clock=self.clock))
        self.stores.append(store)
        return store

    def execute(self, *statements: str) -> list[tuple[Any, ...]]:
        """Runs SQL behind the store's back; returns what the last statement found."""
        if self.url.startswith("sqlite"):
            engine = sa.create_engine(self.url)
            try:
                with engine.begin() as connection:
                    for statement in statements:
                        found = connection.exec_driver_sql(statement)
                    return [tuple(row) for row in found] if found.returns_rows else []
            finally:
                engine.dispose()
        return self.run(self._execute(statements))

    async def _execute(self, statements: tuple[str, ...]) -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(**asyncpg_place(self.url))
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            if statements[-1].lstrip().upper().startswith("SELECT"):
                return [tuple(row) for row in await connection.fetch(statements[-1])]
            await connection.execute(statements[-1])
            return []
        finally:
            await connection.close()

    def migrate_again(self, name: str) -> None:
        """Runs one migration on the newest tables, for what a test has put there as the version before left it."""
        self.run(self._migrate(importlib.import_module(f"passerby.store.migrations.versions.{name}").upgrade))

    async def _migrate(self, upgrade: Callable[[], None]) -> None:
        def within(connection: sa.Connection) -> None:
            with Operations.context(MigrationContext.configure(connection)):
                upgrade()

        backend = backend_of(self.url)
        try:
            async with backend.writing() as connection:
                await connection.run_sync(within)
        finally:
            await backend.close()

    def leap(self, store: Store, days: int) -> None:
        """Sets the clock ahead by more than it is believed at once, with the run that would not believe it."""
        self.clock.now_s += (days - 1) * 86_400
        try:
            self.run(store.enforce_retention())
        except StoreError:
            self.clock.now_s += 86_400
            return
        raise AssertionError("the clock was believed at once")

    def close(self) -> None:
        for store in self.stores:
            self.run(store.close())
        self.stores.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        self._runner.close()


def asyncpg_place(url: str) -> dict[str, Any]:
    parsed = sa.make_url(url)
    return {
        "host": parsed.query["host"],
        "user": parsed.username,
        "password": parsed.password,
        "database": parsed.database,
    }


def minute(number: int, value: float | None = 1.0, **changes: Any) -> Observation:
    """A minute's flow over one line; `number` counts minutes from `MONDAY_S`."""
    fields: dict[str, Any] = {
        "camera": "square-north",
        "series": "gate",
        "quantity": Quantity.FLOW,
        "road_user": RoadUser.PEDESTRIAN,
        "direction": "forward",
        "start_ns": (MONDAY_S + 60 * number) * NS_PER_S,
        "length_s": 60,
        "value": value,
        "count": int(value) if value is not None and math.isfinite(value) else 0,
        "coverage": 1.0,
        "error": None,
        "reliable": True,
    }
    return Observation(**{**fields, **changes})
