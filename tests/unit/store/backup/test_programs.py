"""Where PostgreSQL's programs are found."""

from pathlib import Path

import pytest

from passerby.ports import StoreError
from passerby.store.backup import programs
from passerby.store.backup.programs import path_of


def debian_with(folder: Path, *versions: str) -> Path:
    for version in versions:
        (folder / version / "bin").mkdir(parents=True)
        (folder / version / "bin" / "pg_dump").touch()
    return folder


def test_the_newest_of_debian_s_versions_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    monkeypatch.setattr(programs, "_DEBIAN", debian_with(tmp_path, "9", "15", "16", "unstable"))
    assert path_of("pg_dump") == str(tmp_path / "16" / "bin" / "pg_dump")
    with pytest.raises(StoreError, match="postgresql-client-15"):
        path_of("pg_restore")


def test_what_is_on_the_path_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/opt/{name}")
    monkeypatch.setattr(programs, "_DEBIAN", debian_with(tmp_path, "15"))
    assert path_of("pg_dump") == "/opt/pg_dump"
