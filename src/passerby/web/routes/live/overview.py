"""All cameras in one compact answer, and what changes of them as events, a few at a time."""

from collections.abc import AsyncIterator, Iterator
from itertools import islice
from typing import Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from passerby.domain.access import Permission, Principal
from passerby.domain.event_rules import Severity
from passerby.domain.health import CameraState
from passerby.text import iso_time
from passerby.web.hub import Hub, HubHere
from passerby.web.live.kept_lists import UNCHANGED, list_answer
from passerby.web.live.overview import CAMERAS_AT_ONCE
from passerby.web.live.overview_texts import OverviewView
from passerby.web.live.today import event
from passerby.web.permissions import PrincipalHere, VisibleCameras, needs
from passerby.web.problems import documented, store_problem
from passerby.web.rows import RoadUserWord

OVERVIEW_INTERVAL_S: Final = 2.0
"""Between two events of a listener: with 250 cameras each, 8,000 of them come round in about a minute, at 20 KB a
second."""


class CameraColumns(BaseModel):
    """Cameras, a column each: the first value of every list is of the first camera, and so on."""

    name: list[str] = Field(description="Their names.", examples=[["square", "gate"]])
    state: list[CameraState | None] = Field(description="Their states; null until their processes have reported.")
    why: list[str] = Field(description="The reason of a state that is not `online`; empty for that one.")
    since: list[str | None] = Field(description="When such a state began; null while the camera is online.")
    crossings: dict[RoadUserWord, list[int | None]] = Field(
        description="Crossings of all lines, both ways, on the site's own day so far, by class; null where it is not "
        "known yet or not yours to see. Classes of which nothing is known at all are left out."
    )
    coverage: list[float | None] = Field(
        description="The share of that time that was really watched, of the line that was watched least."
    )
    reliable: list[bool] = Field(description="False if some was counted after the camera had moved, unconfirmed.")
    events: dict[Severity, list[int | None]] = Field(
        description="How many events go on; null where they are not yours to see."
    )


class OverviewColumns(CameraColumns):
    """Cameras with what changes only with the site file."""

    title: list[dict[str, str]] = Field(
        description="What the public register calls them: language tag -> text, the empty tag for all languages; "
        "empty where they are not registered.",
        examples=[[{"en": "Market square"}, {}]],
    )
    group: list[list[int]] = Field(description="Their groups, as places in `groups`.")
    position: list[list[float] | None] = Field(
        description="Where they stand, latitude and longitude (WGS 84); null where they are not registered.",
        examples=[[[44.816, 20.46], None]],
    )


class OverviewAnswer(BaseModel):
    """All cameras at a glance."""

    time: str = Field(description="When it was so.", examples=["2026-09-28T08:10:00+02:00"])
    groups: list[str] = Field(description="The groups of cameras that there are, by name.")
    cameras: OverviewColumns


class ChangedCameras(BaseModel):
    """Data of an event `cameras`: those that have changed, at most 250 at a time."""

    time: str
    cameras: CameraColumns


router = APIRouter(prefix="/api/v1", tags=["cameras"])


@router.get(
    "/overview",
    dependencies=[needs(Permission.SEE_STATE)],
    response_model=OverviewAnswer,
    responses=UNCHANGED | documented(401, 403),
)
async def get_overview(hub: HubHere, principal: PrincipalHere, request: Request) -> Response:
    """All cameras that may be seen with state, today's crossings and open events, a column each.

    Of thousands of cameras it is some seconds old. `GET /api/v1/live?detail=overview` sends what changes.
    """
    view = _view(hub, principal)

    async def made() -> bytes:
        await hub.overview.newest(view.site)
        await hub.overview_texts.prepare(view)
        return hub.overview_texts.answer(view, iso_time(hub.clock(), hub.zone))

    whole = await hub.lists.whole((view, "overview"), len(view.names), made)
    return list_answer(request, whole.content, whole.tag)


def _view(hub: Hub, principal: Principal) -> OverviewView:
    counted, watched = (_names(hub, principal, each) for each in (Permission.SEE_COUNTS, Permission.SEE_EVENTS))
    names = _names(hub, principal, Permission.SEE_STATE)
    return OverviewView(hub.plan, names, frozenset(counted), frozenset(watched))


def _names(hub: Hub, principal: Principal, permission: Permission) -> tuple[str, ...]:
    return VisibleCameras.of(hub, principal, permission).names


class OverviewNews:
    """Keeps what one client has yet to be sent of all cameras, and sends it, 250 cameras at a time.

    New states and events go first; then cameras that were never sent and new counts, those that wait longest before
    others. A site of thousands of cameras fills no line, and listeners who are to be sent the same share it.

    Args:
        hub: the service.
        principal: who listens.
        wanted: cameras; empty for all.
    """

    def __init__(self, hub: Hub, principal: Principal, wanted: frozenset[str]) -> None:
        self._hub = hub
        self._principal = principal
        self._wanted = wanted
        self._view = _view(hub, principal)
        self._problem = ""
        self._change = hub.overview.changes
        self._urgent: dict[str, None] = {}
        self._waiting = dict.fromkeys(self._mine())
        self.more = True

    async def news(self) -> AsyncIterator[bytes]:
        """The events for what the client does not know yet."""
        hub = self._hub
        if self._view.site is not hub.plan:
            before = frozenset(self._mine())
            self._view = _view(hub, self._principal)
            self._waiting |= dict.fromkeys(name for name in self._mine() if name not in before)
            yield event("site", {"time": iso_time(hub.clock(), hub.zone)})
        await hub.overview.look(hub.plan)
        fault = hub.overview.fault if self._view.counted else None
        if fault is not None and self._problem != str(fault):
            yield event("problem", store_problem(fault).problem.model_dump(mode="json"))
        self._problem = "" if fault is None else str(fault)
        if self._view.site is hub.plan and (names := self._next()):
            yield hub.overview_texts.event(self._view, names, iso_time(hub.clock(), hub.zone))
        self.more = bool(self._waiting) or len(self._view.names) > CAMERAS_AT_ONCE

    def _next(self) -> tuple[str, ...]:
        """Takes in which cameras have changed, and returns those that are sent now."""
        overview, mine = self._hub.overview, frozenset(self._mine())
        stated, counted = overview.since(self._change)
        self._change = overview.changes
        self._urgent = dict.fromkeys(name for name in (*self._urgent, *stated) if name in mine)
        self._waiting = dict.fromkeys(name for name in (*self._waiting, *counted) if name in mine)
        names = tuple(islice(dict.fromkeys((*self._urgent, *self._waiting)), CAMERAS_AT_ONCE))
        for name in names:
            self._urgent.pop(name, None)
            self._waiting.pop(name, None)
        return names

    def _mine(self) -> Iterator[str]:
        return (name for name in self._view.names if not self._wanted or name in self._wanted)
