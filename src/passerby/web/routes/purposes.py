"""Why one looks: stated before a live view or an export, and the tickets that live views are opened with."""

from contextlib import suppress
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field, StringConstraints

from passerby.domain.access import Permission, Principal, Purpose, StatedPurpose
from passerby.domain.audit import EXPORTED, VIEW_OPENED, AuditEntry
from passerby.domain.errors import OutputError
from passerby.domain.event_rules import RuleKind
from passerby.domain.place_events import momentary
from passerby.ports import StoreError
from passerby.telemetry.logs import get_log
from passerby.text import iso_time
from passerby.units import NS_PER_S
from passerby.web.edge.purposes import TICKET_S
from passerby.web.hub import Hub, HubHere
from passerby.web.permissions import PrincipalHere, needs
from passerby.web.problems import documented

MASS_VIEWING = "mass-viewing"
"""Rule of the event that one viewer has looked at many cameras."""

Case = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=3, max_length=200, pattern=r"^[^\x00-\x1f\x7f\u2028\u2029]*$"),
    Field(description="The case in words: a reference number, a message, an event.", examples=["report 2026-117"]),
]


class Statement(BaseModel):
    """Why one looks or exports."""

    purpose: Purpose = Field(description="From the closed list.")
    case: Case


class StatedRow(BaseModel):
    """The purpose that holds now."""

    viewer: str = Field(description="What the audit log calls you, and the mark over live pictures.")
    purpose: Purpose | None = Field(description="Null where none has been stated, or too long ago.")
    case: str = Field(description="The case that was stated.")
    end: str | None = Field(description="When it has to be stated anew.")


class Ticket(BaseModel):
    """What a live view is opened with."""

    ticket: str = Field(description="Give it as `ticket` in the WebSocket's address; it works once.")
    end: str = Field(description="Until when.")
    viewer: str = Field(description="What the mark over the pictures says.")


AnyName = Annotated[str, Path(max_length=200, description="The camera's name.", examples=["square-north"])]

router = APIRouter(prefix="/api/v1", tags=["live"])
LOOKING = [needs(Permission.SEE_LIVE, Permission.EXPORT_COUNTS)]


@router.get("/purpose", dependencies=LOOKING, responses=documented(401, 403))
async def get_purpose(hub: HubHere, principal: PrincipalHere) -> StatedRow:
    """The purpose that holds now."""
    return stated_row(hub, principal, hub.purposes.of(principal))


@router.put("/purpose", dependencies=LOOKING, responses=documented(400, 401, 403, 422, 503))
async def state_purpose(hub: HubHere, principal: PrincipalHere, statement: Statement) -> StatedRow:
    """States why one looks or exports from now on, for half an hour."""
    return await stated_from_now(hub, principal, statement.purpose, statement.case)


@router.delete(
    "/purpose",
    dependencies=LOOKING,
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=documented(401, 403, 503),
)
async def end_purpose(hub: HubHere, principal: PrincipalHere) -> None:
    """Ends it; live views that were opened for it end within 5 s."""
    hub.purposes.end(principal.session_id)
    await hub.store.access.end_purpose(principal.session_id)


@router.post(
    "/cameras/{camera}/ticket",
    dependencies=[needs(Permission.SEE_LIVE, Permission.DRAW)],
    responses=documented(401, 403, 404, 409, 422),
)
async def make_view_ticket(hub: HubHere, principal: PrincipalHere, camera: AnyName) -> Ticket:
    """A ticket for one live view of a camera; needs a purpose."""
    plan = hub.running_camera(camera)
    hub.purposes.needed(principal, plan.name)
    secret = hub.tickets.new(principal, plan.name)
    end = iso_time(hub.clock() + TICKET_S * NS_PER_S, hub.zone)
    return Ticket(ticket=secret, end=end, viewer=principal.name)


async def record_look(
    hub: Hub, principal: Principal, camera: str, *, action: str = VIEW_OPENED, detail: str = ""
) -> StatedPurpose:
    """Appends a look to the audit log, before the first picture; counts it, and raises an event past the limit.

    Args:
        hub: the service.
        principal: who looks.
        camera: at which camera.
        action: one of `LOOKS`.
        detail: what else is to be said of it.

    Returns:
        What it is for.

    Raises:
        ProblemError: no purpose holds.
        StoreError: it could not be appended; then there is no look.
    """
    stated = hub.purposes.needed(principal, camera)
    entry = AuditEntry(hub.clock(), principal.name, action, camera, detail, stated.purpose, stated.case)
    await hub.store.append_audit(entry)
    hub.figures.looks.labels(stated.purpose.value).inc()
    limit = hub.plan.server.looks_per_hour
    cameras = hub.looks.add(principal.responsible, camera, limit)
    if cameras is not None:
        await _raise_event(hub, principal, camera, cameras, limit)
    return stated


async def record_export(hub: Hub, principal: Principal, cameras: str, kind: str) -> None:
    """Appends an export to the audit log, and signs a checkpoint, before anything of it is sent.

    Raises:
        ProblemError: no purpose holds, or there were too many.
        StoreError: it could not be appended; then there is no export.
    """
    stated = hub.purposes.needed(principal)
    hub.limits.count_export(principal.responsible)
    entry = AuditEntry(hub.clock(), principal.name, EXPORTED, cameras[:200], kind, stated.purpose, stated.case)
    await hub.store.append_audit(entry)
    # Not signed at once, it is signed with the next checkpoint; the hub's log has the reason then.
    with suppress(StoreError, OutputError):
        await hub.store.audit_log.checkpoint()
    hub.figures.exports.labels(stated.purpose.value).inc()


async def _raise_event(hub: Hub, principal: Principal, camera: str, cameras: int, limit: int) -> None:
    hub.figures.mass_viewing.inc()
    now_ns = hub.clock()
    why = f"One viewer looked at {cameras} cameras within an hour; {limit} raise this. The audit log says who."
    get_log().warning("mass viewing", cameras=cameras, limit=limit)
    entry = AuditEntry(now_ns, "passerby", "viewing.many", principal.name, f"{cameras} cameras within an hour")
    await hub.store.append_audit(entry)
    event = momentary(camera, MASS_VIEWING, RuleKind.MASS_VIEWING, "", now_ns, cameras, limit, "/h", why)
    await hub.store.store_events([event])


async def stated_from_now(
    hub: Hub, principal: Principal, purpose: Purpose, case: str, camera: str | None = None
) -> StatedRow:
    """Stores and audits why a session looks from now on, and returns it as it is shown.

    Args:
        hub: the service.
        principal: whose session it is.
        purpose: from the closed list.
        case: in words.
        camera: the only camera that it is for; None for all of the grants.

    Raises:
        StoreError: it could not be stored; then it does not hold.
    """
    session_id, stated = principal.session_id, hub.purposes.made(purpose, case, camera)
    entry = AuditEntry(hub.clock(), principal.name, "purpose.stated", session_id, camera or "", purpose, case)
    await hub.store.access.state_purpose(session_id, stated, entry)
    hub.purposes.hold(session_id, stated)
    return stated_row(hub, principal, stated)


def stated_row(hub: Hub, principal: Principal, stated: StatedPurpose | None) -> StatedRow:
    """Returns a purpose as it is shown to the one who has stated it."""
    if stated is None:
        return StatedRow(viewer=principal.name, purpose=None, case="", end=None)
    end = None if principal.purpose is not None else iso_time(stated.end_ns, hub.zone)
    return StatedRow(viewer=principal.name, purpose=stated.purpose, case=stated.case, end=end)
