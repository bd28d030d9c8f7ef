"""All cameras in one compact answer, and what changes of them as events, a few at a time."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import Final

from fastapi import APIRouter
from pydantic import BaseModel, Field

from passerby.domain.access import Permission, Principal
from passerby.domain.event_rules import Severity
from passerby.domain.health import CameraState
from passerby.domain.road_user import RoadUser
from passerby.domain.service import CameraPlan
from passerby.ports import StoreError
from passerby.text import iso_time
from passerby.web.hub import Hub, HubHere
from passerby.web.live.overview import CAMERAS_AT_ONCE, CameraNow, Glance
from passerby.web.live.today import event
from passerby.web.permissions import PrincipalHere, VisibleCameras, needs
from passerby.web.problems import documented, store_problem
from passerby.web.rows import RoadUserWord, road_user_word
from passerby.web.times import iso_or_none

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


@router.get("/overview", dependencies=[needs(Permission.SEE_STATE)], responses=documented(401, 403))
async def get_overview(hub: HubHere, principal: PrincipalHere) -> OverviewAnswer:
    """All cameras that may be seen with state, today's crossings and open events, a column each.

    `GET /api/v1/live?detail=overview` sends what changes.
    """
    view = _View(hub, principal)
    with suppress(StoreError):  # what is not known is null, and comes with the events when the store answers again
        await hub.overview.refresh(view.counted, hub.zone)
    groups = sorted({group for plan in view.plans for group in plan.groups})
    places = {group: place for place, group in enumerate(groups)}
    now: dict[str, CameraNow] = {}
    glances = iter(view.glances().items())
    while part := dict(islice(glances, CAMERAS_AT_ONCE)):
        now |= view.now(part)
        await asyncio.sleep(0)  # others are answered meanwhile
    columns = view.columns(now)
    cameras = OverviewColumns(
        **dict(columns),
        title=[_title(plan) for plan in view.plans],
        group=[[places[group] for group in plan.groups] for plan in view.plans],
        position=[_position(plan) for plan in view.plans],
    )
    return OverviewAnswer(time=iso_time(hub.clock(), hub.zone), groups=groups, cameras=cameras)


def _title(plan: CameraPlan) -> dict[str, str]:
    record = plan.registration.record
    return {} if record is None else dict(record.title.texts)


def _position(plan: CameraPlan) -> list[float] | None:
    record = plan.registration.record
    return None if record is None else list(record.place.position)


class _View:
    """What one principal may see of the cameras as the site file has them now.

    Args:
        hub: the service.
        principal: who asks.
    """

    def __init__(self, hub: Hub, principal: Principal) -> None:
        self._hub = hub
        self.site = hub.plan
        seen = frozenset(_names(hub, principal, Permission.SEE_STATE))
        self.plans = [plan for plan in hub.plan.cameras if plan.name in seen]
        self.counted = _names(hub, principal, Permission.SEE_COUNTS)
        self._events = frozenset(_names(hub, principal, Permission.SEE_EVENTS))
        self._may_count = frozenset(self.counted)

    def glances(self) -> dict[str, Glance]:
        """Returns state and events of all cameras."""
        return self._hub.overview.glances(plan.name for plan in self.plans)

    def now(self, glances: Mapping[str, Glance]) -> dict[str, CameraNow]:
        """Returns some cameras with their crossings."""
        crossings, zone = self._hub.overview.crossings, self._hub.zone
        return {name: CameraNow(one, crossings(name, zone)) for name, one in glances.items()}

    def columns(self, cameras: Mapping[str, CameraNow]) -> CameraColumns:
        """Returns cameras as they are sent."""
        rows = cameras.items()
        users = sorted({user for _, one in rows for user in one.crossings.counts})
        return CameraColumns(
            name=list(cameras),
            state=[one.glance.state for _, one in rows],
            why=[one.glance.why for _, one in rows],
            since=[iso_or_none(one.glance.since_ns, self._hub.zone) for _, one in rows],
            crossings={word: self._counts(cameras, user) for user in users if (word := road_user_word(user))},
            coverage=[one.crossings.coverage if name in self._may_count else None for name, one in rows],
            reliable=[one.crossings.reliable for _, one in rows],
            events={severity: self._open(cameras, severity) for severity in Severity},
        )

    def _counts(self, cameras: Mapping[str, CameraNow], user: RoadUser) -> list[int | None]:
        return [one.crossings.counts.get(user) if name in self._may_count else None for name, one in cameras.items()]

    def _open(self, cameras: Mapping[str, CameraNow], severity: Severity) -> list[int | None]:
        return [one.glance.events.get(severity, 0) if name in self._events else None for name, one in cameras.items()]


def _names(hub: Hub, principal: Principal, permission: Permission) -> tuple[str, ...]:
    return VisibleCameras.of(hub, principal, permission).names


class OverviewNews:
    """Keeps what one client has been sent of all cameras, and sends what has changed, 250 cameras at a time.

    New states and events go first; of counts, those that were looked at longest ago. Nothing is sent twice, and a site
    of thousands of cameras fills no line.

    Args:
        hub: the service.
        principal: who listens.
        wanted: cameras; empty for all.
    """

    def __init__(self, hub: Hub, principal: Principal, wanted: frozenset[str]) -> None:
        self._hub = hub
        self._principal = principal
        self._wanted = wanted
        # In the order in which they were looked at.
        self._sent: dict[str, CameraNow] = {}
        self._view = _View(hub, principal)
        self._problem = ""
        self.more = True

    async def news(self) -> AsyncIterator[bytes]:
        """The events for what the client does not know yet."""
        view = self._view
        if view.site is not self._hub.plan:
            view = self._view = _View(self._hub, self._principal)
            yield event("site", {"time": iso_time(self._hub.clock(), self._hub.zone)})
        glances = {name: one for name, one in view.glances().items() if not self._wanted or name in self._wanted}
        turn = self._turn(glances)
        try:
            may_count = frozenset(view.counted)
            await self._hub.overview.refresh((name for name in turn if name in may_count), self._hub.zone)
            self._problem = ""
        except StoreError as error:
            if self._problem != str(error):
                self._problem = str(error)
                yield event("problem", store_problem(error).problem.model_dump(mode="json"))
        changed = {name: one for name, one in view.now(turn).items() if self._sent.get(name) != one}
        for name in turn:
            before = self._sent.pop(name, None)
            self._sent[name] = changed[name] if name in changed or before is None else before
        if changed:
            time = iso_time(self._hub.clock(), self._hub.zone)
            yield event("cameras", ChangedCameras(time=time, cameras=view.columns(changed)).model_dump(mode="json"))
        self.more = len(glances) > CAMERAS_AT_ONCE

    def _turn(self, glances: Mapping[str, Glance]) -> dict[str, Glance]:
        """The cameras that are looked at now: new states and events, cameras that were never sent, then by age."""
        for name in self._sent.keys() - glances.keys():
            del self._sent[name]
        known = self._sent
        urgent = [name for name, one in glances.items() if name in known and known[name].glance != one]
        new = [name for name in glances if name not in known]
        names = dict.fromkeys((*urgent, *new, *known))
        return {name: glances[name] for name in islice(names, CAMERAS_AT_ONCE)}
