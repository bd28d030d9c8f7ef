"""The audit log: its tree for all, without any entry, and its entries for auditors."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from starlette.responses import Response

from passerby.audit.tiles import parsed_path
from passerby.domain.access import Permission
from passerby.domain.audit import AuditEntry
from passerby.domain.queries import EventQuery
from passerby.text import iso_time
from passerby.web.hub import HubHere
from passerby.web.permissions import PrincipalHere, needs
from passerby.web.problems import ProblemError, documented
from passerby.web.ranges import event_query
from passerby.web.rows import ListOf

PUBLIC = [needs(Permission.SEE_PUBLIC)]

_ASK_AGAIN = "public, no-cache"
"""A tile never changes within one log, but a log that begins anew has others at the same addresses."""


class AuditRow(BaseModel):
    """An entry of the audit log."""

    log: int = Field(description="Number of the log; a restore begins a new one.")
    index: int = Field(description="Place in the log, from 0.")
    time: str = Field(examples=["2026-09-28T08:10:00+02:00"])
    actor: str = Field(description="The account, or the part of the service, that did it.")
    action: str = Field(examples=["live.opened"])
    subject: str = Field(description="What it was done to.", examples=["square-north"])
    detail: str
    purpose: str = Field(description="A word of the closed list; empty for acts that need none.")
    case: str = Field(description="As it was typed; empty for acts that need none.")


class AuditPage(ListOf[AuditRow]):
    """Entries, oldest first."""


public = APIRouter(prefix="/.well-known/passerby", tags=["audit"])
router = APIRouter(prefix="/api/v1", tags=["audit"])


@public.get(
    "/checkpoint",
    dependencies=PUBLIC,
    response_class=Response,
    responses={
        200: {"description": "C2SP tlog-checkpoint", "content": {"text/plain": {"schema": {"type": "string"}}}},
        **documented(404, 503),
    },
    openapi_extra={"security": []},
)
async def checkpoint(hub: HubHere) -> Response:
    """The newest signed checkpoint of the audit log: its name, its size, its root."""
    note = await hub.store.audit_log.newest_checkpoint()
    if note is None:
        raise _not_there("no checkpoint has been signed yet")
    return Response(note, media_type="text/plain; charset=utf-8")


@public.get(
    "/key",
    dependencies=PUBLIC,
    response_class=Response,
    responses={
        200: {"description": "C2SP verifier key", "content": {"text/plain": {"schema": {"type": "string"}}}},
        **documented(503),
    },
    openapi_extra={"security": []},
)
async def key(hub: HubHere) -> Response:
    """The public key of the audit log. It proves something only where it is known from elsewhere too."""
    return Response(await hub.store.audit_log.public_key() + "\n", media_type="text/plain; charset=utf-8")


@public.get(
    "/tile/{file:path}",
    dependencies=PUBLIC,
    response_class=Response,
    responses={
        200: {
            "description": "Hashes of 32 bytes (C2SP tlog-tiles)",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
        **documented(404, 422, 503),
    },
    openapi_extra={"security": []},
)
async def tile(hub: HubHere, file: str) -> Response:
    """A tile of the audit log's tree, by which a checkpoint is compared with an earlier one; entries are not served."""
    found = parsed_path(file)
    hashes = None if found is None else await hub.store.audit_log.tile(found[0].level, found[0].number, found[1])
    if hashes is None:
        raise _not_there("the tree has no such tile")
    return Response(hashes, media_type="application/octet-stream", headers={"Cache-Control": _ASK_AGAIN})


@router.get("/audit", dependencies=[needs(Permission.READ_AUDIT)], responses=documented(401, 403, 422, 503))
async def audit(
    hub: HubHere, principal: PrincipalHere, query: Annotated[EventQuery, Depends(event_query)]
) -> AuditPage:
    """The entries of a time, oldest first, without those that were erased. Reading them is an entry too."""
    try:
        page = await hub.store.audit_log.leaves(query)
    except ValueError as error:
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY, "bad-value", str(error), "Leave `after` out for the first page."
        ) from None
    # No audit, no look: the rows are given out only when this is stored.
    subject = f"{iso_time(query.start_ns)} to {iso_time(query.end_ns)}"
    await hub.store.append_audit(AuditEntry(hub.clock(), principal.name, "audit.read", subject))
    rows = [
        AuditRow(
            log=leaf.log,
            index=leaf.index,
            time=iso_time(leaf.entry.time_ns, hub.zone),
            actor=leaf.entry.actor,
            action=leaf.entry.action,
            subject=leaf.entry.subject,
            detail=leaf.entry.detail,
            purpose=leaf.entry.purpose,
            case=leaf.entry.case,
        )
        for leaf in page.rows
        if leaf.entry is not None
    ]
    return AuditPage(rows=rows, after=page.after)


def _not_there(why: str) -> ProblemError:
    return ProblemError(
        HTTPStatus.NOT_FOUND, "no-such-page", f"{why[0].upper()}{why[1:]}.", "GET /.well-known/passerby/checkpoint."
    )
