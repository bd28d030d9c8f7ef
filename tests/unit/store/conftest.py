"""An SQLite store for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from testing.store_keeper import Keeper


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Keeper]:
    """An empty SQLite file."""
    with Keeper(f"sqlite:///{tmp_path / 'passerby.db'}") as one:
        yield one
