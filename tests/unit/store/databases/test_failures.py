"""What a database says reaches the user, and its password does not."""

import pytest
import sqlalchemy as sa

from passerby.ports import StoreError, StoreUnavailableError
from passerby.store.databases.failures import Failures

URL = sa.make_url("postgresql://me:S3cret@db.example/passerby?passfile=/srv/S3cret2")


def reported(error: Exception) -> StoreError:
    with pytest.raises(StoreError) as raised, Failures(URL).reported_now("storing"):
        raise error
    return raised.value


@pytest.mark.parametrize(
    "error",
    [
        OSError("cannot connect with S3cret"),
        sa.exc.ArgumentError("postgresql://me:S3cret@db.example S3cret2"),
        sa.exc.OperationalError("SELECT 1", {}, Exception("bad S3cret")),
        TimeoutError(),
    ],
)
def test_no_secret_is_reported(error):
    failure = reported(error)
    assert "S3cret" not in str(failure)
    assert failure.__suppress_context__
    assert "postgresql://db.example/passerby: storing failed" in str(failure)


@pytest.mark.parametrize(
    "said",
    [
        "database is locked",
        "the database system is shutting down",
        "cannot switch to state 11; another operation (2) is in progress",
    ],
)
def test_what_may_pass_is_distinguished(said):
    assert isinstance(reported(sa.exc.OperationalError("x", {}, Exception(said))), StoreUnavailableError)
    assert not isinstance(reported(sa.exc.OperationalError("x", {}, Exception("no such table"))), StoreUnavailableError)


def test_our_own_mistakes_are_not_hidden():
    with pytest.raises(KeyError), Failures(URL).reported_now("storing"):
        raise KeyError("mistake")


def test_a_failed_reading_does_not_speak_of_storing():
    for doing, said in (("reading events", False), ("storing events", True)):
        with pytest.raises(StoreUnavailableError) as raised, Failures(URL).reported_now(doing):
            raise sa.exc.OperationalError("x", {}, Exception("database is locked"))
        assert ("Nothing was stored" in str(raised.value)) is said
        assert str(raised.value).endswith("try again") or str(raised.value).endswith("Try again")
