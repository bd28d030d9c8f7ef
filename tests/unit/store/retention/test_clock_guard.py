"""A clock that has leapt ahead is believed after a day, to the nanosecond."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from passerby.ports import StoreError
from passerby.store.opening import backend_of
from passerby.store.retention.clock_guard import ClockGuard
from passerby.units import DAY_S, NS_PER_S
from testing.store_keeper import MONDAY_S, Keeper

DAY_NS = DAY_S * NS_PER_S
LAST_NS = MONDAY_S * NS_PER_S
LEAP_NS = LAST_NS + 7 * DAY_NS


class Guarded:
    """A clock guard on a store whose newest entry is of `LAST_NS`."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._backend = backend_of(keeper.url)

    def refused(self, now_ns: int) -> str:
        """Returns why no deletion run may begin; an empty text where it may."""
        try:
            self._keeper.run(ClockGuard(self._backend).check(now_ns))
        except StoreError as error:
            return str(error)
        return ""

    def close(self) -> None:
        self._keeper.run(self._backend.close())


@pytest.fixture
def empty(keeper: Keeper) -> Iterator[Guarded]:
    keeper.open()
    guarded = Guarded(keeper)
    yield guarded
    guarded.close()


@pytest.fixture
def guarded(empty: Guarded, tmp_path: Path) -> Guarded:
    run = f"INSERT INTO deletion_runs (kind, time_ns, cutoff_ns, deleted) VALUES ('audit', {LAST_NS}, 0, 0)"
    with closing(sqlite3.connect(tmp_path / "passerby.db")) as connection, connection:
        connection.execute(run)
    return empty


def test_a_new_store_believes_any_clock(empty: Guarded) -> None:
    assert empty.refused(LEAP_NS * 2) == ""


def test_exactly_a_week_is_no_leap(guarded: Guarded) -> None:
    assert guarded.refused(LEAP_NS) == ""
    assert "nothing was deleted" in guarded.refused(LEAP_NS + 1)


def test_a_clock_that_goes_back_is_no_leap(guarded: Guarded) -> None:
    assert guarded.refused(LAST_NS - 100 * DAY_NS) == ""


def test_it_waits_for_exactly_a_day(guarded: Guarded) -> None:
    seen_ns = LEAP_NS + 1
    message = guarded.refused(seen_ns)
    assert "the clock shows 2026-10-05 00:00 UTC" in message
    assert "the newest entry here is of 2026-09-28 00:00 UTC" in message
    assert "goes on by itself from 2026-10-06 00:00 UTC" in message
    assert guarded.refused(seen_ns + DAY_NS - 1) != ""
    assert guarded.refused(seen_ns + DAY_NS) == ""


def test_the_wait_is_over_once(guarded: Guarded) -> None:
    assert guarded.refused(LEAP_NS + 1)
    assert guarded.refused(LEAP_NS + 1 + DAY_NS) == ""
    assert guarded.refused(LEAP_NS + 2 + DAY_NS), "no run followed, so the next one waits anew"


def test_a_clock_set_right_ends_the_wait(guarded: Guarded) -> None:
    assert guarded.refused(LEAP_NS + 50 * DAY_NS)
    assert guarded.refused(LAST_NS + DAY_NS) == ""
    assert "from 2026-10-06 00:00 UTC" in guarded.refused(LEAP_NS + 1)


def test_a_leap_that_becomes_smaller_counts_from_its_own_time(guarded: Guarded) -> None:
    assert guarded.refused(LEAP_NS + 50 * DAY_NS)
    assert "from 2026-10-06 00:00 UTC" in guarded.refused(LEAP_NS + 1)
    assert guarded.refused(LEAP_NS + 1 + DAY_NS) == ""


def test_before_the_first_run_the_newest_minute_counts(empty: Guarded, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "passerby.db")) as connection, connection:
        key = "INSERT INTO series_keys (key_id, camera, series, quantity, road_user, direction, fold)"
        connection.execute(f"{key} VALUES (1, 'a', 'l', 'flow', 0, '', 0)")
        for start_s in (MONDAY_S - 60, MONDAY_S):
            minute = "INSERT INTO observations_60 (start_s, key_id, value, count, coverage, reliable)"
            connection.execute(f"{minute} VALUES ({start_s}, 1, 1.0, 1, 1.0, 1)")
    assert empty.refused(LEAP_NS) == ""
    assert empty.refused(LEAP_NS + 1) != ""
