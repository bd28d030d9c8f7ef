"""What is new as server-sent events: the day so far, state and events of each camera, and profiles switched by hand."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import StreamingResponse

from passerby.domain.access import Permission, Principal
from passerby.domain.health import CameraHealth
from passerby.domain.observations import Quantity
from passerby.ports import StoreError
from passerby.web.edge.gate import ASKED_S, no_session
from passerby.web.hub import Hub, HubHere
from passerby.web.live.today import DaySoFar, event
from passerby.web.permissions import PrincipalHere, VisibleCameras, needs
from passerby.web.problems import documented, store_problem
from passerby.web.ranges import Cameras, asked_cameras
from passerby.web.routes.events.event_news import EventNews
from passerby.web.routes.health import report_of
from passerby.web.routes.live.overview import OVERVIEW_INTERVAL_S, OverviewNews
from passerby.web.rows import DirectionWord, RoadUserWord

MIN_INTERVAL_S = 0.5
"""Two events a second and camera: numbers that change faster cannot be read."""

HEARTBEAT_S = 15.0
"""An empty line, so that no proxy on the way takes a quiet night for a lost connection."""

_LOOK_UP_S = 1.0
"""How soon an endless answer notices that it is to end."""


class Detail(StrEnum):
    """How much is sent of each camera."""

    FULL = "full"
    OVERVIEW = "overview"


class TodayRow(BaseModel):
    """One value of the site's own day so far."""

    series: str = Field(description="The line, zone or movement; of near misses the pair.")
    quantity: Quantity
    road_user: RoadUserWord | None = Field(description="The class; null for all together.")
    direction: DirectionWord | None
    value: float | None = Field(description="The number; null when it cannot be known, which is not zero.")
    unit: str
    coverage: float = Field(description="The share of the day so far that was really watched.")
    reliable: bool = Field(description="False if the camera had moved at any time of it, unconfirmed.")


class Values(BaseModel):
    """Data of an event `values`."""

    camera: str
    time: str
    today: list[TodayRow]


router = APIRouter(prefix="/api/v1", tags=["live"])


@router.get(
    "/live",
    dependencies=[needs(Permission.SEE_STATE)],
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Events `values` (Values), `health` (HealthReport), `event` (PlaceEventRow), "
            "`closed_events` (ClosedEvents), `profiles` (SwitchedProfiles) and `problem` (Problem); with "
            "`detail=overview` only `cameras` (ChangedCameras), `site` and `problem`. It never ends",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **documented(401, 403, 404, 422, 503),
    },
)
async def stream_live(
    hub: HubHere,
    principal: PrincipalHere,
    request: Request,
    camera: Cameras = [],  # noqa: B006 - FastAPI copies it
    detail: Annotated[
        Detail,
        Query(
            description="`overview` sends what `GET /api/v1/overview` has and has changed, at most 250 cameras every "
            "two seconds, in place of all else."
        ),
    ] = Detail.FULL,
) -> StreamingResponse:
    """Each camera's day so far and its state: at once, and whenever something is new; each where it may be seen.

    It ends within 5 s of the session or a grant, and, with a last event `problem`, where the store does not say for as
    long that they hold: ask again then.
    """
    await asked_cameras(hub, principal, Permission.SEE_STATE, tuple(camera))
    # Other grants show other cameras: the client comes again and gets those.
    sure_s = await hub.rights.open(principal, lambda now: now.grants == principal.grants, request.scope[ASKED_S])
    if sure_s is None:
        raise no_session()
    make = OverviewNews if detail is Detail.OVERVIEW else _Listener
    listener = make(hub, principal, frozenset(camera))
    events = _while_it_may(hub, principal, sure_s, _events(hub, request, listener))
    # Nginx would else keep events back until it has a bufferful.
    return StreamingResponse(events, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def _while_it_may(
    hub: Hub, principal: Principal, sure_s: float, events: AsyncGenerator[bytes, None]
) -> AsyncIterator[bytes]:
    """Passes events on until the right to them ends, even while the next one still waits for the store."""
    over = asyncio.ensure_future(hub.rights.until_over(principal, lambda now: now.grants == principal.grants, sure_s))
    step: asyncio.Future[bytes | None] | None = None
    try:
        while True:
            step = asyncio.ensure_future(anext(events, None))
            await asyncio.wait((step, over), return_when=asyncio.FIRST_COMPLETED)
            if over.done():
                break
            if (news := step.result()) is None:
                return
            yield news
        if (fault := over.result()) is not None:
            yield event("problem", store_problem(fault).problem.model_dump(mode="json"))
    finally:
        over.cancel()
        if step is not None:
            step.cancel()
            await asyncio.gather(step, return_exceptions=True)
        await events.aclose()


async def _events(hub: Hub, request: Request, listener: "_Listener | OverviewNews") -> AsyncGenerator[bytes, None]:
    """What is known, and then what is new, until the client has gone."""
    loop = asyncio.get_running_loop()
    change = hub.live.change
    pause_s = OVERVIEW_INTERVAL_S if isinstance(listener, OverviewNews) else MIN_INTERVAL_S
    yield b"retry: 2000\n\n"
    async for news in listener.news():
        yield news
    sent_s = loop.time()
    while not (hub.ending.is_set() or await request.is_disconnected()):
        await asyncio.sleep(pause_s)
        newest = await hub.live.changed(change, 0.0 if listener.more else _LOOK_UP_S)
        if newest > change or listener.more:
            change = newest
            async for news in listener.news():
                sent_s = loop.time()
                yield news
        if loop.time() - sent_s >= HEARTBEAT_S:
            sent_s = loop.time()
            yield b": still here\n\n"


class _Listener:
    """Keeps what one client has been sent.

    A day that has not changed is the same one, so that nothing has to be compared value by value.

    Args:
        hub: the service.
        principal: who listens.
        wanted: cameras; empty for all.
    """

    def __init__(self, hub: Hub, principal: Principal, wanted: frozenset[str]) -> None:
        self._hub = hub
        self._principal = principal
        self._wanted = wanted
        self._days: dict[str, DaySoFar] = {}
        self._health: dict[str, CameraHealth] = {}
        self._event_news = EventNews(hub)
        self._problem = ""
        self.more = False

    async def news(self) -> AsyncIterator[bytes]:
        """The events for everything that the client does not know yet, each as soon as it is there."""
        stated, counted = self._names(Permission.SEE_STATE), self._names(Permission.SEE_COUNTS)
        for report in self._hub.live.health():
            if report.camera in stated and self._health.get(report.camera) != report:
                self._health[report.camera] = report
                yield event("health", report_of(report, self._hub.zone).model_dump(mode="json"))
        for row in self._event_news.since_last(self._names(Permission.SEE_EVENTS)):
            yield row
        try:
            for name in counted:
                day = await self._hub.today.of(name, self._hub.zone)
                if self._days.get(name) is not day:
                    self._days[name] = day
                    yield self._hub.day_events.of(name, day, self._hub.zone)
            self._problem = ""
        except StoreError as error:
            # Without the stored minutes the sum would be too small, so there is none; the client keeps the last.
            if self._problem != str(error):
                self._problem = str(error)
                yield event("problem", store_problem(error).problem.model_dump(mode="json"))

    def _names(self, permission: Permission) -> tuple[str, ...]:
        """Returns the wanted cameras on which the client may do something, in the site file's order."""
        names = VisibleCameras.of(self._hub, self._principal, permission).names
        return tuple(name for name in names if not self._wanted or name in self._wanted)
