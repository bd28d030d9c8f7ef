"""A worker's line to the hub: brings what waits in the outbox, and what is live while it lasts."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from passerby.domain.health import CameraHealth
from passerby.domain.isolation import Isolation
from passerby.domain.preview import Preview
from passerby.engine.journal import Journal
from passerby.messages.channel import HEAD
from passerby.messages.codec import CodecError
from passerby.messages.columns import columns_of
from passerby.messages.hub_messages import (
    TO_HUB,
    TO_WORKER,
    CameraIsolation,
    CameraNow,
    Greeting,
    Look,
    OpenMinutes,
    Received,
    ToHub,
    ToWorker,
)

IN_FLIGHT = 4
"""Deliveries that may wait for their acknowledgement at a time."""

RETRY_S = 0.5
BROKEN = (OSError, asyncio.IncompleteReadError, CodecError)


class HubClient:
    """Connects to the hub again and again; the outbox waits while there is none."""

    def __init__(self, worker: str, path: Path, ledger: Journal, asked: Callable[[ToWorker], None]) -> None:
        """Takes both ends.

        Args:
            worker: the worker's name.
            path: the hub's socket.
            ledger: the worker's book.
            asked: told what the hub asks for.
        """
        self._worker, self._path, self._ledger, self._asked = worker, path, ledger, asked
        self._cameras: tuple[str, ...] = ()
        self._seals: dict[str, Isolation] = {}
        self._changed: set[str] = set()
        self._health: dict[str, CameraHealth] = {}
        self._reported: set[str] = set()
        self._previews: dict[str, Preview] = {}
        self._sealed: set[str] = set()
        self._greet = False
        self._wake = asyncio.Event()
        self._picture = asyncio.Event()

    def hold(self, cameras: tuple[str, ...]) -> None:
        """Says which cameras the worker holds from now on."""
        self._cameras = cameras
        self._greet = True
        for gone in set(self._health) - set(cameras):
            self._health.pop(gone, None)
            self._seals.pop(gone, None)
        self._wake.set()

    def minutes(self, camera: str) -> None:
        """The camera's open minutes have changed."""
        self._changed.add(camera)
        self._wake.set()

    def health(self, report: CameraHealth) -> None:
        """A new report for whoever looks now."""
        self._health[report.camera] = report
        self._reported.add(report.camera)
        self._wake.set()

    def preview(self, preview: Preview) -> None:
        """The newest picture; one that has not left yet is forgotten."""
        self._previews[preview.camera] = preview
        self._picture.set()

    def seal(self, camera: str, isolation: Isolation) -> None:
        """How far a camera's process is locked in."""
        self._seals[camera] = isolation
        self._sealed.add(camera)
        self._wake.set()

    def outbox_grew(self) -> None:
        """There is something new in the outbox."""
        self._wake.set()

    async def run(self) -> None:
        """Holds the line until cancelled."""
        while True:
            with suppress(*BROKEN):
                await self._hold_line()
            await asyncio.sleep(RETRY_S)

    async def _hold_line(self) -> None:
        reader, writer = await asyncio.open_unix_connection(str(self._path))
        acknowledged: asyncio.Queue[int] = asyncio.Queue()
        listening = asyncio.create_task(self._listen(reader, acknowledged))
        telling = asyncio.create_task(self._tell(writer, acknowledged))
        showing = asyncio.create_task(self._show(writer))
        tasks = (listening, telling, showing)
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError, *BROKEN):
                    await task
            for camera in self._cameras:
                self._asked(Look(camera, False))  # whoever looked, looked through the hub
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _listen(self, reader: asyncio.StreamReader, acknowledged: asyncio.Queue[int]) -> None:
        while True:
            head = TO_WORKER.head(await reader.readexactly(HEAD.size))
            text, rest = await reader.readexactly(head.json_bytes), await reader.readexactly(head.array_bytes)
            message = TO_WORKER.message(head, text, rest)
            if isinstance(message, Received):
                acknowledged.put_nowait(message.number)
                self._wake.set()
            else:
                self._asked(message)

    async def _tell(self, writer: asyncio.StreamWriter, acknowledged: asyncio.Queue[int]) -> None:
        await self._send(writer, Greeting(self._worker, self._cameras))
        self._greet = False
        self._sealed, self._reported, self._changed = set(self._seals), set(self._health), set(self._cameras)
        sent, in_flight = 0, 0
        while True:
            done = [acknowledged.get_nowait() for _ in range(acknowledged.qsize())]
            if done:
                await asyncio.to_thread(self._ledger.forget, done)
                in_flight -= len(done)
            for number, delivery in await asyncio.to_thread(self._ledger.waiting, sent, IN_FLIGHT - in_flight):
                await self._send(writer, delivery)
                sent, in_flight = number, in_flight + 1
            await self._tell_live(writer)
            if not done and not self._wake.is_set():
                await self._wake.wait()
            self._wake.clear()

    async def _tell_live(self, writer: asyncio.StreamWriter) -> None:
        if self._greet:
            self._greet = False
            await self._send(writer, Greeting(self._worker, self._cameras))
        changed, self._changed = self._changed, set()
        for camera in changed:
            rows = await asyncio.to_thread(self._ledger.open_minutes, camera)
            await self._send(writer, OpenMinutes(camera, columns_of(rows)))
        sealed, self._sealed = self._sealed, set()
        for camera in sealed & set(self._seals):
            await self._send(writer, CameraIsolation(camera, self._seals[camera]))
        reported, self._reported = self._reported, set()
        for camera in reported & set(self._health):
            await self._send(writer, CameraNow(self._health[camera]))

    async def _show(self, writer: asyncio.StreamWriter) -> None:
        """Pictures wait for nothing but the line: the book is written to the disk before it answers."""
        while True:
            await self._picture.wait()
            self._picture.clear()
            previews, self._previews = self._previews, {}
            for preview in previews.values():
                await self._send(writer, preview)

    async def _send(self, writer: asyncio.StreamWriter, message: ToHub) -> None:
        # All pieces in one go: two tasks send, and no message may come within another.
        for piece in TO_HUB.packed(message):
            writer.write(piece)
        await writer.drain()
