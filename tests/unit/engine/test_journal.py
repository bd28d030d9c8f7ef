"""The worker's book: nothing that was kept is lost, nothing is told twice as two, whoever is killed when."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.observations import Observation, Quantity
from passerby.domain.road_user import RoadUser
from passerby.engine.journal import Journal
from passerby.messages.columns import columns_of, observations_of
from passerby.messages.sandbox_messages import Minutes, ViewMemory
from passerby.units import MINUTE_S, NS_PER_S

MINUTE_NS = MINUTE_S * NS_PER_S
START_NS = 1_700_000_040 * NS_PER_S
assert START_NS % MINUTE_NS == 0


def flow(value: float, coverage: float, minute: int = 0) -> Observation:
    start_ns = START_NS + minute * MINUTE_NS
    return Observation(
        "square", "gate", Quantity.FLOW, RoadUser.PEDESTRIAN, "forward", start_ns, MINUTE_S, value, int(value), coverage
    )


def told(*still_open: Observation, closed: tuple[Observation, ...] = (), from_minute: float = 0) -> Minutes:
    return Minutes(columns_of(still_open), columns_of(closed), START_NS + round(from_minute * MINUTE_NS))


def at(minute: float) -> int:
    return START_NS + round(minute * MINUTE_NS)


def delivered(ledger: Journal) -> list[Observation]:
    return [one for _, delivery in ledger.waiting(0, 100) for one in observations_of(delivery.observations)]


@pytest.fixture
def ledger(tmp_path: Path) -> Journal:
    book = Journal(tmp_path / "worker.sqlite")
    book.begin()
    return book


def test_a_closed_minute_is_delivered_once(ledger: Journal) -> None:
    run = ledger.begin_run("square")
    ledger.keep("square", run, told(flow(2, 0.5)))
    ledger.keep("square", run, told(flow(3, 1.0), flow(0, 0.1, minute=1)))
    assert ledger.settle(at(1.1)) == 0
    ledger.keep("square", run, told(flow(1, 0.3, minute=1), closed=(flow(4, 1.0),), from_minute=1))
    assert ledger.settle(at(1.3)) == 1
    assert ledger.settle(at(1.4)) == 0
    assert delivered(ledger) == [flow(4, 1.0)]
    assert ledger.open_minutes("square") == (flow(1, 0.3, minute=1),)


def test_what_a_killed_run_told_last_is_added_to_what_the_next_one_sees(ledger: Journal) -> None:
    first = ledger.begin_run("square")
    ledger.keep("square", first, told(flow(2, 0.25)))
    ledger.end_run("square", first)
    second = ledger.begin_run("square")
    assert ledger.settle(at(0.5)) == 0
    ledger.keep("square", second, told(flow(3, 0.5)))
    assert ledger.open_minutes("square") == (flow(5, 0.75),)
    ledger.keep("square", second, told(closed=(flow(4, 0.6),), from_minute=1))
    assert ledger.settle(at(1.3)) == 1
    (one,) = delivered(ledger)
    assert (one.value, one.count, one.coverage) == (6, 6, pytest.approx(0.85))


def test_a_run_that_ended_well_within_a_minute_waits_for_the_next_one(ledger: Journal) -> None:
    first = ledger.begin_run("square")
    ledger.keep("square", first, told(closed=(flow(2, 0.5),)))
    ledger.end_run("square", first)
    assert ledger.settle(at(0.6)) == 0
    second = ledger.begin_run("square")
    assert ledger.settle(at(0.7)) == 0
    ledger.keep("square", second, told(closed=(flow(1, 0.3),), from_minute=1))
    ledger.settle(at(1.2))
    assert [one.value for one in delivered(ledger)] == [3]


def test_a_run_without_a_frame_holds_no_past_minute_up(ledger: Journal) -> None:
    first = ledger.begin_run("square")
    ledger.keep("square", first, told(flow(2, 0.5)))
    ledger.end_run("square", first)
    ledger.begin_run("square")
    assert ledger.settle(at(0.9)) == 0
    assert ledger.settle(at(1.0)) == 1


def test_a_minute_far_ahead_of_the_clock_does_not_wait_for_it(ledger: Journal) -> None:
    run = ledger.begin_run("square")
    ledger.keep("square", run, told(flow(2, 0.5, minute=600)))
    ledger.end_run("square", run)
    assert ledger.settle(at(0)) == 1


def test_a_minute_ahead_is_not_added_up_with_what_is_measured_when_its_time_comes(ledger: Journal) -> None:
    before = ledger.begin_run("square")
    ledger.keep("square", before, told(flow(2, 0.5, minute=5)))
    # The clock was set back by five minutes; the run goes on, and is at that minute again.
    assert ledger.settle(at(0.5)) == 1
    ledger.keep("square", before, told(closed=(flow(6, 1.0, minute=5),), from_minute=6))
    assert ledger.settle(at(6.5)) == 1
    assert [one.value for one in delivered(ledger)] == [2, 6]


def test_everything_is_there_after_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "worker.sqlite"
    before = Journal(path)
    run = before.begin_run("square")
    before.keep("square", run, told(flow(2, 0.5), closed=(flow(9, 1.0, minute=-1),)))
    before.settle(at(0.5))
    # No close: the process is gone.
    after = Journal(path)
    after.begin()
    assert delivered(after) == [flow(9, 1.0, minute=-1)]
    assert after.begin_run("square") > run
    after.settle(at(1))
    assert delivered(after) == [flow(9, 1.0, minute=-1), flow(2, 0.5)]


def test_only_what_was_acknowledged_is_forgotten(ledger: Journal) -> None:
    for number in range(3):
        ledger.keep_health(CameraHealth("square", number, CameraState.ONLINE, 0, "Pictures come."))
    numbers = [number for number, _ in ledger.waiting(0, 10)]
    ledger.forget(numbers[:2])
    assert [number for number, _ in ledger.waiting(0, 10)] == numbers[2:]
    assert ledger.outbox_rows == 1
    assert ledger.waiting(numbers[2], 10) == []


def test_a_fault_in_the_middle_keeps_all_or_nothing(ledger: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    run = ledger.begin_run("square")
    ledger.keep("square", run, told(closed=(flow(4, 1.0),), from_minute=1))

    def broken(*_: object) -> None:
        raise sqlite3.OperationalError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(ledger, "_put", broken)
        with pytest.raises(sqlite3.OperationalError):
            ledger.settle(at(1.5))
    assert ledger.settle(at(1.5)) == 1
    assert delivered(ledger) == [flow(4, 1.0)]


def test_large_books_leave_in_parts(ledger: Journal) -> None:
    run = ledger.begin_run("square")
    minutes = [flow(number, 1.0, minute=number) for number in range(50)]
    wide = [
        Observation("square", f"line {line}", one.quantity, one.road_user, "forward", one.start_ns, 60, 1.0, 1, 1.0)
        for one in minutes
        for line in range(100)
    ]
    ledger.keep("square", run, told(closed=tuple(wide), from_minute=60))
    assert ledger.settle(at(60)) == 50
    parts = [len(delivery.observations) for _, delivery in ledger.waiting(0, 100)]
    assert sum(parts) == ledger.outbox_rows == 5000
    assert max(parts) <= 2100


def test_a_cameras_view_is_remembered(ledger: Journal) -> None:
    assert ledger.memory("square") is None
    for doubted in (False, True):
        ledger.keep_memory("square", ViewMemory(np.ones((2, 3), np.int8), doubted))
        memory = ledger.memory("square")
        assert memory is not None
        assert memory.doubted == doubted
        assert np.array_equal(memory.signature, np.ones((2, 3), np.int8))
