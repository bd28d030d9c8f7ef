"""Nothing is kept longer than its limit, nothing else is deleted, and both can be proved."""

import pytest

from passerby.domain.audit import AuditEntry
from passerby.domain.decisions import Decision, DecisionKind
from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.queries import Bin, EventQuery, ObservationQuery, PlaceEventQuery
from passerby.domain.retention import Kind, Retention
from passerby.ports import StoreError
from testing.store_keeper import MONDAY_S, NS_PER_S, Keeper, minute
from testing.web.made import place_event
from testing.web.replays import encrypted

DAY_S = 86_400
LIMITS = Retention(dict(zip(Kind, (2, 4, 8, 16, 3, 1, 2, 5, 6, 7, 7, 35, 8), strict=True)))
TEN_DAYS = EventQuery(MONDAY_S * NS_PER_S, (MONDAY_S + 40 * DAY_S) * NS_PER_S)


def filled(keeper: Keeper):
    """A store with something of each kind on each of ten days, as it would have come."""
    store = keeper.open(retention=LIMITS)
    for day in range(10):
        keeper.clock.now_s = MONDAY_S + day * DAY_S + 12 * 3600
        time_ns = keeper.clock()
        keeper.run(store.store_observations([minute(1440 * day + 360), minute(1440 * day + 366)]))
        event = place_event("cam", "crowd", time_ns)
        keeper.run(store.store_events([event]))
        keeper.run(store.store_replays([encrypted(event, time_ns=time_ns)]))
        decision = Decision(event.event_id, time_ns, "ana", DecisionKind.REVIEWED)
        keeper.run(store.add_decisions([(decision, AuditEntry(time_ns, "ana", "event.reviewed", event.event_id))]))
        keeper.run(store.store_health([CameraHealth("cam", time_ns, CameraState.ONLINE, time_ns, "Frames come.")]))
        keeper.run(store.append_audit(AuditEntry(time_ns, "ada", "camera.added", "cam")))
        keeper.run(store.add_configuration(f"day: {day}", "ada"))
    return store


def starts(keeper: Keeper, store, length: Bin) -> list[int]:
    query = ObservationQuery(TEN_DAYS.start_ns, TEN_DAYS.end_ns, bin=length)
    return [(one.start_ns // NS_PER_S - MONDAY_S) // DAY_S for one in keeper.run(store.observations(query)).rows]


def days(rows) -> list[int]:
    return [(one.time_ns // NS_PER_S - MONDAY_S) // DAY_S for one in rows]


@pytest.mark.asvs("14.2.4")
def test_each_kind_is_kept_for_its_own_time(keeper):
    store = filled(keeper)
    keeper.run(store.enforce_retention())
    assert starts(keeper, store, Bin.MINUTE) == [8, 8, 9, 9]
    assert starts(keeper, store, Bin.QUARTER) == [5, 6, 7, 8, 9]
    assert starts(keeper, store, Bin.HOUR) == [2, 3, 4, 5, 6, 7, 8, 9]
    assert starts(keeper, store, Bin.DAY) == list(range(10))
    events = keeper.run(store.events(PlaceEventQuery(TEN_DAYS.start_ns, TEN_DAYS.end_ns))).rows
    assert [(one.start_ns // NS_PER_S - MONDAY_S) // DAY_S for one in events] == [6, 7, 8, 9]
    assert keeper.execute("SELECT count(*) FROM event_decisions") == [(4,)]
    assert days(keeper.run(store.health(TEN_DAYS)).rows) == [7, 8, 9]
    assert days(keeper.run(store.configurations())) == [3, 4, 5, 6, 7, 8, 9]
    assert set(days(keeper.run(store.audit(TEN_DAYS)).rows)) == {4, 5, 6, 7, 8, 9}


def test_the_report_says_no_before_and_yes_after(keeper):
    store = filled(keeper)
    keeper.run(store.roll_up())
    before = {line.kind: line for line in keeper.run(store.retention_report())}
    assert {kind for kind, line in before.items() if not line.kept} == set(Kind) - {
        Kind.DAYS,
        Kind.CASES,
        Kind.VALIDATIONS,
        Kind.PUBLISHED,
        Kind.ACCOUNTS,
    }
    assert all(line.last_run is None for line in before.values())
    assert before[Kind.MINUTES].oldest_ns == minute(360).start_ns
    keeper.run(store.enforce_retention())
    after = keeper.run(store.retention_report())
    assert [line.kind for line in after] == list(Kind)
    assert all(line.kept for line in after)
    assert all(line.last_run is not None and line.last_run.cutoff_ns == line.cutoff_ns for line in after)
    keeper.clock.now_s += 3 * DAY_S
    assert not all(line.kept for line in keeper.run(store.retention_report()))


def test_a_row_exactly_at_its_limit_stays(keeper):
    store = keeper.open(retention=LIMITS)
    time_ns = MONDAY_S * NS_PER_S
    keeper.run(store.append_audit(AuditEntry(time_ns, "ada", "a.b", "kept")))
    keeper.run(store.append_audit(AuditEntry(time_ns - 1, "ada", "a.b", "gone")))
    keeper.clock.now_s = MONDAY_S + 5 * DAY_S
    keeper.run(store.enforce_retention())
    everything = EventQuery(0, TEN_DAYS.end_ns)
    entries = keeper.run(store.audit(everything)).rows
    assert [entry.subject for entry in entries if entry.action == "a.b"] == ["kept"]


def test_each_run_is_recorded(keeper):
    store = filled(keeper)
    runs = keeper.run(store.enforce_retention())
    assert {run.kind: run.deleted for run in runs} == {
        Kind.MINUTES: 16, Kind.QUARTERS: 5, Kind.HOURS: 2, Kind.DAYS: 0, Kind.EVENTS: 6, Kind.REPLAYS: 8,
        Kind.HEALTH: 7, Kind.AUDIT: 12, Kind.CONFIGURATIONS: 3, Kind.CASES: 0, Kind.VALIDATIONS: 0,
        Kind.PUBLISHED: 0, Kind.ACCOUNTS: 0,
    }  # fmt: skip
    assert keeper.run(store.deletion_runs()) == runs
    again = keeper.run(store.enforce_retention())
    assert [run.deleted for run in again] == [0] * len(Kind)
    assert keeper.run(store.deletion_runs()) == runs + again
    keeper.leap(store, 20)
    latest = keeper.run(store.enforce_retention())
    assert keeper.run(store.deletion_runs()) == latest


def test_the_configuration_in_force_is_never_deleted(keeper):
    store = filled(keeper)
    keeper.leap(store, 365)
    keeper.run(store.enforce_retention())
    newest = keeper.run(store.configuration())
    assert (newest.number, newest.text) == (10, "day: 9")
    assert all(line.kept for line in keeper.run(store.retention_report()))
    assert keeper.run(store.newest_health()) == ()


@pytest.mark.parametrize("opened_again", [False, True])
def test_a_minute_that_comes_after_its_time_spoils_no_roll_up(keeper, opened_again):
    store = filled(keeper)
    keeper.run(store.enforce_retention())
    before = [starts(keeper, store, length) for length in Bin]
    if opened_again:
        keeper.close()
        store = keeper.open(retention=LIMITS)
    receipt = keeper.run(store.store_observations([minute(361)]))
    assert receipt.new == 0
    assert "deleted" in receipt.refused[0].why
    keeper.run(store.roll_up())
    assert [starts(keeper, store, length) for length in Bin] == before


@pytest.mark.parametrize(("before_cutoff_s", "waits"), [(900, True), (0, False)])
def test_minutes_stay_while_something_of_their_time_is_not_rolled_up(keeper, before_cutoff_s, waits):
    store = filled(keeper)
    cutoffs_s = {line.kind: line.cutoff_ns // NS_PER_S for line in keeper.run(store.retention_report())}
    cutoff_s = cutoffs_s[Kind.MINUTES]
    mark = f"INSERT INTO roll_up_due VALUES (900, {cutoff_s - before_cutoff_s}, 'cam')"
    keeper.execute("DELETE FROM roll_up_due", mark)

    async def still_due():
        async with store._backend.reading() as connection:
            return await store._retention._still_due(connection, Kind.MINUTES, cutoff_s)

    assert keeper.run(still_due()) is waits


def test_what_is_deleted_has_been_rolled_up(keeper):
    """`roll_up` was not called for ten days, and still nothing is missing from the long view."""
    store = filled(keeper)
    keeper.run(store.enforce_retention())
    query = ObservationQuery(TEN_DAYS.start_ns, TEN_DAYS.end_ns, bin=Bin.DAY)
    assert [one.value for one in keeper.run(store.observations(query)).rows] == [2.0] * 10


def test_a_clock_that_was_never_set_deletes_nothing(keeper):
    keeper.clock.now_s = 60
    store = keeper.open(retention=LIMITS)
    keeper.run(store.store_observations([minute(0)]))
    assert [run.deleted for run in keeper.run(store.enforce_retention())] == [0] * len(Kind)
    assert starts(keeper, store, Bin.MINUTE) == [0]


TEN_YEARS_S = 10 * 365 * DAY_S


def test_a_clock_far_ahead_deletes_nothing(keeper):
    store = filled(keeper)
    kept = [starts(keeper, store, length) for length in Bin]
    now_s = keeper.clock.now_s
    keeper.clock.now_s += TEN_YEARS_S
    for _ in range(3):
        with pytest.raises(StoreError, match=r"2036-.*2026-.*nothing was deleted.*Set the clock"):
            keeper.run(store.enforce_retention())
        keeper.clock.now_s += 3600
    keeper.clock.now_s = now_s
    assert keeper.run(store.store_observations([minute(1440 * 9 + 361)])).new == 1
    assert [starts(keeper, store, length) for length in Bin][1:] == kept[1:]
    assert keeper.run(store.enforce_retention())[0].deleted > 0
    assert starts(keeper, store, Bin.MINUTE) == [8, 8, 9, 9, 9]


@pytest.mark.slow
@pytest.mark.parametrize("opened_again", [False, True])
def test_a_long_outage_costs_a_day_more(keeper, opened_again):
    store = filled(keeper)
    keeper.run(store.enforce_retention())
    keeper.clock.now_s += 90 * DAY_S
    for hours in (1, 22):
        with pytest.raises(StoreError, match="goes on by itself"):
            keeper.run(store.enforce_retention())
        keeper.run(store.store_observations([minute(1440 * 99 + hours)]))
        keeper.clock.now_s += hours * 3600
        if opened_again:
            keeper.close()
            store = keeper.open(retention=LIMITS)
    keeper.clock.now_s += 3600
    assert keeper.run(store.enforce_retention())[0].deleted > 0
    assert all(line.kept for line in keeper.run(store.retention_report()))
    keeper.clock.now_s += 30 * DAY_S
    with pytest.raises(StoreError, match="goes on by itself"):
        keeper.run(store.enforce_retention())


def test_a_week_without_a_run_is_no_leap(keeper):
    store = filled(keeper)
    keeper.run(store.enforce_retention())
    keeper.clock.now_s += 7 * DAY_S
    assert keeper.run(store.enforce_retention())
    keeper.clock.now_s -= 300 * DAY_S
    assert [run.deleted for run in keeper.run(store.enforce_retention())] == [0] * len(Kind)
