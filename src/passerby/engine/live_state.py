"""What the hub knows of this moment: open minutes, health, pictures; all in memory, nothing stored."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager

from passerby.domain.health import CameraHealth
from passerby.domain.isolation import Isolation
from passerby.domain.observations import Observation
from passerby.domain.preview import Preview
from passerby.messages.hub_messages import Confirm, Look, ToWorker

Sender = Callable[[ToWorker], None]


class _Viewer:
    """One who looks: has room for one picture, and misses those that come while it is not taken."""

    def __init__(self) -> None:
        self._newest: Preview | None = None
        self._there = asyncio.Event()

    def put(self, preview: Preview) -> None:
        self._newest = preview
        self._there.set()

    async def pictures(self) -> AsyncIterator[Preview]:
        while True:
            await self._there.wait()
            self._there.clear()
            if self._newest is not None:
                yield self._newest


class LiveState:
    """The hub's `Live`; workers write on it, the API reads from it. For one event loop."""

    def __init__(self, cameras: Callable[[], Iterable[str]]) -> None:
        """Starts empty.

        Args:
            cameras: the names of all cameras of the running configuration.
        """
        self._cameras = cameras
        self._change = 0
        self._news = asyncio.Event()
        self._health: dict[str, CameraHealth] = {}
        self._seals: dict[str, Isolation] = {}
        self._open: dict[str, tuple[Observation, ...]] = {}
        self._pending: dict[str, list[Observation]] = {}
        self._senders: dict[str, Sender] = {}
        self._viewers: dict[str, set[_Viewer]] = {}

    @property
    def change(self) -> int:
        """See `Live`."""
        return self._change

    async def changed(self, after: int, timeout_s: float) -> int:
        """See `Live`."""
        if self._change <= after:
            try:
                async with asyncio.timeout(timeout_s):
                    await self._news.wait()
            except TimeoutError:
                pass
        return self._change

    def health(self) -> tuple[CameraHealth, ...]:
        """See `Live`."""
        known = set(self._cameras())
        return tuple(self._health[name] for name in sorted(self._health) if name in known)

    def seals(self) -> dict[str, Isolation]:
        """See `Live`."""
        known = set(self._cameras())
        return {name: seal for name, seal in self._seals.items() if name in known}

    def open_observations(self, camera: str) -> tuple[Observation, ...]:
        """See `Live`."""
        return (*self._pending.get(camera, ()), *self._open.get(camera, ()))

    @asynccontextmanager
    async def look(self, camera: str) -> AsyncIterator[AsyncIterator[Preview]]:
        """See `Live`."""
        if camera not in set(self._cameras()):
            raise KeyError(camera)
        viewer = _Viewer()
        viewers = self._viewers.setdefault(camera, set())
        viewers.add(viewer)
        if len(viewers) == 1:
            self._send(camera, Look(camera, looking=True))
        try:
            yield viewer.pictures()
        finally:
            viewers.discard(viewer)
            if not viewers:
                self._viewers.pop(camera, None)
                self._send(camera, Look(camera, looking=False))

    async def confirm(self, camera: str) -> bool:
        """See `Live`."""
        return self._send(camera, Confirm(camera))

    @property
    def workers(self) -> int:
        """Workers on the line now."""
        return len(set(map(id, self._senders.values())))

    def joined(self, cameras: Iterable[str], sender: Sender) -> None:
        """A worker is on the line with these cameras; whoever looks at one of them goes on looking."""
        self._forget(sender)
        for camera in cameras:
            self._senders[camera] = sender
            if self._viewers.get(camera):
                sender(Look(camera, looking=True))
        self._tick()

    def left(self, sender: Sender) -> None:
        """A worker's line is down; its cameras' open minutes are its own again."""
        self._forget(sender)
        self._tick()

    def _forget(self, sender: Sender) -> None:
        for camera in [camera for camera, one in self._senders.items() if one is sender]:
            del self._senders[camera]

    def take_open(self, camera: str, observations: Sequence[Observation]) -> None:
        """A camera's open minutes as they stand now."""
        self._open[camera] = tuple(observations)
        self._tick()

    def take_health(self, report: CameraHealth) -> None:
        """A camera's newest report."""
        self._health[report.camera] = report
        self._tick()

    def take_seal(self, camera: str, isolation: Isolation) -> None:
        """How far a camera's process is locked in."""
        self._seals[camera] = isolation
        self._tick()

    def take_preview(self, preview: Preview) -> None:
        """A picture for all who look at the camera now."""
        for viewer in self._viewers.get(preview.camera, ()):
            viewer.put(preview)

    def take_finished(self, observations: Sequence[Observation]) -> None:
        """Minutes that are over and about to be stored: they are open no more, and still counted."""
        for camera, rows in _by_camera(observations).items():
            starts = {one.start_ns for one in rows}
            self._open[camera] = tuple(one for one in self._open.get(camera, ()) if one.start_ns not in starts)
            pending = [one for one in self._pending.get(camera, ()) if one.start_ns not in starts]
            self._pending[camera] = pending + rows

    def stored(self, observations: Sequence[Observation]) -> None:
        """Minutes that the store holds now."""
        for camera, rows in _by_camera(observations).items():
            starts = {one.start_ns for one in rows}
            self._pending[camera] = [one for one in self._pending.get(camera, ()) if one.start_ns not in starts]
        self._tick()

    def _send(self, camera: str, message: ToWorker) -> bool:
        sender = self._senders.get(camera)
        if sender is not None:
            sender(message)
        return sender is not None

    def _tick(self) -> None:
        self._change += 1
        self._news.set()
        self._news = asyncio.Event()


def _by_camera(observations: Sequence[Observation]) -> dict[str, list[Observation]]:
    cameras: dict[str, list[Observation]] = {}
    for one in observations:
        cameras.setdefault(one.camera, []).append(one)
    return cameras
