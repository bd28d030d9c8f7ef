"""The engine process: has Ray run the workers that the hub wants, and says to the hub where they run."""

import asyncio
import os
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from passerby.back_off import BackOff, BackOffSettings
from passerby.domain.errors import PasserbyError
from passerby.engine.hub.link import unix_connection
from passerby.engine.service_folder import HUB_SOCKET, PRIVATE_UMASK
from passerby.fleet.authority import SiteAuthority
from passerby.fleet.ray_cluster import connect
from passerby.messages.cluster_messages import ClusterReport, WantedWorkers
from passerby.messages.codec import CodecError
from passerby.messages.hub_messages import TO_HUB, TO_WORKER
from passerby.service.plans import wanted_plan
from passerby.service.ray_engine.cluster import Cluster
from passerby.service.ray_engine.names import namespace
from passerby.service.ray_engine.reconciling import Reconciler
from passerby.service.ray_engine.refusals import cluster_address
from passerby.service.supervised_process import SupervisorLink, stop_at_signals
from passerby.telemetry.logs import configure_logs, get_log

LOOK_S: Final = 1.0
HUB_WAITS: Final = BackOffSettings(first_s=0.5, max_s=2.0)
CLUSTER_WAITS: Final = BackOffSettings(first_s=1.0, max_s=15.0, healthy_s=20.0)
AWAY_S: Final = 10.0
"""A cluster that does not answer for so long is reported."""
HUB_SILENT_S: Final = 4.0
"""A hub that has said nothing for so long may not be the active one any more: sooner than another one takes over."""


class EngineProcess:
    """Speaks to both: the hub says what is wanted, Ray is asked to do it.

    Attributes:
        report: what is to be said to the hub.
    """

    def __init__(self, site: Path, data: Path) -> None:
        """Takes the site file and the hub's data folder."""
        self._site, self._data = site, data
        self._wanted: WantedWorkers | None = None
        self._wanted_at_s = 0.0
        self.report = ClusterReport((), "The Ray cluster has not been reached yet.")
        self._looked_s = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Works until the event; actors go on without it."""
        tasks = [asyncio.create_task(each()) for each in (self._follow_hub, self._keep_cluster)]
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
        for task in (*tasks, stopping):
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task

    async def _follow_hub(self) -> None:
        connect_hub, back_off = unix_connection(self._data / HUB_SOCKET), BackOff(HUB_WAITS)
        while True:
            with suppress(OSError, asyncio.IncompleteReadError, CodecError):
                reader, writer = await connect_hub()
                try:
                    await self._speak(reader, writer)
                finally:
                    writer.close()
            await asyncio.sleep(back_off.wait_s(0.0))

    async def _speak(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def report() -> None:
            while True:
                writer.writelines(TO_HUB.encode(self._reported()))
                await writer.drain()
                await asyncio.sleep(LOOK_S)

        reporting = asyncio.create_task(report())
        try:
            while not reporting.done():
                message = await TO_WORKER.receive_from(reader)
                if isinstance(message, WantedWorkers):
                    self._wanted, self._wanted_at_s = message, asyncio.get_running_loop().time()
        finally:
            self._wanted = None
            reporting.cancel()
            with suppress(asyncio.CancelledError, OSError):
                await reporting

    def _reported(self) -> ClusterReport:
        away_s = asyncio.get_running_loop().time() - self._looked_s
        if not self.report.fault and away_s > AWAY_S:
            why = f"Ray's head has not answered for {away_s:.0f} s; what runs runs on, and nothing is placed."
            return replace(self.report, fault=why)
        return self.report

    async def _keep_cluster(self) -> None:
        back_off, loop = BackOff(CLUSTER_WAITS), asyncio.get_running_loop()
        while True:
            began_s = loop.time()
            try:
                reconciler = Reconciler(await asyncio.to_thread(self._connected))
                while True:
                    await self._look(reconciler)
                    await asyncio.sleep(LOOK_S)
            except PasserbyError as fault:
                why = str(fault)
            except Exception as fault:  # Ray raises of all kinds where its head is away
                why = f"Ray does not do what it is asked: {type(fault).__name__}: {fault}"
            get_log().error("the cluster cannot be used; tried again, and what runs runs on", why=why)
            self.report = ClusterReport((), f"The Ray cluster cannot be used: {why[:1000]}")
            await asyncio.sleep(back_off.wait_s(loop.time() - began_s))

    def _connected(self) -> Cluster:
        """Returns the cluster, connected anew.

        Raises:
            PasserbyError: it must not or cannot be used.
        """
        site = SiteAuthority.open(self._data).site
        address = cluster_address(wanted_plan(self._site, self._data, os.environ), os.environ)
        with suppress(Exception):
            import ray

            ray.shutdown()
        # Machines are upgraded one after the other, and what goes to actors are names.
        connect(address, namespace(site), same_release=False)
        get_log().info("the Ray cluster is reached", address=str(address))
        return Cluster(namespace(site))

    async def _look(self, reconciler: Reconciler) -> None:
        """Has the cluster do what is wanted, as long as the hub says it: another hub may want something else."""
        wanted = self._wanted
        if wanted is None or asyncio.get_running_loop().time() - self._wanted_at_s > HUB_SILENT_S:
            return
        self.report = await asyncio.to_thread(reconciler.reconcile, wanted.workers, wanted.drained)
        self._looked_s = asyncio.get_running_loop().time()


async def work(site: Path, data: Path, link: SupervisorLink) -> None:
    """Works until a signal, or until the supervisor is gone."""
    stop = asyncio.Event()
    stop_at_signals(stop)

    async def receive() -> None:
        try:
            await link.receive(lambda _message: None)
        finally:
            stop.set()

    receiving = asyncio.create_task(receive())
    await EngineProcess(site, data).run(stop)
    receiving.cancel()


def main() -> int:
    """`python -m passerby.service.ray_engine.process SITE DATA`."""
    site, data = Path(sys.argv[1]), Path(sys.argv[2])
    os.umask(PRIVATE_UMASK)
    link = SupervisorLink()
    configure_logs("engine")
    asyncio.run(work(site, data, link))
    # A thread may wait in Ray for a head that is away, and would keep this process.
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
