"""The worker's journal: nothing that was stored is lost, and nothing counts twice, whichever process is killed when."""

import io
import json
import sqlite3
from dataclasses import astuple, replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.leases import MINUTE_MS, MinuteSpan, WatchedPart
from passerby.domain.observations import Observation, Quantity
from passerby.domain.road_user import RoadUser
from passerby.engine import journal as journal_module
from passerby.engine.journal import Journal, results_in, waiting_since
from passerby.messages.columns import columns_of, observations_of
from passerby.messages.hub_messages import TO_HUB, Delivery
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


def reported(*still_open: Observation, closed: tuple[Observation, ...] = (), from_minute: float = 0) -> Minutes:
    return Minutes(columns_of(still_open), columns_of(closed), START_NS + round(from_minute * MINUTE_NS))


def at(minute: float) -> int:
    return START_NS + round(minute * MINUTE_NS)


def deliveries(journal: Journal, after: int = 0, count: int = 100) -> list[Delivery]:
    messages = [TO_HUB.receive(io.BytesIO(frame)) for _, frame in journal.outbox.next(after, count)]
    assert all(isinstance(message, Delivery) for message in messages)
    return cast("list[Delivery]", messages)


def delivered(journal: Journal) -> list[Observation]:
    return [one for delivery in deliveries(journal) for one in observations_of(delivery.observations)]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    journal = Journal(tmp_path / "worker.sqlite")
    journal.end_all_runs()
    return journal


def test_a_closed_minute_is_delivered_once(journal: Journal) -> None:
    run = journal.begin_run("square")
    journal.store_minutes("square", run, reported(flow(2, 0.5)))
    journal.store_minutes("square", run, reported(flow(3, 1.0), flow(0, 0.1, minute=1)))
    assert journal.finish_minutes(at(1.1)) == 0
    journal.store_minutes("square", run, reported(flow(1, 0.3, minute=1), closed=(flow(4, 1.0),), from_minute=1))
    assert journal.finish_minutes(at(1.3)) == 1
    assert journal.finish_minutes(at(1.4)) == 0
    assert delivered(journal) == [flow(4, 1.0)]
    assert journal.open_minutes("square") == (flow(1, 0.3, minute=1),)


def test_what_a_killed_run_reported_last_is_added_to_what_the_next_one_sees(journal: Journal) -> None:
    first = journal.begin_run("square")
    journal.store_minutes("square", first, reported(flow(2, 0.25)))
    journal.end_run("square", first)
    second = journal.begin_run("square")
    assert journal.finish_minutes(at(0.5)) == 0
    journal.store_minutes("square", second, reported(flow(3, 0.5)))
    assert journal.open_minutes("square") == (flow(5, 0.75),)
    journal.store_minutes("square", second, reported(closed=(flow(4, 0.6),), from_minute=1))
    assert journal.finish_minutes(at(1.3)) == 1
    (one,) = delivered(journal)
    assert (one.value, one.count, one.coverage) == (6, 6, pytest.approx(0.85))


def spanned(minutes: Minutes, *spans: tuple[int, int, int]) -> Minutes:
    """The same with from when to when (ms) which minutes were watched."""
    return replace(minutes, watched=tuple(MinuteSpan(at(minute), from_ms, to_ms) for minute, from_ms, to_ms in spans))


def test_what_was_watched_under_a_lease_is_delivered_with_its_number_and_span(journal: Journal) -> None:
    first = journal.begin_run("square")
    journal.store_minutes("square", first, spanned(reported(flow(2, 0.25)), (0, 0, 15_000)), lease=7)
    journal.end_run("square", first)
    second = journal.begin_run("square")
    rest = spanned(
        reported(closed=(flow(4, 0.5), flow(1, 1.0, 1)), from_minute=2), (0, 20_000, 50_000), (1, 0, MINUTE_MS)
    )
    journal.store_minutes("square", second, rest, lease=7)
    assert journal.finish_minutes(at(2)) == 2
    (one,) = deliveries(journal)
    assert [(row.value, row.coverage) for row in observations_of(one.observations)] == [(6, 0.75), (1, 1.0)]
    assert one.parts == (WatchedPart("square", at(0), 7, 0, 50_000), WatchedPart.whole("square", at(1), 7))


def test_parts_of_a_minute_under_different_leases_are_not_added_up_here(journal: Journal) -> None:
    for lease, value, span in ((7, 2, (0, 0, 15_000)), (9, 4, (0, 30_000, 45_000))):
        run = journal.begin_run("square")
        journal.store_minutes("square", run, spanned(reported(flow(value, 0.25)), span), lease)
        journal.end_run("square", run)
    assert [one.value for one in journal.open_minutes("square")] == [2, 4]
    assert journal.finish_minutes(at(1)) == 1
    found = {one.parts[0].lease: observations_of(one.observations)[0].value for one in deliveries(journal)}
    assert found == {7: 2, 9: 4}


def test_where_no_lease_is_held_nothing_is_said_of_parts(journal: Journal) -> None:
    run = journal.begin_run("square")
    journal.store_minutes("square", run, spanned(reported(flow(2, 0.25)), (0, 0, 15_000)))
    journal.end_run("square", run)
    journal.finish_minutes(at(1))
    assert [one.parts for one in deliveries(journal)] == [()]


def test_a_run_that_ended_well_within_a_minute_waits_for_the_next_one(journal: Journal) -> None:
    first = journal.begin_run("square")
    journal.store_minutes("square", first, reported(closed=(flow(2, 0.5),)))
    journal.end_run("square", first)
    assert journal.finish_minutes(at(0.6)) == 0
    second = journal.begin_run("square")
    assert journal.finish_minutes(at(0.7)) == 0
    journal.store_minutes("square", second, reported(closed=(flow(1, 0.3),), from_minute=1))
    journal.finish_minutes(at(1.2))
    assert [one.value for one in delivered(journal)] == [3]


def test_a_run_without_a_frame_holds_no_past_minute_up(journal: Journal) -> None:
    first = journal.begin_run("square")
    journal.store_minutes("square", first, reported(flow(2, 0.5)))
    journal.end_run("square", first)
    journal.begin_run("square")
    assert journal.finish_minutes(at(0.9)) == 0
    assert journal.finish_minutes(at(1.0)) == 1


def test_a_minute_far_ahead_of_the_clock_does_not_wait_for_it(journal: Journal) -> None:
    run = journal.begin_run("square")
    journal.store_minutes("square", run, reported(flow(2, 0.5, minute=600)))
    journal.end_run("square", run)
    assert journal.finish_minutes(at(0)) == 1


def test_a_minute_ahead_is_not_added_up_with_what_is_measured_when_its_time_comes(journal: Journal) -> None:
    before = journal.begin_run("square")
    journal.store_minutes("square", before, reported(flow(2, 0.5, minute=5)))
    # The clock was set back by five minutes; the run goes on, and is at that minute again.
    assert journal.finish_minutes(at(0.5)) == 1
    journal.store_minutes("square", before, reported(closed=(flow(6, 1.0, minute=5),), from_minute=6))
    assert journal.finish_minutes(at(6.5)) == 1
    assert [one.value for one in delivered(journal)] == [2, 6]


def test_everything_is_there_after_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "worker.sqlite"
    before = Journal(path)
    run = before.begin_run("square")
    before.store_minutes("square", run, reported(flow(2, 0.5), closed=(flow(9, 1.0, minute=-1),)))
    before.finish_minutes(at(0.5))
    # No close: the process is gone.
    after = Journal(path)
    after.end_all_runs()
    assert delivered(after) == [flow(9, 1.0, minute=-1)]
    assert after.begin_run("square") > run
    after.finish_minutes(at(1))
    assert delivered(after) == [flow(9, 1.0, minute=-1), flow(2, 0.5)]


def test_only_what_was_acknowledged_is_deleted(journal: Journal) -> None:
    for number in range(3):
        journal.store_health(CameraHealth("square", number, CameraState.ONLINE, 0, "Pictures come."))
    numbers = [number for number, _ in journal.outbox.next(0, 10)]
    journal.outbox.delete(numbers[:2])
    assert [number for number, _ in journal.outbox.next(0, 10)] == numbers[2:]
    assert journal.outbox_rows == 1
    assert journal.outbox.next(numbers[2], 10) == []


def test_a_fault_in_the_middle_keeps_all_or_nothing(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    run = journal.begin_run("square")
    journal.store_minutes("square", run, reported(closed=(flow(4, 1.0),), from_minute=1))

    def broken(*_: object) -> None:
        raise sqlite3.OperationalError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(journal.outbox, "put", broken)
        with pytest.raises(sqlite3.OperationalError):
            journal.finish_minutes(at(1.5))
    assert journal.finish_minutes(at(1.5)) == 1
    assert delivered(journal) == [flow(4, 1.0)]


def test_a_delivery_is_full_with_the_minute_that_brings_it_to_its_size(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "ROWS_PER_DELIVERY", 2)
    run = journal.begin_run("square")
    minutes = [flow(1.0, 1.0, minute=number) for number in range(5)]
    journal.store_minutes("square", run, reported(closed=tuple(minutes), from_minute=60))
    assert journal.finish_minutes(at(60)) == 5
    assert [len(delivery.observations) for delivery in deliveries(journal)] == [2, 2, 1]
    assert journal.outbox_rows == 5


def test_large_journals_leave_in_parts(journal: Journal) -> None:
    run = journal.begin_run("square")
    minutes = [flow(number, 1.0, minute=number) for number in range(50)]
    wide = [
        Observation("square", f"line {line}", one.quantity, one.road_user, "forward", one.start_ns, 60, 1.0, 1, 1.0)
        for one in minutes
        for line in range(100)
    ]
    journal.store_minutes("square", run, reported(closed=tuple(wide), from_minute=60))
    assert journal.finish_minutes(at(60)) == 50
    parts = [len(delivery.observations) for delivery in deliveries(journal)]
    assert sum(parts) == journal.outbox_rows == 5000
    assert max(parts) <= 2100


def test_a_cameras_view_is_remembered(journal: Journal) -> None:
    assert journal.memory("square") is None
    for doubted in (False, True):
        journal.store_memory("square", ViewMemory(np.ones((2, 3), np.int8), doubted))
        memory = journal.memory("square")
        assert memory is not None
        assert memory.doubted == doubted
        assert np.array_equal(memory.signature, np.ones((2, 3), np.int8))


OLDER = Path(__file__).parent / "older"


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A journal as the first release left it: a full outbox, open minutes of two runs, and learned views."""
    path = tmp_path / "worker-1.sqlite"
    with sqlite3.connect(path) as database:
        database.executescript((OLDER / "journal.sql").read_text(encoding="utf-8"))
    database.close()
    return path


def plain(one: Observation) -> list[object]:
    user = None if one.road_user is None else int(one.road_user)
    return [one.camera, one.series, one.quantity.value, user, one.direction, one.start_ns, one.length_s, one.value,
            one.count, one.coverage, one.error, one.reliable]  # fmt: skip


def test_a_journal_of_the_first_release_drains_without_loss(older: Path) -> None:
    expected = json.loads((OLDER / "journal.json").read_text(encoding="utf-8"))
    with Journal(older) as journal:
        journal.end_all_runs()
        found = deliveries(journal)
        assert [number for number, _ in journal.outbox.next(0, 100)] == [one["number"] for one in expected["outbox"]]
        for delivery, wanted in zip(found, expected["outbox"], strict=True):
            assert delivery.number == wanted["number"]
            assert [plain(one) for one in observations_of(delivery.observations)] == wanted["observations"]
            assert [list(astuple(report)) for report in delivery.health] == wanted["health"]
            assert [list(astuple(alert)) for alert in delivery.alerts] == wanted["alerts"]
        for camera, rows in expected["open"].items():
            assert [plain(one) for one in journal.open_minutes(camera)] == rows
        waiting = journal.outbox_rows
        assert journal.finish_minutes(expected["open"]["north"][-1][5] + 10 * MINUTE_NS) == 3
        open_rows = sum(len(rows) for rows in expected["open"].values())
        assert journal.outbox_rows == waiting + open_rows
        journal.outbox.delete([number for number, _ in journal.outbox.next(0, 100)])
        assert journal.outbox_rows == 0


def test_views_of_the_first_release_are_read(older: Path) -> None:
    signature = (np.arange(36 * 64 * 2) % 7 - 3).astype(np.int8).reshape(36, 64, 2)
    with Journal(older) as journal:
        for camera, sign, doubted in (("north", 1, True), ("Süd", -1, False)):
            memory = journal.memory(camera)
            assert memory is not None
            assert memory.doubted is doubted
            assert np.array_equal(memory.signature, sign * signature)


def test_deliveries_are_stored_as_they_are_sent(journal: Journal) -> None:
    run = journal.begin_run("square")
    for number in range(3):
        journal.store_minutes("square", run, reported(closed=(flow(4, 1.0, minute=number),), from_minute=number + 1))
        journal.finish_minutes(at(number + 1.5))
    assert [one.number for one in deliveries(journal)] == [number for number, _ in journal.outbox.next(0, 100)]


def test_what_waits_in_a_journal_is_read_beside_its_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "worker.sqlite"
    journal = Journal(path)
    assert waiting_since(path) is None
    assert results_in(path) == 0
    journal.store_minutes(
        "square", journal.begin_run("square"), reported(flow(2, 1.0, minute=3), closed=(flow(1, 1.0, minute=2),))
    )
    assert waiting_since(path) == at(2)
    assert results_in(path) >= 1, "of a minute that is not over"
    journal.finish_minutes(at(60))
    assert waiting_since(path) == at(2)
    journal.end_all_runs()
    journal.finish_minutes(at(60))
    assert journal.outbox_rows == 2
    assert waiting_since(path) == at(2)
    assert results_in(path) == 2
    journal.close()
    before = sorted(each.name for each in tmp_path.iterdir())
    with pytest.raises(OSError, match="cannot be read"):
        waiting_since(tmp_path / "missing.sqlite")
    with pytest.raises(OSError, match="cannot be read"):
        results_in(tmp_path / "missing.sqlite")
    assert sorted(each.name for each in tmp_path.iterdir()) == before
