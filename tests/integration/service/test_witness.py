"""A witness on another machine: it reaches nothing of the hub but what is public, and notices a rewritten log."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from testing.source_tree import ROOT

ALONE = ("unshare", "--map-root-user", "--net")


def alone() -> bool:
    """Whether this machine lets a program have a network of its own, and cables in it."""
    if any(shutil.which(name) is None for name in ("unshare", "ip", "nsenter")):
        return False
    command = [*ALONE, "ip", "link", "add", "a0", "type", "veth", "peer", "name", "a1"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.asvs("16.4.3")
def test_a_witness_in_another_network_sees_the_log_grow_and_notices_another_history(tmp_path: Path) -> None:
    if not alone():
        pytest.skip("no network namespaces here")
    command = [*ALONE, sys.executable, "-m", "tests.integration.service.witness_network", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=240, check=False)
    looks = [line.partition(" ") for line in done.stdout.splitlines()]
    assert [code for code, _, _ in looks] == ["0", "0", "1"], (done.stdout, done.stderr)
    first, second = (json.loads(text) for _, _, text in looks[:2])
    assert (first["step"], first["size"], first["key_taken_as_served"]) == ("first", 10, True)
    assert (second["step"], second["before"], second["size"]) == ("grown", 10, 300)
    assert "does not begin with the 300 that were signed before" in looks[2][2]
    kept = tmp_path / "witness"
    assert all(b"SECRET" not in file.read_bytes() for file in kept.iterdir())
    assert {"checkpoint", "checkpoint-000000000010", "checkpoint-000000000300", "log.key", "witness.key"} < {
        file.name for file in kept.iterdir()
    }
