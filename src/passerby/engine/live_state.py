"""The live state of a hub: open minutes, health and pictures of this moment, in memory only."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from passerby.domain.draft_trial import Draft, DraftState
from passerby.domain.event_rules import BY_CALENDAR, ProfileSwitch
from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.isolation import Isolation
from passerby.domain.observations import Observation
from passerby.domain.place_events import EventState, PlaceEvent
from passerby.domain.preview import Preview
from passerby.domain.register import RegisterState
from passerby.domain.service import CameraPlan, SitePlan
from passerby.messages.hub_messages import (
    DraftReport,
    DraftWanted,
    DraftWithdrawn,
    ProfilesSwitched,
    ToWorker,
)
from passerby.messages.live_requests import PreviewWanted, ViewConfirmed

MAX_CLOSED = 1000
"""Closed events that are kept for those who listen: each of them looks twice a second."""

OPEN_MINUTES_A_SECOND = 400
"""Each takes the hub a quarter of a millisecond: a tenth of a core, for any number of cameras."""

AS_THEY_COME_S = 2.0
"""A camera's process reports its open minute so often."""

WITHDRAWN = "It was withdrawn."
PROCESS_ENDED = "It ended because the process that watches the camera has ended or cannot be reached."

SendToWorker = Callable[[ToWorker], None]


class _Viewer:
    """One viewer: keeps the newest picture, and misses those that come while it is not taken."""

    def __init__(self) -> None:
        self._newest: Preview | None = None
        self._arrived = asyncio.Event()

    def put(self, preview: Preview) -> None:
        self._newest = preview
        self._arrived.set()

    async def pictures(self) -> AsyncIterator[Preview]:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            if self._newest is not None:
                yield self._newest


class LiveState:
    """Implements `Live`: the hub server writes it, the API reads it. For one event loop."""

    def __init__(self, cameras: Callable[[], Iterable[str]]) -> None:
        """Starts empty.

        Args:
            cameras: the names of all cameras of the running configuration.
        """
        self._cameras = cameras
        self._change = 0
        self._changed = asyncio.Event()
        self._health: dict[str, CameraHealth] = {}
        self._stopped: dict[str, CameraHealth] = {}
        self._isolations: dict[str, Isolation] = {}
        self._open: dict[str, tuple[Observation, ...]] = {}
        self._events: dict[str, PlaceEvent] = {}
        self._closed: dict[str, PlaceEvent] = {}
        self._pending: dict[str, list[Observation]] = {}
        # Both, for many who look at what has not changed.
        self._joined: dict[str, tuple[Observation, ...]] = {}
        self._workers: dict[str, SendToWorker] = {}
        self._by_hand = BY_CALENDAR
        self._viewers: dict[tuple[str, bool], set[_Viewer]] = {}
        self._drafts: dict[str, DraftState] = {}

    @property
    def change(self) -> int:
        """See `Live`."""
        return self._change

    async def changed(self, after: int, timeout_s: float) -> int:
        """See `Live`."""
        if self._change <= after:
            try:
                async with asyncio.timeout(timeout_s):
                    await self._changed.wait()
            except TimeoutError:
                pass
        return self._change

    def health(self) -> tuple[CameraHealth, ...]:
        """See `Live`."""
        known = set(self._cameras())
        reports = self._health | self._stopped
        return tuple(reports[name] for name in sorted(reports) if name in known)

    def isolations(self) -> dict[str, Isolation]:
        """See `Live`."""
        known = set(self._cameras())
        return {name: isolation for name, isolation in self._isolations.items() if name in known}

    def open_observations(self, camera: str) -> tuple[Observation, ...]:
        """See `Live`."""
        known = self._joined.get(camera)
        if known is None:
            known = self._joined[camera] = (*self._pending.get(camera, ()), *self._open.get(camera, ()))
        return known

    def events(self) -> tuple[PlaceEvent, ...]:
        """See `Live`."""
        known = set(self._cameras())
        return tuple(one for one in (*self._events.values(), *self._closed.values()) if one.camera in known)

    @asynccontextmanager
    async def previews(self, camera: str, *, tally: bool = False) -> AsyncIterator[AsyncIterator[Preview]]:
        """See `Live`."""
        if camera not in set(self._cameras()):
            raise KeyError(camera)
        viewer = _Viewer()
        viewers = self._viewers.setdefault((camera, tally), set())
        viewers.add(viewer)
        if len(viewers) == 1:
            self._send(camera, PreviewWanted(camera, wanted=True, tally=tally))
        try:
            yield viewer.pictures()
        finally:
            viewers.discard(viewer)
            if not viewers:
                self._viewers.pop((camera, tally), None)
                self._send(camera, PreviewWanted(camera, wanted=False, tally=tally))

    async def confirm_view(self, camera: str) -> bool:
        """See `Live`."""
        return self._send(camera, ViewConfirmed(camera))

    def draft(self, camera: str) -> DraftState | None:
        """See `Live`."""
        return self._drafts.get(camera)

    def try_draft(self, camera: str, draft: Draft, now_ns: int) -> bool:
        """See `Live`."""
        if not self._send(camera, DraftWanted(camera, draft)):
            return False
        self._drafts[camera] = DraftState(draft, now_ns)
        return True

    def withdraw_draft(self, camera: str) -> None:
        """See `Live`."""
        state = self._drafts.get(camera)
        if state is not None and not state.ended:
            self._send(camera, DraftWithdrawn(camera, state.draft.draft_id))
            self._drafts[camera] = replace(state, ended=WITHDRAWN)

    @property
    def profiles_by_hand(self) -> ProfileSwitch:
        """See `Live`."""
        return self._by_hand

    def switch_profiles(self, by_hand: ProfileSwitch) -> None:
        """See `Live`."""
        self._by_hand = by_hand
        for send in {id(each): each for each in self._workers.values()}.values():
            send(ProfilesSwitched(by_hand))
        self._notify()

    @property
    def pace_s(self) -> float:
        """Seconds between two reports of open minutes of a camera without viewers; 0 for reports as they come."""
        pace_s = len(list(self._cameras())) / OPEN_MINUTES_A_SECOND
        return pace_s if pace_s > AS_THEY_COME_S else 0.0

    @property
    def workers(self) -> int:
        """How many workers are connected."""
        return len(set(map(id, self._workers.values())))

    def set_worker(self, cameras: Iterable[str], send: SendToWorker) -> None:
        """Sets the cameras of a worker that has connected, and asks it for the previews that have viewers."""
        self._remove(send)
        for camera in cameras:
            self._workers[camera] = send
            for tally in (False, True):
                if self._viewers.get((camera, tally)):
                    send(PreviewWanted(camera, wanted=True, tally=tally))
        self._notify()

    def remove_worker(self, send: SendToWorker) -> None:
        """Removes a worker whose connection has ended."""
        self._remove(send)
        self._notify()

    def _remove(self, send: SendToWorker) -> None:
        for camera in [camera for camera, one in self._workers.items() if one is send]:
            del self._workers[camera]
            self._end_draft(camera)

    def set_open_minutes(self, camera: str, observations: Sequence[Observation]) -> None:
        """Sets a camera's open minutes as they stand now."""
        self._open[camera] = tuple(observations)
        self._joined.pop(camera, None)
        self._notify()

    def set_events(self, reports: Iterable[PlaceEvent]) -> None:
        """Sets events as they stand now; an older report than the one that is known changes nothing."""
        for one in reports:
            known = self._events.get(one.event_id) or self._closed.get(one.event_id)
            if known is not None and known.updated_ns >= one.updated_ns:
                continue
            self._events.pop(one.event_id, None)
            (self._closed if one.state is EventState.CLOSED else self._events)[one.event_id] = one
        while len(self._closed) > MAX_CLOSED:
            del self._closed[next(iter(self._closed))]
        self._notify()

    def set_health(self, report: CameraHealth) -> None:
        """Sets a camera's newest report."""
        self._health[report.camera] = report
        self._notify()

    def set_stopped(self, reports: Iterable[CameraHealth]) -> None:
        """Sets the cameras that do not run; what they reported while they ran is not known of them any more."""
        before, self._stopped = self._stopped, {report.camera: report for report in reports}
        for camera, report in self._stopped.items():
            earlier = before.get(camera)
            if earlier is not None and earlier.state is report.state:
                self._stopped[camera] = replace(report, since_ns=earlier.since_ns)
            self._health.pop(camera, None)
            self._isolations.pop(camera, None)
            self._open.pop(camera, None)
            self._joined.pop(camera, None)
        self._notify()

    def set_isolation(self, camera: str, isolation: Isolation) -> None:
        """Sets how far a camera's process is isolated."""
        self._isolations[camera] = isolation
        self._notify()

    def send_preview(self, preview: Preview) -> None:
        """Gives a picture to all viewers of its camera."""
        for viewer in self._viewers.get((preview.camera, preview.tally), ()):
            viewer.put(preview)

    def set_draft(self, report: DraftReport) -> None:
        """Sets what has come of a camera's draft; of one that is not its newest, or is over, nothing is taken."""
        state = self._drafts.get(report.camera)
        if state is None or state.draft.draft_id != report.draft_id or state.ended == WITHDRAWN:
            return
        if report.numbers is None:
            self._end_draft(report.camera)
        else:  # it goes on where the connection to its worker has broken off for a moment
            self._drafts[report.camera] = replace(state, numbers=report.numbers, ended="")

    def _end_draft(self, camera: str) -> None:
        state = self._drafts.get(camera)
        if state is not None and not state.ended and not (state.numbers is not None and state.numbers.over):
            self._drafts[camera] = replace(state, ended=PROCESS_ENDED)

    def finish_minutes(self, observations: Sequence[Observation]) -> None:
        """Takes in minutes that are over and about to be stored: they are not open any more, and still counted."""
        for camera, rows in _by_camera(observations).items():
            starts = {one.start_ns for one in rows}
            self._open[camera] = tuple(one for one in self._open.get(camera, ()) if one.start_ns not in starts)
            pending = [one for one in self._pending.get(camera, ()) if one.start_ns not in starts]
            self._pending[camera] = pending + rows
            self._joined.pop(camera, None)

    def remove_stored(self, observations: Sequence[Observation]) -> None:
        """Removes the minutes that the store holds now."""
        for camera, rows in _by_camera(observations).items():
            starts = {one.start_ns for one in rows}
            self._pending[camera] = [one for one in self._pending.get(camera, ()) if one.start_ns not in starts]
            self._joined.pop(camera, None)
        self._notify()

    def _send(self, camera: str, message: ToWorker) -> bool:
        send = self._workers.get(camera)
        if send is not None:
            send(message)
        return send is not None

    def _notify(self) -> None:
        self._change += 1
        self._changed.set()
        self._changed = asyncio.Event()


def _by_camera(observations: Sequence[Observation]) -> dict[str, list[Observation]]:
    cameras: dict[str, list[Observation]] = {}
    for one in observations:
        cameras.setdefault(one.camera, []).append(one)
    return cameras


def stopped_reports(plan: SitePlan, now_ns: int) -> tuple[CameraHealth, ...]:
    """Returns a report for each camera of a plan that does not run, as nothing of theirs reports: see `set_stopped`."""
    return tuple(
        CameraHealth(camera.name, now_ns, state, now_ns, why)
        for camera in plan.cameras
        if not camera.runs
        for state, why in (_stopped_state(camera),)
    )


def _stopped_state(camera: CameraPlan) -> tuple[CameraState, str]:
    registration = camera.registration
    return _STATES[registration.state], registration.why or camera.fault


_STATES = {
    RegisterState.NOT_REGISTERED: CameraState.NOT_REGISTERED,
    RegisterState.PAUSED: CameraState.PAUSED,
    RegisterState.ACTIVE: CameraState.OFFLINE,
}
"""What is reported of a camera that does not run; one that may run and does not has a fault of its own."""
