"""A transaction is there whole or not at all."""

import sqlite3

import pytest

from passerby.engine.transactions import transaction


def test_what_was_raised_undoes_all_of_it() -> None:
    database = sqlite3.connect(":memory:", isolation_level=None)
    database.execute("CREATE TABLE some (number INTEGER)")
    with transaction(database):
        database.execute("INSERT INTO some VALUES (1)")
    with pytest.raises(KeyError), transaction(database):
        database.execute("INSERT INTO some VALUES (2)")
        raise KeyError
    assert database.execute("SELECT number FROM some").fetchall() == [(1,)]
    database.close()
