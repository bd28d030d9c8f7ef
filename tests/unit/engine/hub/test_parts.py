"""Two machines that each watched a part of a minute: their journals, their connections, one hub, one store."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from structlog.testing import capture_logs

from passerby.domain.leases import MINUTE_MS, Holder, MinuteSpan, WatchedPart
from passerby.domain.observations import Observation
from passerby.domain.queries import ObservationQuery
from passerby.engine.hub.client import HubClient
from passerby.engine.hub.link import Listener, Peer, Serve, UnixListener, unix_connection
from passerby.engine.hub.parts import Batch, batches, parts_from
from passerby.engine.hub.server import HubServer
from passerby.engine.journal import Journal
from passerby.engine.live_state import LiveState
from passerby.messages.columns import columns_of
from passerby.messages.sandbox_messages import Minutes
from passerby.store import open_store
from testing.waiting import until_true
from tests.unit.engine.hub.test_client_to_server import MINUTE_NS, START_NS, flow


class FromNode(UnixListener):
    """A listener whose connections are those of another machine."""

    def __init__(self, path: Path, node: str) -> None:
        super().__init__(path)
        self._node = node

    async def listen(self, serve: Serve) -> None:
        await super().listen(lambda reader, writer, _: serve(reader, writer, Peer(self._node)))


class Machine:
    """A machine's worker with one camera: what it has measured, and its way to the hub."""

    def __init__(self, folder: Path, node: str, lease: int) -> None:
        self.lease = lease
        self.journal = Journal(folder / f"{node}.sqlite")
        socket = folder / f"{node}.sock"
        self.listener: Listener = FromNode(socket, node)
        self.client = HubClient("worker-1", unix_connection(socket), self.journal, lambda _: None)
        self.client.set_cameras(("square",))

    def measure(self, minute: int, value: float, from_s: int, to_s: int) -> None:
        run = self.journal.begin_run("square")
        rows = columns_of([flow(minute, value, coverage=(to_s - from_s) / 60)])
        span = MinuteSpan(START_NS + minute * MINUTE_NS, 1000 * from_s, 1000 * to_s)
        closed = Minutes(columns_of(()), rows, START_NS + 1000 * MINUTE_NS, (span,))
        self.journal.store_minutes("square", run, closed, self.lease)
        self.journal.end_run("square", run)
        self.journal.finish_minutes(START_NS + 1000 * MINUTE_NS)
        self.client.outbox_grew()


def test_what_two_machines_measured_of_one_camera_counts_once(tmp_path: Path) -> None:
    async def scene() -> None:
        store = await open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")
        leases = [
            (await store.leases.take_many({"square": Holder(node, "worker-1")}))["square"]
            for node in ("hall", "cabinet")
        ]
        hall, cabinet = (Machine(tmp_path, each.node, each.number) for each in leases)
        hall.measure(0, 3.0, 0, 24)
        cabinet.measure(0, 4.0, 30, 60)
        hall.measure(1, 5.0, 0, 60)  # it was cut off, and does not know yet
        cabinet.measure(1, 6.0, 0, 60)
        server = HubServer([hall.listener, cabinet.listener], store, LiveState(lambda: ["square"]))
        tasks = [asyncio.create_task(each.run()) for each in (server, hall.client, cabinet.client)]
        await until_true(lambda: not hall.journal.outbox_rows and not cabinet.journal.outbox_rows)
        found = await stored()
        assert [(one.value, round(one.coverage, 6)) for one in found] == [(7.0, 0.9), (6.0, 1.0)]
        assert server.rows_set_aside == 1
        with capture_logs() as logs:
            hall.lease = cabinet.lease
            hall.measure(2, 9.0, 0, 60)
            await until_true(lambda: not hall.journal.outbox_rows)
        assert ["given to cabinet, not to hall" in line["why"] for line in logs if "why" in line] == [True]
        assert len(await stored()) == 2
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await store.close()

    async def stored() -> Sequence[Observation]:
        reader = await open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")
        try:
            return (await reader.observations(ObservationQuery(START_NS, START_NS + 1000 * MINUTE_NS))).rows
        finally:
            await reader.close()

    asyncio.run(scene())


def test_the_machine_of_a_part_is_that_of_its_connection() -> None:
    rows = [flow(0), flow(1)]
    said = WatchedPart("square", START_NS, 4, 0, 30_000, node="elsewhere")
    assert parts_from("", rows, [said]) == (replace(said, node=""),)
    assert parts_from("hall", rows, [said]) == (
        replace(said, node="hall"),
        WatchedPart("square", START_NS + MINUTE_NS, 0, 0, MINUTE_MS, "hall"),
    )


def test_a_batch_has_one_part_of_each_minute() -> None:
    one, other = (WatchedPart("square", START_NS, lease, 0, 30_000) for lease in (1, 2))
    first, second, later = [flow(0, 1.0)], [flow(0, 2.0)], [flow(1)]
    assert batches([(first, ()), (second, ()), (later, ())]) == [Batch([*first, *second, *later], [])]
    assert batches([(first, [one]), (later, ()), (second, [other]), (second, [other])]) == [
        Batch([*first, *later], [one]), Batch([*second, *second], [other, other]),
    ]  # fmt: skip
    assert batches([(first, ()), (second, [other])]) == [Batch(first, []), Batch(second, [other])]
    assert batches([((), ())]) == []
