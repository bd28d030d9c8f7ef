"""`passerby node` on a machine that has joined no site says so, and starts nothing."""

import os
from pathlib import Path

import pytest

from passerby.domain.errors import PasserbyError
from passerby.service.nodes import run


def test_a_machine_that_belongs_to_no_site_is_told_how_to_join(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "forbid_dumps", lambda: None)
    monkeypatch.setattr(os, "umask", lambda _mask: 0)
    monkeypatch.setattr(run, "configure_logs", lambda _name: None)
    with pytest.raises(PasserbyError, match=r"belongs to no site yet\. Join a site first: `passerby fleet join TOKEN`"):
        run.run_node(tmp_path / "node")
    assert not list((tmp_path / "node").iterdir())
