"""The hub's process: the store, what is live, and the HTTP API over both."""

import asyncio
import os
import signal
import socket
import sys
import time
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import asdict
from pathlib import Path
from zoneinfo import ZoneInfo

import uvicorn

from passerby import __version__
from passerby.back_off import BackOff, BackOffSettings
from passerby.domain.errors import OutputError, PasserbyError
from passerby.domain.service import ServerPlan, SitePlan
from passerby.engine.file_names import HUB_SOCKET, LINK_FILE, OURS_ALONE, SESSION_KEY_FILE
from passerby.engine.hub_server import HubServer
from passerby.engine.live_state import LiveState
from passerby.engine.service_folder import ServiceFolder
from passerby.files import write_private
from passerby.ports import Store, StoreError, StoreUnavailableError
from passerby.service.configurations import FileConfigurations, applied_plan
from passerby.service.garbage import collect_seldom
from passerby.service.hub_metrics import HubMetrics
from passerby.service.supervised_process import AGAIN_AT_ONCE, Words, heard_lines, say
from passerby.store import open_store
from passerby.telemetry.logs import Redaction, configure_logs, get_log
from passerby.units import DAY_S, HOUR_S
from passerby.web.app import create_app, end_streams
from passerby.web.entry import Entry, kept_key
from passerby.web.server import server_config

ROLL_UP_S = 60.0
RETENTION_S = float(DAY_S)
RETENTION_AGAIN_S = float(HOUR_S)
STATUS_S = 2.0
UNSENT_BYTES = 1 << 14
"""What the system may hold for one viewer beyond what is on its way: a slow one would else see ever older pictures."""

STORE_WAITS = BackOffSettings(first_s=0.5, most_s=10.0)


class HubProcess:
    """Everything that the hub holds, put together."""

    def __init__(self, site: Path, data: Path, redaction: Redaction) -> None:
        self._site, self._data, self._redaction = site, data, redaction
        self._log = get_log()
        self._stop = asyncio.Event()
        self._code = 0
        self._started: SitePlan | None = None

    async def run(self) -> int:
        """Serves until it is told to stop; returns the exit code."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        words: asyncio.Queue[Words] = asyncio.Queue()
        heeding = loop.create_task(self._heed(words))
        plan = await asyncio.to_thread(applied_plan, self._site, self._data, os.environ)
        self._started = plan
        self._redaction.hide(plan.secrets)
        store = await self._open_store(plan)
        if store is not None:
            try:
                await self._serve(store, plan, words)
            finally:
                await store.close()
        heeding.cancel()
        return self._code

    async def _heed(self, words: asyncio.Queue[Words]) -> None:
        await heard_lines(words.put_nowait)
        self._stop.set()  # the supervisor is gone

    async def _open_store(self, plan: SitePlan) -> Store | None:
        """The store; waits for a database that does not answer, as workers keep what they measure."""
        back_off = BackOff(STORE_WAITS)
        while not self._stop.is_set():
            try:
                return await open_store(
                    ServiceFolder(self._data).store_url(plan.store_url),
                    zone=ZoneInfo(plan.time_zone),
                    retention=plan.retention,
                )
            except StoreUnavailableError as fault:
                wait_s = back_off.wait_s(0.0)
                self._log.error("the database does not answer", why=str(fault), again_in_s=wait_s)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), wait_s)
        return None

    async def _serve(self, store: Store, plan: SitePlan, words: asyncio.Queue[Words]) -> None:
        configurations = await FileConfigurations.open(
            self._site, store, self._data, on_applied=self._applied, environment=os.environ
        )
        if configurations.problem:
            self._log.error("the site file has faults; the last good one runs", why=configurations.problem)
        # What was edited while the hub was away is taken in by now: the workers hear of it, and change what differs.
        self._deal(configurations.plan)
        board = LiveState(lambda: [camera.name for camera in configurations.plan.cameras])
        intake = HubServer(self._data / HUB_SOCKET, store, board)
        entry = Entry(kept_key(self._data / SESSION_KEY_FILE))
        figures = [HubMetrics(board, intake)]
        app = create_app(store, board, configurations, entry, version=__version__, collectors=figures)
        server = _Server(server_config(app, plan.server.host, plan.server.port))
        listening = bound(plan.server)
        self._tell_link(entry, plan.server)
        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(server.serve(sockets=[listening]))
            others = [
                tasks.create_task(intake.run()),
                tasks.create_task(self._keep_house(store)),
                tasks.create_task(self._tell_status(board, intake, configurations)),
                tasks.create_task(self._listen(words, configurations, entry)),
            ]
            await self._stop.wait()
            end_streams(app)
            server.should_exit = True
            await serving
            for task in others:
                task.cancel()

    async def _applied(self, plan: SitePlan) -> None:
        """Another site file runs: cameras are dealt out anew, and so is the hub where it stands on what has changed."""
        self._redaction.hide(plan.secrets)
        self._deal(plan)
        before = self._started
        if before is None or _foundations(before) != _foundations(plan):
            self._code = AGAIN_AT_ONCE
            asyncio.get_running_loop().call_later(0.5, self._stop.set)  # the answer to whoever applied it goes first

    @staticmethod
    def _deal(plan: SitePlan) -> None:
        say({"applied": [camera.name for camera in plan.cameras], "cameras_each": plan.cameras_per_worker})

    async def _keep_house(self, store: Store) -> None:
        """Rolls up and deletes, over and over."""
        retention_due_s = 0.0
        while True:
            try:
                await store.roll_up()
            except StoreError as fault:
                self._log.error("the store could not be rolled up; tried again", why=str(fault))
            if time.monotonic() >= retention_due_s:
                retention_due_s = time.monotonic() + await self._enforce_retention(store)
            await asyncio.sleep(ROLL_UP_S)

    async def _enforce_retention(self, store: Store) -> float:
        """Deletes what is too old; returns after how many seconds it is to be done again."""
        try:
            runs = await store.enforce_retention()
        except StoreError as fault:
            self._log.error("nothing was deleted; tried again", why=str(fault), again_in_s=RETENTION_AGAIN_S)
            return RETENTION_AGAIN_S
        self._log.info("retention enforced", deleted={run.kind.value: run.deleted for run in runs})
        return RETENTION_S

    async def _tell_status(self, board: LiveState, intake: HubServer, configurations: FileConfigurations) -> None:
        while True:
            cameras = [asdict(report) for report in board.health()]
            say({"cameras": cameras, "store_fault": intake.store_fault, "problem": configurations.problem})
            await asyncio.sleep(STATUS_S)

    async def _listen(self, words: asyncio.Queue[Words], configurations: FileConfigurations, entry: Entry) -> None:
        while True:
            asked = await words.get()
            if "reload" in asked:
                try:
                    await configurations.reload()
                except (StoreError, OutputError) as fault:
                    self._log.error("the site file could not be taken in; what ran runs on", why=str(fault))
                if configurations.problem:
                    self._log.error("the site file has faults; what ran runs on", why=configurations.problem)
            elif "link" in asked:
                entry.renew()
                self._tell_link(entry, configurations.plan.server)

    def _tell_link(self, entry: Entry, server: ServerPlan) -> None:
        link = entry.link(server.host, server.port)
        write_private(self._data / LINK_FILE, link + "\n")
        say({"link": link})


class _Server(uvicorn.Server):
    """Leaves signals to the hub, which has more to bring to an end than the server."""

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        """Captures none."""
        return nullcontext()


def bound(server: ServerPlan) -> socket.socket:
    """A socket that listens where the site says.

    Raises:
        OutputError: the port is taken, or not ours to take.
    """
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
    try:
        listening.bind((server.host, server.port))
    except OSError as fault:
        listening.close()
        raise OutputError(
            f"{server.host} port {server.port}: cannot listen there: {fault.strerror}. "
            "End what listens there already, or choose another port under `server` in the site file."
        ) from None
    listening.listen(512)
    listening.set_inheritable(False)
    return listening


def _foundations(plan: SitePlan) -> tuple[object, ...]:
    """What the hub itself is built on; a change of it needs a new hub."""
    return plan.store_url, plan.time_zone, plan.retention.keep_days, plan.server


def main() -> int:
    """`python -m passerby.service.hub_process SITE DATA`."""
    site, data = Path(sys.argv[1]), Path(sys.argv[2])
    os.umask(OURS_ALONE)
    collect_seldom()
    redaction = configure_logs("hub")
    try:
        return asyncio.run(HubProcess(site, data, redaction).run())
    except* PasserbyError as faults:
        for fault in faults.exceptions:
            get_log().error("the hub cannot run", why=str(fault))
    return 1


if __name__ == "__main__":
    sys.exit(main())
