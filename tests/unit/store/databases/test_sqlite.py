"""What an SQLite database says of a statement that failed."""

import asyncio
import gc
from pathlib import Path

import pytest
import sqlalchemy as sa

from passerby.store.databases.sqlite import SqliteBackend, _engine


def test_a_failed_statement_is_reported_without_its_values(tmp_path: Path) -> None:
    async def fail() -> None:
        engine = _engine(tmp_path / "some.db", connections=1, begin="BEGIN", read_only=False)
        try:
            async with engine.connect() as connection:
                await connection.execute(sa.text("SELECT * FROM missing WHERE name = :name"), {"name": "Canary"})
        finally:
            await engine.dispose()

    with pytest.raises(sa.exc.OperationalError, match="no such table") as caught:
        asyncio.run(fail())
    assert "Canary" not in str(caught.value)


def test_closing_ends_all_connections_also_where_it_is_cancelled_in_between(tmp_path: Path) -> None:
    """What the driver finds unclosed it warns of, which pytest makes an error."""

    async def opened() -> SqliteBackend:
        backend = SqliteBackend(sa.make_url(f"sqlite:///{tmp_path / 'some.db'}"))
        async with backend.writing(), backend.reading(), backend.reading():
            pass
        return backend

    async def close(steps: int) -> bool:
        backend = await opened()
        closing = asyncio.create_task(backend.close())
        for _ in range(steps):
            await asyncio.sleep(0)
        closing.cancel()
        (result,) = await asyncio.gather(closing, return_exceptions=True)
        del backend, closing
        gc.collect()
        return result is None

    assert not asyncio.run(close(1))
    for steps in range(2, 200, 6):
        if asyncio.run(close(steps)):
            break
