"""What the tests of commands on recordings share."""

from pathlib import Path

import pytest

from testing.films import film


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds in which no one comes."""
    folder = tmp_path_factory.mktemp("cli")
    return film(folder / "street.mp4", size_px=(160, 128), times_s=[number / 10 for number in range(20)])
