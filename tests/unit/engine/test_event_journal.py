"""Open events outlive their process and their worker; each is delivered as it stands, those that go on first."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from passerby.domain.event_rules import RuleKind
from passerby.domain.place_events import EventState, PlaceEvent
from passerby.engine import event_journal
from passerby.engine.journal import Journal, waiting_since
from testing.web.made import NOW_S, NS_PER_S, closed, open_event

NOW_NS = NOW_S * NS_PER_S
EVENT = open_event("square", "full", NOW_NS)
OTHER = open_event("gate", "jam", NOW_NS)
OLDER = Path(__file__).parent / "older" / "events.sql"
"""Written by the software before events had groups: one that is open, one that is suspended, and one that is closed."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "worker-1.sqlite"


def waiting(journal: Journal) -> list[PlaceEvent]:
    return [one.event for one in journal.events.waiting(100)]


def deliver(journal: Journal) -> list[PlaceEvent]:
    """What a hub takes that is there."""
    found = journal.events.waiting(100)
    journal.events.set_stored(found)
    return [one.event for one in found]


def test_what_a_killed_worker_had_is_there_when_it_comes_again(path: Path) -> None:
    with Journal(path) as journal:
        journal.events.store("square", [EVENT, closed(open_event("square", "jam", NOW_NS))])
        journal.events.store("square", [replace(EVENT, updated_ns=EVENT.updated_ns + 5, peak=9.0)])
    with Journal(path) as journal:
        journal.end_all_runs()
        assert journal.events.open_events("square") == (replace(EVENT, updated_ns=EVENT.updated_ns + 5, peak=9.0),)
        assert journal.events.open_events("gate") == ()
        assert [one.rule for one in waiting(journal)] == ["full", "jam"]


def test_open_events_are_delivered_before_closed_ones_and_each_once(path: Path) -> None:
    with Journal(path) as journal:
        events = [open_event("square", f"rule {number}", NOW_NS) for number in range(4)]
        journal.events.store("square", [closed(events[0]), events[1], closed(events[2]), events[3]])
        for later_ns in range(1, 50):  # an outage costs no more than the events that there were
            journal.events.store("square", [replace(events[1], updated_ns=events[1].updated_ns + later_ns)])
        assert journal.outbox_rows == 4
        assert [one.rule for one in waiting(journal)] == ["rule 3", "rule 1", "rule 0", "rule 2"]
        assert len(deliver(journal)) == 4
        assert deliver(journal) == []
        assert journal.outbox_rows == 0
        assert [one.rule for one in journal.events.open_events("square")] == ["rule 3", "rule 1"]


def test_a_report_that_comes_while_the_one_before_is_under_way_is_delivered_too(path: Path) -> None:
    with Journal(path) as journal:
        journal.events.store("square", [EVENT])
        under_way = journal.events.waiting(10)
        journal.events.store("square", [closed(EVENT)])
        journal.events.set_stored(under_way)
        assert deliver(journal) == [closed(EVENT)]
        assert waiting(journal) == []


def test_a_hub_that_was_started_gets_the_open_events_again(path: Path) -> None:
    with Journal(path) as journal:
        journal.events.store("square", [EVENT, closed(open_event("square", "jam", NOW_NS))])
        deliver(journal)
        journal.events.send_open_again()
        assert deliver(journal) == [EVENT]


def test_a_report_is_later_than_the_one_before_also_when_the_clock_was_set_back(path: Path) -> None:
    with Journal(path) as journal:
        journal.events.store("square", [EVENT])
        journal.events.store("square", [replace(EVENT, updated_ns=EVENT.updated_ns - 3600 * NS_PER_S, peak=7.0)])
        (found,) = waiting(journal)
        assert (found.peak, found.updated_ns) == (7.0, EVENT.updated_ns + 1)


def test_an_event_that_was_closed_stays_closed(path: Path) -> None:
    with Journal(path) as journal:
        journal.events.store("square", [EVENT, closed(EVENT)])
        journal.events.store("square", [replace(EVENT, updated_ns=closed(EVENT).updated_ns + 1)])
        assert waiting(journal) == [closed(EVENT)]
        assert journal.events.open_events("square") == ()


def test_the_events_of_a_camera_without_a_process_are_suspended_and_say_so(path: Path) -> None:
    with Journal(path) as journal:
        journal.events.store("square", [EVENT])
        journal.events.store("gate", [OTHER])
        for _ in range(2):  # the second time it is suspended already
            journal.events.suspend("square", NOW_NS, "Its process ended.")
        assert journal.events.open_events("gate") == (OTHER,)
        (found,) = journal.events.open_events("square")
        assert (found.state, found.value, found.peak) == (EventState.SUSPENDED, None, EVENT.peak)
        assert found.why == f"{EVENT.why} Its process ended."
        assert found.updated_ns == EVENT.updated_ns + 1


def test_the_events_of_a_camera_that_is_gone_are_closed(path: Path) -> None:
    with Journal(path) as journal:
        journal.events.store("square", [EVENT])
        journal.events.store("gate", [OTHER])
        journal.events.close_all_but(("gate",), NOW_NS + 3600 * NS_PER_S, "The camera is not watched any more.")
        assert journal.events.open_events("square") == ()
        assert journal.events.open_events("gate") == (OTHER,)
        found = waiting(journal)[-1]
        assert (found.state, found.end_ns) == (EventState.CLOSED, EVENT.updated_ns)
        assert found.updated_ns == NOW_NS + 3600 * NS_PER_S
        assert found.why.endswith("The camera is not watched any more.")
        # The hub takes what is later than what it has, also where this clock was set back since.
        journal.events.close_all_but((), 0, "The camera is not watched any more.")
        assert [one.updated_ns for one in waiting(journal) if one.camera == "gate"] == [OTHER.updated_ns + 1]


def test_what_waits_in_a_journal_is_known_beside_its_worker(path: Path) -> None:
    with Journal(path) as journal:
        assert waiting_since(path) is None
        journal.events.store("square", [EVENT])
        assert waiting_since(path) == EVENT.updated_ns
        deliver(journal)
        assert waiting_since(path) is None
    with sqlite3.connect(path) as database:
        database.execute("DROP TABLE events")
    database.close()
    assert waiting_since(path) is None


def test_what_another_release_has_written_otherwise_keeps_nothing_waiting_and_is_said(path: Path) -> None:
    with Journal(path) as journal:
        journal.events.store("square", [EVENT, closed(open_event("square", "jam", NOW_NS))])
    with sqlite3.connect(path) as database:
        database.execute("UPDATE events SET body = x'0123' WHERE open = 1")
    database.close()
    with capture_logs() as logs, Journal(path) as journal:
        assert journal.events.open_events("square") == ()
        assert [one.rule for one in waiting(journal)] == ["jam"]
    assert [(line["log_level"], line["events"]) for line in logs] == [("error", 1)]


def test_the_group_is_decided_once_and_holds_over_restarts_and_deliveries(path: Path) -> None:
    dense = open_event("square", "dense", NOW_NS, kind=RuleKind.DENSEST_AREA)
    with Journal(path) as journal:
        journal.events.store("square", [EVENT])
        journal.events.store("gate", [OTHER])
        journal.events.store("square", [closed(EVENT, 20)])
        deliver(journal)
    with Journal(path) as journal:  # the first one is delivered and deleted, but for its group
        journal.events.store("square", [dense])
        journal.events.store("square", [replace(dense, updated_ns=dense.updated_ns + 1, group_id="of the sandbox")])
        assert [one.group_id for one in journal.events.open_events("square")] == [EVENT.event_id]
        journal.events.close_all_but((), NOW_NS, "Over.")
        assert {one.rule: one.group_id for one in deliver(journal)} == {
            "dense": EVENT.event_id, "jam": OTHER.event_id,
        }  # fmt: skip
        journal.events.store("square", [dense])  # comes again after all
        assert [one.group_id for one in journal.events.open_events("square")] == [EVENT.event_id]


def test_of_old_events_only_so_many_are_kept(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_journal, "MAX_RECENT", 3)
    with Journal(path) as journal:
        for number in range(6):
            journal.events.store("square", [open_event("square", f"rule {number}", NOW_NS + number)])
        journal.events.store("gate", [OTHER])
        with sqlite3.connect(path) as database:
            kept = database.execute("SELECT camera, count(*) FROM recent_events GROUP BY camera ORDER BY 1").fetchall()
    assert kept == [("gate", 1), ("square", 3)]


def test_events_that_were_written_before_events_had_groups_are_kept(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.executescript(OLDER.read_text(encoding="utf-8"))
    database.close()
    with Journal(path) as journal:
        found = waiting(journal)
        assert [(event.rule, event.state) for event in found] == [
            ("full", EventState.OPEN), ("rush", EventState.SUSPENDED), ("jam", EventState.CLOSED),
        ]  # fmt: skip
        assert all(event.group_id == event.event_id and not event.silent for event in found)
        assert [event.rule for event in journal.events.open_events("Süd")] == ["full", "rush"]
        journal.events.store("Süd", [closed(found[0])])
        assert [event.state for event in waiting(journal)] == [
            EventState.SUSPENDED, EventState.CLOSED, EventState.CLOSED,
        ]  # fmt: skip
