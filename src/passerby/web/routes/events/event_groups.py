"""Events that have one cause, listed and decided about together."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field

from passerby.domain.access import Permission
from passerby.domain.decisions import DecisionKind
from passerby.domain.event_rules import Severity
from passerby.domain.place_events import EventGroup, EventState, PlaceEvent
from passerby.domain.queries import LARGEST_PAGE, PlaceEventQuery
from passerby.web.hub import Hub, HubHere
from passerby.web.permissions import PrincipalHere, VisibleCameras, needs
from passerby.web.problems import bad_value, documented, no_such
from passerby.web.ranges import place_event_query, seen_page
from passerby.web.routes.events.place_events import DecisionBody, ListedEvent, decided, listed
from passerby.web.rows import ListOf


class GroupRow(BaseModel):
    """The events of one cause."""

    group: str = Field(description="The same in all of them.", examples=["9bd419a897f0c9499010d662de25161a"])
    camera: str
    main: str = Field(description="`id` of the event that stands for all: of those that matter most, the first.")
    severity: Severity = Field(description="The main event's.")
    state: EventState = Field(description="`open` while any of them is, else `suspended` while any is.")
    why: str = Field(description="The main event's sentence.")
    events: list[ListedEvent] = Field(description="All of them, by their start.")


class GroupPage(ListOf[GroupRow]):
    """Groups by the start of the first event that was asked for, oldest first."""


GroupId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="The events' `group`.")]

router = APIRouter(prefix="/api/v1", tags=["events"])


@router.get("/event-groups", dependencies=[needs(Permission.SEE_EVENTS)], responses=documented(401, 403, 404, 422, 503))
async def list_event_groups(
    hub: HubHere, principal: PrincipalHere, query: Annotated[PlaceEventQuery, Depends(place_event_query)]
) -> GroupPage:
    """The groups of which an event went on in a time, each with all of its events."""
    page = await seen_page(hub, principal, Permission.SEE_EVENTS, hub.store.event_groups, query)
    return GroupPage(rows=await _rows(hub, page.rows), after=page.after)


@router.post(
    "/event-groups/{group_id}/decisions",
    dependencies=[needs(Permission.DECIDE_EVENTS)],
    status_code=HTTPStatus.CREATED,
    responses=documented(400, 401, 403, 404, 409, 422, 503),
)
async def decide_event_group(hub: HubHere, principal: PrincipalHere, group_id: GroupId, body: DecisionBody) -> GroupRow:
    """Decides the same about all events of a group; each is judged on its own, as each is of another rule."""
    if DecisionKind.JUDGED in (body.kind, body.of):
        raise bad_value("body.kind", "any but `judged`: judge each event on its own", body.kind.value)
    events = await _seen(hub, principal, group_id)
    if not await decided(hub, principal, events, body):
        raise _no_group(group_id)
    return (await _rows(hub, [EventGroup(group_id, events)]))[0]


async def _seen(hub: Hub, principal: PrincipalHere, group_id: str) -> tuple[PlaceEvent, ...]:
    """Returns a group's events.

    Raises:
        ProblemError: there is no such group; the same for one of a camera that may not be seen.
    """
    query = PlaceEventQuery(0, 2**63 - 1, groups=(group_id,), limit=LARGEST_PAGE)
    rows = (await hub.store.events(query)).rows
    visible = VisibleCameras.of(hub, principal, Permission.SEE_EVENTS)
    if not rows or not (visible.every or rows[0].camera in visible):
        raise _no_group(group_id)
    return rows


def _no_group(group_id: str) -> Exception:
    return no_such("group", group_id, "GET /api/v1/event-groups lists those that you may see.")


async def _rows(hub: Hub, groups: Sequence[EventGroup]) -> list[GroupRow]:
    rows = {row.id: row for row in await listed(hub, [one for group in groups for one in group.events])}
    return [_row(group, [rows[one.event_id] for one in group.events]) for group in groups]


def _row(group: EventGroup, events: list[ListedEvent]) -> GroupRow:
    main = group.main
    return GroupRow(
        group=group.group_id,
        camera=main.camera,
        main=main.event_id,
        severity=main.severity,
        state=group.state,
        why=main.why,
        events=events,
    )
