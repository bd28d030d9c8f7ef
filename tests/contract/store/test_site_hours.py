"""Hours begin by the site's own clock, also in a store whose hours began by UTC until now."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from passerby.domain.intervals import regroup
from passerby.domain.observations import Observation
from passerby.domain.queries import Bin, ObservationQuery
from passerby.domain.retention import Kind, Retention
from passerby.ports import Store
from testing.store_keeper import MONDAY_S, NS_PER_S, Keeper, minute

OLDER = Path(__file__).parent / "older"
HOURS_OF_THEN = (
    "INSERT INTO observations_3600 (key_id, start_s, value, weight, error, error_weight, count, watched_s, reliable)"
)
"""The columns that hours had then; each that came later has a value of its own where none is given."""

UTC_HOURS = (
    f"{HOURS_OF_THEN} "
    "SELECT key_id, start_s - start_s % 3600, sum(value), sum(weight), NULL, 0, CAST(sum(count) AS BIGINT), "
    "sum(watched_s), 1 FROM observations_900 GROUP BY key_id, start_s - start_s % 3600"
)
"""What roll-ups wrote until revision 0003, for a flow."""

NIGHTS = (
    ("Asia/Kolkata", "2026-10-25"),
    ("Asia/Kathmandu", "2026-10-25"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/Sao_Paulo", "2018-11-04"),
)


def asked(keeper: Keeper, store: Store, length: Bin, **wanted: Any) -> tuple[Observation, ...]:
    query: dict[str, Any] = {"start_ns": NS_PER_S, "end_ns": 2**62, "bin": length, "limit": 10_000, **wanted}
    return keeper.run(store.observations(ObservationQuery(**query))).rows


def reported(rows: Sequence[Observation]) -> list[tuple[Any, ...]]:
    return [(one.camera, one.start_ns, one.length_s, one.value, one.count, pytest.approx(one.coverage)) for one in rows]


def expected(keeper: Keeper, store: Store, length: Bin, zone: str) -> list[tuple[Any, ...]]:
    """Worked out from the minutes, apart from the store."""
    by_camera = defaultdict(list)
    for one in asked(keeper, store, Bin.MINUTE):
        by_camera[one.camera].append(one)
    long = [row for rows in by_camera.values() for row in regroup(rows, int(length), ZoneInfo(zone))]
    return reported(sorted(long, key=lambda one: (one.start_ns, one.camera)))


def first_minute(zone: str, date: str) -> int:
    return int(datetime.fromisoformat(date).replace(tzinfo=ZoneInfo(zone)).timestamp() - MONDAY_S) // 60


def filled(keeper: Keeper, zone: str, date: str, **more: object) -> Store:
    """A store with a day and some hours more, of two cameras, rolled up but for the last hour."""
    first = first_minute(zone, date)
    keeper.clock.now_s = MONDAY_S + 60 * (first + 30 * 60)
    store = keeper.open(zone=zone, **more)  # type: ignore[arg-type]
    rows = [
        minute(number, float(number % 5), camera=camera)
        for camera, step in (("north", 3), ("south", 7))
        for number in range(first - 200, first + 29 * 60, step)
    ]
    keeper.run(store.store_observations(rows))
    keeper.run(store.roll_up())
    keeper.run(store.store_observations([minute(first + 65, 9.0, camera="north", coverage=0.5)]))
    return store


@pytest.mark.slow
@pytest.mark.parametrize(("zone", "date"), NIGHTS)
def test_hours_and_days_are_the_site_s_before_and_after_rolling_up(keeper: Keeper, zone: str, date: str) -> None:
    store = filled(keeper, zone, date)
    for _ in range(2):
        for length in (Bin.QUARTER, Bin.HOUR, Bin.DAY):
            assert reported(asked(keeper, store, length)) == expected(keeper, store, length, zone)
        keeper.clock.now_s += 2 * 86_400
        keeper.run(store.roll_up())
    assert keeper.execute("SELECT count(*) FROM roll_up_due") == [(0,)]


@pytest.mark.slow
@pytest.mark.parametrize(("zone", "date"), NIGHTS)
def test_hours_that_began_by_utc_are_made_anew(keeper: Keeper, zone: str, date: str) -> None:
    filled(keeper, zone, date)
    keeper.close()
    keeper.execute(
        "DELETE FROM observations_3600",
        UTC_HOURS,
        "UPDATE roll_up_due SET start_s = start_s - start_s % 3600 WHERE length_s = 3600",
    )
    keeper.migrate_again("site_hours")
    store = keeper.open(zone=zone)
    for _ in range(2):
        assert reported(asked(keeper, store, Bin.HOUR)) == expected(keeper, store, Bin.HOUR, zone)
        keeper.clock.now_s += 2 * 86_400
        keeper.run(store.roll_up())
    assert keeper.execute("SELECT count(*) FROM roll_up_due") == [(0,)]


@pytest.mark.parametrize("with_tables", [False])
def test_a_data_folder_of_the_version_before_is_brought_up_to_date(keeper: Keeper) -> None:
    kind = "sqlite" if keeper.url.startswith("sqlite") else "postgresql"
    text = (OLDER / f"0003-kolkata-{kind}.sql").read_text(encoding="utf-8")
    parts = [text] if kind == "postgresql" else [part.strip() for part in text.split(";\n")]
    keeper.execute(*(part for part in parts if part not in ("", "BEGIN TRANSACTION", "COMMIT")))
    assert {start_s % 3600 for (start_s,) in keeper.execute("SELECT start_s FROM observations_3600")} == {0}
    store = keeper.open(zone="Asia/Kolkata")
    for _ in range(2):
        hours = asked(keeper, store, Bin.HOUR)
        assert reported(hours) == expected(keeper, store, Bin.HOUR, "Asia/Kolkata")
        assert {one.start_ns // NS_PER_S % 3600 for one in hours} == {1800}
        assert sum(one.value or 0.0 for one in hours) == sum(one.value or 0.0 for one in asked(keeper, store, Bin.DAY))
        keeper.clock.now_s += 2 * 86_400
        keeper.run(store.roll_up())
    assert {start_s % 3600 for (start_s,) in keeper.execute("SELECT start_s FROM observations_3600")} == {1800}


@pytest.mark.slow
def test_hours_whose_quarters_are_gone_stay_as_they_are(keeper: Keeper) -> None:
    keep = Retention({Kind.MINUTES: 1, Kind.QUARTERS: 2})
    store = filled(keeper, "Asia/Kolkata", "2026-10-20", retention=keep)
    keeper.clock.now_s += 3 * 86_400
    first = first_minute("Asia/Kolkata", "2026-10-23")
    keeper.run(store.store_observations([minute(first + number, 1.0, camera="north") for number in range(120)]))
    keeper.run(store.roll_up())
    keeper.run(store.enforce_retention())
    keeper.close()
    kept = keeper.execute("SELECT min(start_s) FROM observations_900")
    assert kept == [(MONDAY_S + 60 * first,)]
    # An hour of last week, as it was written until now: its quarters are gone.
    last_week_s = MONDAY_S + 60 * first_minute("Asia/Kolkata", "2026-10-20") - 1800
    keeper.execute(
        "DELETE FROM observations_3600",
        UTC_HOURS,
        f"{HOURS_OF_THEN} SELECT key_id, {last_week_s}, 5, 5, NULL, 0, 5, 3600, 1 FROM series_keys",
    )
    keeper.migrate_again("site_hours")
    store = keeper.open(zone="Asia/Kolkata", retention=keep)
    hours = [(one.start_ns // NS_PER_S, one.value) for one in asked(keeper, store, Bin.HOUR, cameras=("north",))]
    assert hours == [(last_week_s, 5.0), (MONDAY_S + 60 * first, 60.0), (MONDAY_S + 60 * first + 3600, 60.0)]


def test_an_hour_that_ends_where_the_oldest_quarter_begins_stays(keeper: Keeper) -> None:
    first = first_minute("Asia/Kolkata", "2026-10-23")
    keeper.clock.now_s = MONDAY_S + 60 * (first + 400)
    store = keeper.open(zone="Asia/Kolkata")
    keeper.run(store.store_observations([minute(first + number, 1.0, camera="north") for number in range(180)]))
    keeper.run(store.roll_up())
    keeper.close()
    oldest_s = MONDAY_S + 60 * first + 5400
    assert oldest_s % 3600 == 0
    keeper.execute(
        f"DELETE FROM observations_900 WHERE start_s < {oldest_s}",
        "DELETE FROM observations_3600",
        f"{HOURS_OF_THEN} SELECT key_id, {oldest_s - 3600}, 5, 5, NULL, 0, 5, 3600, 1 FROM series_keys",
    )
    keeper.migrate_again("site_hours")
    assert keeper.execute(f"SELECT count(*) FROM observations_3600 WHERE start_s = {oldest_s - 3600}") == [(1,)]


@pytest.mark.parametrize(("zone", "offset_s"), [("Asia/Kolkata", 19_800), ("Asia/Kathmandu", 20_700)])
def test_limits_of_retention_are_the_site_s_hours_and_days(keeper: Keeper, zone: str, offset_s: int) -> None:
    store = keeper.open(zone=zone)
    lines = {line.kind: line.cutoff_ns // NS_PER_S for line in keeper.run(store.retention_report())}
    assert (lines[Kind.HOURS] + offset_s) % 3600 == 0
    assert (lines[Kind.DAYS] + offset_s) % 86_400 == 0
    assert (lines[Kind.QUARTERS] + offset_s) % 86_400 == 0
