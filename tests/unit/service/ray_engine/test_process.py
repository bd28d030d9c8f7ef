"""The engine does what its hub wants only while that hub says it."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from passerby.engine.hub.link import Peer, UnixListener
from passerby.engine.service_folder import HUB_SOCKET
from passerby.messages.cluster_messages import ClusterReport, WantedWorker, WantedWorkers
from passerby.messages.hub_messages import TO_HUB, TO_WORKER
from passerby.service.ray_engine import process
from passerby.service.ray_engine.cluster import Actor
from passerby.service.ray_engine.process import EngineProcess
from passerby.service.ray_engine.reconciling import Reconciler
from testing.waiting import until_true
from tests.unit.service.ray_engine.test_reconciling import Cluster

WORKERS = ("worker-1", "worker-2")


class Hub:
    """A hub that answers each report with the workers that it wants, until it stands still or ends."""

    def __init__(self, folder: Path) -> None:
        self.path, self.still, self.heard = folder / HUB_SOCKET, False, 0
        self.connections: list[asyncio.StreamWriter] = []

    async def run(self) -> None:
        await UnixListener(self.path).listen(self._serve)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _peer: Peer) -> None:
        wanted = WantedWorkers(tuple(WantedWorker(name, 1.0, 500.0, "") for name in WORKERS), ())
        self.connections.append(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                assert isinstance(await TO_HUB.receive_from(reader), ClusterReport)
                if not self.still:
                    writer.writelines(TO_WORKER.encode(wanted))
                    await writer.drain()
                    self.heard += 1

    def end_connections(self) -> None:
        for writer in self.connections:
            writer.transport.abort()


@pytest.mark.parametrize("how", ["stands still", "ends"])
def test_of_a_hub_that_may_not_be_the_active_one_any_more_nothing_is_done(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "HUB_SILENT_S", 0.2)
    monkeypatch.setattr(process, "LOOK_S", 0.05)

    async def play() -> None:
        hub, cluster = Hub(tmp_path), Cluster()
        reconciler, engine = Reconciler(cluster), EngineProcess(tmp_path / "site.yaml", tmp_path)
        serving = asyncio.create_task(hub.run())
        following = asyncio.create_task(engine._follow_hub())
        await until_true(lambda: hub.heard > 1)
        await engine._look(reconciler)
        assert set(cluster.sizes) == set(WORKERS)
        if how == "stands still":
            hub.still = True
        else:
            serving.cancel()
            hub.end_connections()
        await asyncio.sleep(0.5)
        cluster.there["passerby:worker-of-the-next-hub"] = Actor("1", 1.0, 500.0, "", frozenset())
        await engine._look(reconciler)
        assert cluster.ending == set()
        if how == "stands still":  # it goes on: what it wants is done again
            hub.still, heard = False, hub.heard
            await until_true(lambda: hub.heard > heard + 1)
            await engine._look(reconciler)
            assert cluster.ending == {"passerby:worker-of-the-next-hub"}
        for task in (following, serving):
            task.cancel()
        await asyncio.gather(following, serving, return_exceptions=True)
        hub.end_connections()
        await asyncio.sleep(0.05)

    asyncio.run(play())
