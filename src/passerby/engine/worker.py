"""A worker: a few cameras' seats, their book, and the line to the hub."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from passerby.domain.health import CameraHealth
from passerby.domain.isolation import Isolation
from passerby.domain.preview import Preview
from passerby.engine.camera_supervisor import CameraListener, CameraSupervisor, Starter
from passerby.engine.hub_client import HubClient
from passerby.engine.journal import Journal
from passerby.messages.hub_messages import Confirm, Look, ToWorker
from passerby.telemetry.logs import get_log

SETTLE_S = 1.0
CHECK_S = 5.0


@dataclass(frozen=True, slots=True)
class Assignment:
    """One camera that a worker is to hold.

    Attributes:
        start: starts its sealed process.
        identity: changes exactly when the camera has to be started anew.
    """

    start: Starter
    identity: bytes


class _Listener(CameraListener):
    """Hands what seats tell from their threads over to the worker's loop."""

    def __init__(self, worker: str, loop: asyncio.AbstractEventLoop, line: HubClient) -> None:
        self._log, self._loop, self._line = get_log().bind(worker=worker), loop, line

    def minutes(self, camera: str) -> None:
        self._loop.call_soon_threadsafe(self._line.minutes, camera)

    def health(self, report: CameraHealth) -> None:
        self._log.info("camera", camera=report.camera, state=report.state.value, why=report.why)
        self._loop.call_soon_threadsafe(self._line.health, report)
        self._loop.call_soon_threadsafe(self._line.outbox_grew)

    def preview(self, preview: Preview) -> None:
        self._loop.call_soon_threadsafe(self._line.preview, preview)

    def seal(self, camera: str, isolation: Isolation) -> None:
        self._log.info("sealed", camera=camera, level=isolation.level, missing=list(isolation.missing))
        self._loop.call_soon_threadsafe(self._line.seal, camera, isolation)

    def ended(self, camera: str, why: str, wait_s: float) -> None:
        self._log.warning("camera process ended", camera=camera, why=why, again_in_s=wait_s)


class Worker:
    """Keeps the seats as they are assigned; what they measure reaches the hub, now or later."""

    def __init__(self, name: str, book: Path, hub: Path, clock: Callable[[], int] = time.time_ns) -> None:
        """Opens the book; to be made inside a running loop.

        Args:
            name: the worker's name.
            book: file of its ledger.
            hub: the hub's socket.
            clock: UTC nanoseconds now.
        """
        self._clock = clock
        self._ledger = Journal(book)
        self._ledger.begin()
        self._line = HubClient(name, hub, self._ledger, self._asked)
        self._listener = _Listener(name, asyncio.get_running_loop(), self._line)
        self._seats: dict[str, tuple[bytes, CameraSupervisor]] = {}

    @property
    def outbox_rows(self) -> int:
        """Results that wait for the hub."""
        return self._ledger.outbox_rows

    async def assign(self, cameras: Mapping[str, Assignment]) -> None:
        """Starts, ends and changes seats until they are these; the others are not touched."""
        going = [
            camera
            for camera, (identity, _) in self._seats.items()
            if camera not in cameras or cameras[camera].identity != identity
        ]
        leaving = [self._seats.pop(camera)[1] for camera in going]
        await asyncio.gather(*(asyncio.to_thread(seat.stop) for seat in leaving))
        for camera, wanted in cameras.items():
            if camera not in self._seats:
                seat = CameraSupervisor(camera, wanted.start, self._ledger, self._listener)
                self._seats[camera] = (wanted.identity, seat)
        self._line.hold(tuple(self._seats))

    async def run(self, stop: asyncio.Event) -> None:
        """Works until the event; then all cameras tell what they have, and what the hub takes quickly is delivered."""
        async with asyncio.TaskGroup() as tasks:
            line = tasks.create_task(self._line.run())
            keeping = [tasks.create_task(self._settle()), tasks.create_task(self._check())]
            await stop.wait()
            await asyncio.gather(*(asyncio.to_thread(seat.stop) for _, seat in self._seats.values()))
            await asyncio.to_thread(self._ledger.settle, self._clock())
            self._line.outbox_grew()
            await asyncio.sleep(SETTLE_S)
            for task in (line, *keeping):
                task.cancel()
        self._ledger.close()

    async def _settle(self) -> None:
        while True:
            if await asyncio.to_thread(self._ledger.settle, self._clock()):
                self._line.outbox_grew()
                for camera in self._seats:
                    self._line.minutes(camera)
            await asyncio.sleep(SETTLE_S)

    async def _check(self) -> None:
        while True:
            await asyncio.sleep(CHECK_S)
            for _, seat in list(self._seats.values()):
                await asyncio.to_thread(seat.check)

    def _asked(self, message: ToWorker) -> None:
        if isinstance(message, Look | Confirm) and message.camera in self._seats:
            seat = self._seats[message.camera][1]
            if isinstance(message, Confirm):
                seat.confirm()
            else:
                seat.look(looking=message.looking)
