"""Replays wait for the hub on disk: encrypted, the newest few of each camera, and not once they may not be kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from passerby.domain.place_events import PlaceEvent
from passerby.engine.journal import Journal
from passerby.engine.replays.outbox import MAX_WAITING
from testing.web.made import NOW_S, NS_PER_S, open_event
from testing.web.replays import encrypted

NOW_NS = NOW_S * NS_PER_S


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "worker.sqlite") as journal:
        yield journal


def event(number: int, camera: str = "square") -> PlaceEvent:
    return open_event(camera, f"rule {number}", NOW_NS + number)


def waiting(journal: Journal) -> list[str]:
    found: list[str] = []
    while (replay := journal.replays.next()) is not None:
        found.append(replay.event_id)
        journal.replays.delete([replay.event_id])
    return found


def test_they_come_out_in_order_and_are_there_after_a_start(tmp_path: Path) -> None:
    path = tmp_path / "worker.sqlite"
    with Journal(path) as journal:
        for number in (2, 1):
            journal.replays.store(encrypted(event(number), b"box %d" % number))
        journal.replays.store(encrypted(event(2), b"another one"))
        assert journal.outbox_rows == 2
    with Journal(path) as journal:
        first = journal.replays.next()
        assert first is not None
        assert (first.event_id, first.camera, first.time_ns, first.box.tobytes()) == (
            event(2).event_id, "square", event(2).raised_ns, b"box 2",
        )  # fmt: skip
        assert waiting(journal) == [event(2).event_id, event(1).event_id]
        assert journal.outbox_rows == 0


def test_a_flood_of_one_camera_leaves_its_newest_and_all_of_another(journal: Journal) -> None:
    journal.replays.store(encrypted(event(0, "gate")))
    for number in range(MAX_WAITING + 5):
        journal.replays.store(encrypted(event(number)))
    kept = [event(0, "gate").event_id, *(event(number).event_id for number in range(5, MAX_WAITING + 5))]
    assert waiting(journal) == kept


def test_what_may_not_be_kept_any_more_is_gone(journal: Journal) -> None:
    for number in range(3):
        journal.replays.store(encrypted(event(number), time_ns=NOW_NS + number))
    journal.replays.store(encrypted(event(4, "gate"), time_ns=NOW_NS + 10))
    journal.replays.keep_only({"square", "gate"}, NOW_NS + 1)
    assert journal.replays.waiting == 3
    journal.replays.keep_only({"square"}, NOW_NS + 2)
    assert waiting(journal) == [event(2).event_id]
    journal.replays.keep_only((), 0)
    assert journal.replays.next() is None
