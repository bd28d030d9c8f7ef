"""The proof that nothing is stored for longer than its limit, on a real SQLite store."""

import time
from pathlib import Path

import pytest

from passerby.admin.retention import retention_proof
from passerby.domain.errors import PasserbyError
from passerby.units import DAY_S, NS_PER_S
from tests.unit.admin.stored_site import TEXT, keep

DAY_NS = DAY_S * NS_PER_S


def test_nothing_is_made_by_asking_for_the_proof(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(TEXT)
    with pytest.raises(PasserbyError, match="there is no database here yet"):
        retention_proof(site)
    assert [path.name for path in tmp_path.iterdir()] == ["site.yaml"]


def test_retention_is_proved_or_not(site: Path, tmp_path: Path) -> None:
    assert retention_proof(site).kept
    keep(tmp_path / "kept", time.time_ns() - 40 * DAY_NS)
    proof = retention_proof(site)
    assert not proof.kept
    assert [line.kind.value for line in proof.lines if not line.kept] == ["health"]
    assert proof.runs == ()
    site.write_text(TEXT + "retention: {health: 60}\n")
    assert retention_proof(site).kept
