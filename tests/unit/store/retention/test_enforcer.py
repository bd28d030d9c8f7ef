"""From which time on rows are too old, for each kind."""

from zoneinfo import ZoneInfo

import pytest

from passerby.domain.intervals import Intervals
from passerby.domain.retention import DEFAULT_KEEP_DAYS, Kind, Retention
from passerby.store.audit_log.writer import AuditWriter
from passerby.store.opening import backend_of
from passerby.store.retention.enforcer import RetentionEnforcer
from passerby.units import DAY_S, HOUR_S, NS_PER_S, QUARTER_S
from testing.store_keeper import MONDAY_S, Keeper

NOW_S = MONDAY_S + 10 * HOUR_S + 47 * 60 + 13


def enforcer(keeper: Keeper, zone: str = "UTC") -> RetentionEnforcer:
    backend = backend_of(keeper.url)
    keeper.run(backend.close())
    return RetentionEnforcer(
        backend, AuditWriter(backend), Intervals(ZoneInfo(zone)), Retention(), lambda: NOW_S * NS_PER_S
    )


@pytest.mark.parametrize("kind", [Kind.EVENTS, Kind.HEALTH, Kind.AUDIT, Kind.CONFIGURATIONS])
def test_single_rows_go_by_their_own_time(keeper: Keeper, kind: Kind) -> None:
    now_ns = NOW_S * NS_PER_S + 5
    assert enforcer(keeper).cutoff_ns(kind, now_ns) == now_ns - DEFAULT_KEEP_DAYS[kind] * DAY_S * NS_PER_S


@pytest.mark.parametrize(
    ("kind", "into_day_s"),
    [
        (Kind.MINUTES, 10 * HOUR_S + 3 * QUARTER_S),
        (Kind.QUARTERS, 0),
        (Kind.HOURS, 10 * HOUR_S),
        (Kind.DAYS, 0),
    ],
)
def test_rows_of_intervals_go_by_the_longer_interval_made_of_them(keeper: Keeper, kind: Kind, into_day_s: int) -> None:
    expected_s = MONDAY_S - DEFAULT_KEEP_DAYS[kind] * DAY_S + into_day_s
    assert enforcer(keeper).cutoff_ns(kind, NOW_S * NS_PER_S) == expected_s * NS_PER_S


def test_days_begin_by_the_site_s_clock(keeper: Keeper) -> None:
    cutoff_s = enforcer(keeper, "Asia/Kathmandu").cutoff_ns(Kind.DAYS, NOW_S * NS_PER_S) // NS_PER_S
    assert (cutoff_s + 5 * HOUR_S + 45 * 60) % DAY_S == 0


@pytest.mark.parametrize("kind", [Kind.MINUTES, Kind.DAYS])
def test_nothing_is_too_old_for_a_clock_of_1970(keeper: Keeper, kind: Kind) -> None:
    assert enforcer(keeper).cutoff_ns(kind, 60 * NS_PER_S) == 0


def test_the_horizon_is_that_of_the_minutes_whatever_else_was_deleted_later(keeper: Keeper) -> None:
    keeper.open()

    async def horizon_s() -> int:
        backend = backend_of(keeper.url)
        try:
            return await RetentionEnforcer(
                backend, AuditWriter(backend), Intervals(ZoneInfo("UTC")), Retention(), keeper.clock
            ).horizon_s()
        finally:
            await backend.close()

    assert keeper.run(horizon_s()) == 0
    runs = [("minutes", 5), ("minutes", 7), ("health", 9)]
    keeper.execute(
        *(
            "INSERT INTO deletion_runs (kind, time_ns, cutoff_ns, deleted) "
            f"VALUES ('{kind}', 1, {cutoff_s * NS_PER_S + 5}, 1)"
            for kind, cutoff_s in runs
        )
    )
    assert keeper.run(horizon_s()) == 7
