"""A worker's connection to the hub: sends what waits in the outbox, and the live values while it lasts."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias

from passerby.domain.health import CameraHealth
from passerby.domain.isolation import Isolation
from passerby.domain.preview import Preview
from passerby.engine.event_journal import WaitingEvent
from passerby.engine.hub.link import Connect
from passerby.engine.journal import Journal
from passerby.messages.cluster_messages import CameraCosts
from passerby.messages.codec import CodecError
from passerby.messages.columns import columns_of
from passerby.messages.hub_messages import (
    TO_HUB,
    TO_WORKER,
    Acknowledged,
    CameraIsolation,
    DraftReport,
    EventDelivery,
    EventsStored,
    KnownEvents,
    NewestHealth,
    OpenMinutes,
    ReplayDelivery,
    ReplayStored,
    ToHub,
    ToWorker,
    WorkerCameras,
)
from passerby.messages.live_requests import MAX_PACE_S, LivePace, PreviewWanted

MAX_IN_FLIGHT = 4
"""Deliveries that may wait for their acknowledgement at a time."""

MAX_EVENTS = 50
"""Events in one delivery: a few hundred KB."""

PACED_S = 1.0
"""How soon open minutes that the hub wants later are looked at again."""

RETRY_S = 0.5
Stored: TypeAlias = Acknowledged | EventsStored | ReplayStored
BROKEN = (OSError, asyncio.IncompleteReadError, CodecError)


class HubClient:
    """Connects to the hub again and again; results wait in the outbox meanwhile."""

    def __init__(
        self,
        worker: str,
        connect: Connect,
        journal: Journal,
        requested: Callable[[ToWorker], None],
        first: Callable[[], ToHub] | None = None,
    ) -> None:
        """Takes both ends.

        Args:
            worker: the worker's name.
            connect: connects to the hub.
            journal: the worker's journal.
            requested: called with each request of the hub.
            first: returns what each connection begins with; None for nothing else than what it has to report.
        """
        self._first = first
        self._worker, self._connect_hub, self._journal, self._requested = worker, connect, journal, requested
        self._cameras: tuple[str, ...] = ()
        self._isolations: dict[str, Isolation] = {}
        self._health: dict[str, CameraHealth] = {}
        self._previews: dict[tuple[str, bool], Preview] = {}
        # What has changed since it was sent last, by camera.
        self._unsent_minutes: set[str] = set()
        self._unsent_health: set[str] = set()
        self._pace_s = 0.0
        self._minutes_sent_s: dict[str, float] = {}
        self._looked_at: set[tuple[str, bool]] = set()
        self._pacing: asyncio.TimerHandle | None = None
        self._unsent_isolations: set[str] = set()
        self._unsent_drafts: dict[str, DraftReport] = {}
        self._unsent_cameras = False
        self._unsent_costs: CameraCosts | None = None
        self._events_sent: list[WaitingEvent] = []
        self._events_number = 0
        self._replay_sent = False
        self._wake = asyncio.Event()
        self._preview_wake = asyncio.Event()

    def set_cameras(self, cameras: tuple[str, ...]) -> None:
        """Sets the cameras that the worker holds from now on."""
        self._cameras = cameras
        self._unsent_cameras = True
        for gone in set(self._health) - set(cameras):
            self._health.pop(gone, None)
            self._isolations.pop(gone, None)
        for gone in set(self._minutes_sent_s) - set(cameras):
            del self._minutes_sent_s[gone]
        self._wake.set()

    def minutes_changed(self, camera: str) -> None:
        """Sends the camera's open minutes anew."""
        self._unsent_minutes.add(camera)
        self._wake.set()

    @property
    def health(self) -> tuple[CameraHealth, ...]:
        """The newest report of each camera."""
        return tuple(self._health.values())

    def send_health(self, report: CameraHealth) -> None:
        """Sends a new report for the live state."""
        self._health[report.camera] = report
        self._unsent_health.add(report.camera)
        self._wake.set()

    def send_preview(self, preview: Preview) -> None:
        """Sends the newest picture, in place of one that has not been sent yet."""
        self._previews[preview.camera, preview.tally] = preview
        self._preview_wake.set()

    def send_isolation(self, camera: str, isolation: Isolation) -> None:
        """Sends how far a camera's process is isolated."""
        self._isolations[camera] = isolation
        self._unsent_isolations.add(camera)
        self._wake.set()

    def send_draft(self, report: DraftReport) -> None:
        """Sends what has come of a draft, in place of what has not been sent yet."""
        self._unsent_drafts[report.camera] = report
        self._wake.set()

    def send_costs(self, costs: CameraCosts) -> None:
        """Sends what the cameras take, in place of what has not been sent yet."""
        self._unsent_costs = costs
        self._wake.set()

    def outbox_grew(self) -> None:
        """Sends what is new in the outbox."""
        self._wake.set()

    async def run(self) -> None:
        """Keeps the connection until cancelled."""
        while True:
            with suppress(*BROKEN):
                await self._connect()
            await asyncio.sleep(RETRY_S)

    async def _connect(self) -> None:
        reader, writer = await self._connect_hub()
        acknowledged: asyncio.Queue[Stored] = asyncio.Queue()
        tasks = (
            asyncio.create_task(self._receive(reader, acknowledged)),
            asyncio.create_task(self._send_results(writer, acknowledged)),
            asyncio.create_task(self._send_previews(writer)),
        )
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError, *BROKEN):
                    await task
            self._looked_at.clear()
            for camera in self._cameras:
                for tally in (True, False):
                    self._requested(PreviewWanted(camera, False, tally))  # all viewers are the hub's
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _receive(self, reader: asyncio.StreamReader, acknowledged: asyncio.Queue[Stored]) -> None:
        while True:
            message = await TO_WORKER.receive_from(reader)
            if isinstance(message, Acknowledged | EventsStored | ReplayStored):
                acknowledged.put_nowait(message)
                self._wake.set()
            elif isinstance(message, LivePace):
                self._pace_s = message.every_s
            else:
                if isinstance(message, PreviewWanted):
                    look = self._looked_at.add if message.wanted else self._looked_at.discard
                    look((message.camera, message.tally))
                    self._wake.set()
                self._requested(message)

    async def _send_results(self, writer: asyncio.StreamWriter, acknowledged: asyncio.Queue[Stored]) -> None:
        self._unsent_cameras = True
        self._unsent_isolations, self._unsent_health = set(self._isolations), set(self._health)
        self._unsent_minutes = set(self._cameras)
        await asyncio.to_thread(self._journal.events.send_open_again)
        self._events_sent, self._events_number, self._replay_sent = [], 0, False
        last, in_flight = 0, 0
        if self._first is not None:
            await self._send(writer, await asyncio.to_thread(self._first))
        while True:
            done = [acknowledged.get_nowait() for _ in range(acknowledged.qsize())]
            numbers = [one.number for one in done if isinstance(one, Acknowledged)]
            if numbers:
                await asyncio.to_thread(self._journal.outbox.delete, numbers)
                in_flight -= len(numbers)
            await self._send_cameras(writer)
            await self._send_events(writer, any(isinstance(one, EventsStored) for one in done))
            await self._send_replay(writer, [one.event_id for one in done if isinstance(one, ReplayStored)])
            for number, frame in await asyncio.to_thread(self._journal.outbox.next, last, MAX_IN_FLIGHT - in_flight):
                writer.write(frame)
                await writer.drain()
                last, in_flight = number, in_flight + 1
            await self._send_live(writer)
            await self._wake.wait()
            self._wake.clear()

    async def _send_events(self, writer: asyncio.StreamWriter, stored: bool) -> None:
        """Sends the next reports of events, before all minutes that wait; the ones before have to be stored first."""
        if stored:
            await asyncio.to_thread(self._journal.events.set_stored, self._events_sent)
            self._events_sent = []
        if not self._events_sent:
            self._events_sent = await asyncio.to_thread(self._journal.events.waiting, MAX_EVENTS)
            if self._events_sent:
                self._events_number += 1
                events = tuple(one.event for one in self._events_sent)
                await self._send(writer, EventDelivery(self._events_number, events))

    async def _send_replay(self, writer: asyncio.StreamWriter, stored: list[str]) -> None:
        """Sends the next replay, one at a time: they are large, and in no hurry."""
        if stored:
            await asyncio.to_thread(self._journal.replays.delete, stored)
            self._replay_sent = False
        if not self._replay_sent:
            replay = await asyncio.to_thread(self._journal.replays.next)
            if replay is not None:
                self._replay_sent = True
                await self._send(writer, ReplayDelivery(replay))

    async def _send_cameras(self, writer: asyncio.StreamWriter) -> None:
        if self._unsent_cameras:
            self._unsent_cameras = False
            cameras = self._cameras
            await self._send(writer, WorkerCameras(self._worker, cameras))
            # Before any event that is raised from now on: the hub takes them in this order.
            known = await asyncio.to_thread(self._journal.events.known)
            await self._send(writer, KnownEvents(cameras, known))

    async def _send_live(self, writer: asyncio.StreamWriter) -> None:
        for camera in self._minutes_due():
            rows = await asyncio.to_thread(self._journal.open_minutes, camera)
            await self._send(writer, OpenMinutes(camera, columns_of(rows)))
        isolations, self._unsent_isolations = self._unsent_isolations, set()
        for camera in isolations & set(self._isolations):
            await self._send(writer, CameraIsolation(camera, self._isolations[camera]))
        health, self._unsent_health = self._unsent_health, set()
        for camera in health & set(self._health):
            await self._send(writer, NewestHealth(self._health[camera]))
        drafts, self._unsent_drafts = self._unsent_drafts, {}
        for report in drafts.values():
            await self._send(writer, report)
        costs, self._unsent_costs = self._unsent_costs, None
        if costs is not None:
            await self._send(writer, costs)

    def _minutes_due(self) -> set[str]:
        """Returns the cameras whose open minutes are to be sent now; the others wait, as far apart as the hub wants."""
        loop = asyncio.get_running_loop()
        now_s, looked_at = loop.time(), {camera for camera, _ in self._looked_at}
        due = {
            camera
            for camera in self._unsent_minutes
            if camera in looked_at or now_s - self._minutes_sent_s.get(camera, -MAX_PACE_S) >= self._pace_s
        }
        self._unsent_minutes -= due
        self._minutes_sent_s.update(dict.fromkeys(due, now_s))
        if self._unsent_minutes and self._pacing is None:
            self._pacing = loop.call_later(min(self._pace_s, PACED_S), self._paced)
        return due

    def _paced(self) -> None:
        self._pacing = None
        self._wake.set()

    async def _send_previews(self, writer: asyncio.StreamWriter) -> None:
        """Previews wait for the connection alone, while other values are read from the disk before they are sent."""
        while True:
            await self._preview_wake.wait()
            self._preview_wake.clear()
            previews, self._previews = self._previews, {}
            for preview in previews.values():
                await self._send(writer, preview)

    async def _send(self, writer: asyncio.StreamWriter, message: ToHub) -> None:
        # All pieces in one go: two tasks send, and no message may come within another.
        for piece in TO_HUB.encode(message):
            writer.write(piece)
        await writer.drain()
