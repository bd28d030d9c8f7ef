"""Where PostgreSQL's programs are found."""

import os
from pathlib import Path

import pytest
import sqlalchemy as sa

from passerby.ports import StoreError
from passerby.store.backup import programs
from passerby.store.backup.programs import Program, path_of
from passerby.store.databases.failures import Failures


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


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("first\nsecond\n", "first"),
        ("a notice\npg_dump: error: no such database\n", "pg_dump: error: no such database"),
        ("psql:1: ERROR:  no such table\n", "no such table"),
        ("", ""),
    ],
)
def test_the_first_message_of_a_program_that_failed_is_passed_on(words: str, message: str) -> None:
    failures = Failures(sa.make_url("postgresql://me:canary-secret@db/counts"))
    with Program(["sh", "-c", f"printf '{words}' >&2; exit 3"], dict(os.environ), failures, answers=False) as program:
        with pytest.raises(StoreError) as raised:
            program.end("the copy")
        assert str(raised.value) == f"{failures.place}: the copy failed: {message}. Nothing was changed"


def test_a_program_that_went_well_ends_in_silence() -> None:
    failures = Failures(sa.make_url("postgresql://db/counts"))
    with Program(["sh", "-c", "echo a warning >&2"], dict(os.environ), failures, answers=False) as program:
        program.end("the copy")
