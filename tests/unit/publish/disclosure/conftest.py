"""A made site that publishes, on an SQLite store of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from testing.store_keeper import Keeper
from testing.trial_service.publishing import PublishingSite


@pytest.fixture
def site(tmp_path: Path) -> Iterator[PublishingSite]:
    with Keeper(f"sqlite:///{tmp_path}/passerby.db") as keeper:
        yield PublishingSite(keeper)
