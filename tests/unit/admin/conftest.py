"""A site with a store that holds one health report."""

import time
from pathlib import Path

import pytest

from tests.unit.admin.stored_site import TEXT, keep


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site file whose store holds one health report of now."""
    path = tmp_path / "site.yaml"
    path.write_text(TEXT)
    (tmp_path / "kept").mkdir()
    keep(tmp_path / "kept", time.time_ns())
    return path
