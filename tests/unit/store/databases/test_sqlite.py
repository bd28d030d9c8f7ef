"""What an SQLite database says of a statement that failed."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from passerby.store.databases.sqlite import _engine


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
