"""Events from a worker's journal to the hub's store: the open ones first, and none lost or doubled by a kill."""

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from passerby.domain.leases import WatchedPart
from passerby.domain.observations import Observation
from passerby.domain.place_events import PlaceEvent
from passerby.domain.queries import Page, PlaceEventQuery, Receipt
from passerby.engine.hub.link import UnixListener
from passerby.engine.hub.server import HubServer
from passerby.engine.live_state import LiveState
from passerby.engine.unwatched.orphans import UNKNOWN
from passerby.ports import StoreUnavailableError
from testing.waiting import until_true
from testing.web.made import closed, open_event
from tests.unit.engine.hub.test_client_to_server import MINUTE_NS, START_NS, Scene, played
from tests.unit.engine.test_journal import OLDER


def test_events_come_before_the_minutes_of_an_outage_and_the_open_ones_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = [open_event("square", f"rule {number}", START_NS) for number in range(3)]

    async def scene_of(scene: Scene) -> None:
        kept: list[str] = []
        store_events, store_minutes = scene.store.store_events, scene.store.store_observations

        async def events(some: Sequence[PlaceEvent]) -> None:
            kept.extend(one.rule for one in some)
            await store_events(some)

        async def minutes(some: Sequence[Observation], parts: Sequence[WatchedPart]) -> Receipt:
            kept.extend("minute" for _ in some)
            return await store_minutes(some, parts)

        monkeypatch.setattr(scene.store, "store_events", events)
        monkeypatch.setattr(scene.store, "store_observations", minutes)
        scene.finish_minute(0, 1)
        scene.journal.events.store("square", [closed(ours[0]), ours[1], ours[2]])
        scene.start("hub")
        scene.start("client")
        await scene.until_empty()
        assert kept == ["rule 1", "rule 2", "rule 0", "minute", "minute"]
        assert {one.rule for one in scene.live.events()} == {"rule 0", "rule 1", "rule 2"}
        query = PlaceEventQuery(START_NS, START_NS + MINUTE_NS)
        stored = (await scene.store.events(query)).rows
        first = ours[0].event_id  # whose group the others are put into
        grouped = [replace(one, group_id=first) for one in (closed(ours[0]), *ours[1:])]
        wanted = sorted(grouped, key=lambda one: one.event_id)
        assert [await scene.store.event(one.event_id) for one in stored] == wanted

    played(tmp_path, scene_of)


def test_an_open_event_is_neither_lost_nor_doubled_when_both_ends_are_killed(tmp_path: Path) -> None:
    event = open_event("square", "full", START_NS)

    async def scene_of(scene: Scene) -> None:
        scene.start("hub")
        scene.start("client")
        scene.journal.events.store("square", [event])
        scene.hub.outbox_grew()
        await scene.until_empty()
        for name in ("client", "hub"):
            await scene.end(name)
        scene.live = LiveState(lambda: ["square"])  # a hub that is started knows nothing
        scene.start("hub")
        scene.start("client")
        await until_true(scene.live.events)
        assert scene.live.events() == scene.journal.events.open_events("square") == (event,)
        scene.journal.events.store("square", [closed(event)])
        scene.hub.outbox_grew()
        await scene.until_empty()
        query = PlaceEventQuery(START_NS, START_NS + MINUTE_NS)
        assert len((await scene.store.events(query)).rows) == 1
        assert await scene.store.event(event.event_id) == closed(event)

    played(tmp_path, scene_of)


def test_what_a_restored_store_holds_open_and_no_worker_knows_is_closed(tmp_path: Path) -> None:
    gone, others = open_event("square", "full", START_NS), open_event("gate", "full", START_NS)
    ours, ended = open_event("square", "jam", START_NS), open_event("square", "late", START_NS)

    async def scene_of(scene: Scene) -> None:
        await scene.store.store_events([gone, others, ended])  # as they were in the backup
        scene.journal.events.store("square", [ours, ended, closed(ended)])
        scene.start("hub")
        scene.start("client")
        await scene.until_empty()
        await until_true(lambda: any(one.event_id == gone.event_id for one in scene.live.events()))
        scene.journal.events.store("square", [open_event("square", "new", START_NS + 5)])
        scene.hub.outbox_grew()
        await scene.until_empty()
        rows = (await scene.store.events(PlaceEventQuery(START_NS, START_NS + MINUTE_NS))).rows
        found = {(one.camera, one.rule): one for one in rows}
        assert {name: one.state.value for name, one in found.items()} == {
            ("square", "full"): "closed", ("gate", "full"): "open", ("square", "jam"): "open",
            ("square", "late"): "closed", ("square", "new"): "open",
        }  # fmt: skip
        assert UNKNOWN in found["square", "full"].why
        assert UNKNOWN not in found["square", "late"].why

    played(tmp_path, scene_of)


def test_a_fault_of_the_store_is_over_once_it_has_closed_what_no_worker_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene_of(scene: Scene) -> None:
        events, tries = scene.store.events, [0]

        async def refusing_once(query: PlaceEventQuery) -> Page[PlaceEvent]:
            tries[0] += 1
            if tries[0] == 1:
                raise StoreUnavailableError("it does not answer now")
            return await events(query)

        monkeypatch.setattr(scene.store, "events", refusing_once)
        server = HubServer([UnixListener(scene.socket)], scene.store, scene.live)
        scene.tasks["hub"] = asyncio.create_task(server.run())
        scene.start("client")
        await until_true(lambda: server.store_fault)
        await until_true(lambda: not server.store_fault)
        assert tries == [2]

    played(tmp_path, scene_of)


def test_an_event_stays_in_the_journal_while_the_store_does_not_take_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = closed(open_event("square", "full", START_NS))

    async def scene_of(scene: Scene) -> None:
        store_events, tries = scene.store.store_events, [0]

        async def refusing(some: Sequence[PlaceEvent]) -> None:
            tries[0] += 1
            if tries[0] < 3:
                raise StoreUnavailableError("it does not answer now")
            await store_events(some)

        monkeypatch.setattr(scene.store, "store_events", refusing)
        scene.journal.events.store("square", [event])
        scene.start("hub")
        scene.start("client")
        await until_true(lambda: tries[0])
        assert scene.journal.outbox_rows == 1
        await scene.until_empty()
        assert tries == [3]
        assert await scene.store.event(event.event_id) == event

    played(tmp_path, scene_of)


def test_an_alert_that_an_earlier_release_left_in_an_outbox_is_stored_as_a_closed_event(tmp_path: Path) -> None:
    older = tmp_path / "worker.sqlite"
    with sqlite3.connect(older) as database:
        database.executescript((OLDER / "journal.sql").read_text(encoding="utf-8"))
    database.close()

    async def scene_of(scene: Scene) -> None:
        scene.start("hub")
        scene.start("client")
        await scene.until_empty()
        (event,) = (await scene.store.events(PlaceEventQuery(0, 2**62))).rows
        assert (event.camera, event.rule, event.place, event.value, event.threshold, event.unit) == (
            "north", "too-full", "Square", 4.5, 4.0, "m-2",
        )  # fmt: skip
        assert event.start_ns == event.end_ns == 1_764_000_063_000_000_000
        assert event.why == "More people than the square holds."

    played(tmp_path, scene_of)
