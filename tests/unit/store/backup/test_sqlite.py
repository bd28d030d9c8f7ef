"""An SQLite store's file while it is restored: for one connection alone, and as it was where that fails."""

import io
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from passerby.ports import StoreError
from passerby.store.backup.sqlite import SqliteCopier


def copier(path: Path) -> SqliteCopier:
    return SqliteCopier(sa.make_url(f"sqlite:///{path}"))


def test_a_file_that_was_not_there_is_gone_again_after_a_failure_and_private_while_it_is_there(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with pytest.raises(KeyError), copier(path)._alone() as target:
        target.execute("CREATE TABLE a (b)")
        assert path.stat().st_mode & 0o777 == 0o600
        raise KeyError
    assert not path.exists()


def test_a_file_that_was_there_stays_after_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as before, before:
        before.execute("CREATE TABLE a (b)")
    with pytest.raises(KeyError), copier(path)._alone():
        raise KeyError
    with closing(sqlite3.connect(path)) as after:
        assert after.execute("SELECT name FROM sqlite_master").fetchall() == [("a",)]


def test_a_file_that_another_connection_writes_is_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("passerby.store.backup.sqlite._WAIT_S", 0.01)
    path = tmp_path / "busy.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="in use"), copier(path)._alone():
            pass
    assert path.exists()


def test_the_copy_is_readable_by_its_owner_alone_while_it_is_made(tmp_path: Path) -> None:
    path, scratch = tmp_path / "store.db", tmp_path / "scratch"
    with closing(sqlite3.connect(path)) as before, before:
        before.execute("CREATE TABLE a (b)")
    modes = []

    class Watched(io.BytesIO):
        def write(self, content) -> int:
            modes.append(scratch.stat().st_mode & 0o777)
            return super().write(content)

    copier(path).save(Watched(), scratch)
    assert set(modes) == {0o600}
    assert not scratch.exists()


def test_an_empty_file_is_no_store_and_a_strange_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    assert not copier(path)._is_ours()
    path.touch()
    assert not copier(path)._is_ours()
    path.write_bytes(b"no database, and longer than the head of one " * 20)
    with pytest.raises(StoreError):
        copier(path)._is_ours()
