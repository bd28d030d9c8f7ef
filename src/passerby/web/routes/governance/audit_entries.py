"""The entries of the audit log for auditors: searched, and each with the proof that it is in the tree."""

import base64
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field

from passerby.domain.access import Permission, Purpose
from passerby.domain.audit import AuditEntry
from passerby.domain.queries import AuditQuery
from passerby.text import iso_time
from passerby.web.hub import HubHere
from passerby.web.permissions import PrincipalHere, needs
from passerby.web.problems import documented, no_such
from passerby.web.ranges import LONGEST_EVENTS, After, End, Limit, Start, range_of, wrong_cursor
from passerby.web.rows import ListOf

MAX_PROOFS = 200
_LARGEST = 2**53

Name = Annotated[str, Query(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")]
Action = Annotated[str, Query(pattern=r"^[a-z_-]{1,60}(\.[a-z_-]{1,60})?$")]
Base64 = Annotated[str, Field(description="Bytes in base64.", examples=["3q2+7w=="])]


class AuditRow(BaseModel):
    """An entry of the audit log."""

    log: int = Field(description="Number of the log; a restore begins a new one.")
    index: int = Field(description="Place in the log, from 0.")
    time: str = Field(examples=["2026-09-28T08:10:00+02:00"])
    actor: str = Field(description="The account, or the part of the service, that did it.")
    action: str = Field(examples=["view.opened"])
    subject: str = Field(description="What it was done to.", examples=["square-north"])
    detail: str
    purpose: str = Field(description="A word of the closed list; empty for acts that need none.")
    case: str = Field(description="As it was typed; empty for acts that need none.")


class AuditPage(ListOf[AuditRow]):
    """Entries, in the order that was asked for; of a search few or none may come, and others after them."""


class ProofRow(BaseModel):
    """What proves that one entry is in the log."""

    index: int = Field(description="Place in the log, from 0.")
    content: Base64 | None = Field(description="The leaf: 16 random bytes and the entry as JSON; null where erased.")
    leaf_hash: Base64 = Field(description="SHA-256 of a zero byte and the content (RFC 6962).")
    path: list[Base64] = Field(description="The hashes beside the way from the leaf up to the root.")


class Proofs(BaseModel):
    """Proofs under one signed checkpoint."""

    log: int = Field(description="Number of the log.")
    checkpoint: str = Field(description="A signed note (C2SP tlog-checkpoint): name, size, root, signatures.")
    key: str = Field(description="The public key that the note is verified with: name+id+key.")
    proofs: list[ProofRow]


router = APIRouter(prefix="/api/v1/audit", tags=["audit"], dependencies=[needs(Permission.READ_AUDIT)])


def audit_query(
    hub: HubHere,
    start: Start = None,
    end: End = None,
    actor: Annotated[list[Name], Query(max_length=20, description="Only what these did; may be repeated.")] = [],  # noqa: B006 - FastAPI copies it
    action: Annotated[
        list[Action],
        Query(
            max_length=20,
            description="Only these acts; may be repeated. The first word of an act stands for all that begin with it.",
            examples=["view.opened"],
        ),
    ] = [],  # noqa: B006
    subject: Annotated[
        list[Name], Query(max_length=20, description="Only what was done to these, as a camera; may be repeated.")
    ] = [],  # noqa: B006
    purpose: Annotated[
        list[Purpose], Query(max_length=20, description="Only acts for these purposes; may be repeated.")
    ] = [],  # noqa: B006
    newest_first: Annotated[bool, Query(description="The newest entry comes first.")] = False,
    limit: Limit = 1000,
    after: After = None,
) -> AuditQuery:
    """The entries that are asked for."""
    span = range_of(hub, start, end, LONGEST_EVENTS)
    filters = tuple(actor), tuple(action), tuple(subject), tuple(each.value for each in purpose)
    return AuditQuery(span.start_ns, span.end_ns, *filters, newest_first, limit=limit, after=after)


@router.get("", responses=documented(401, 403, 422, 503))
async def list_audit_entries(
    hub: HubHere, principal: PrincipalHere, query: Annotated[AuditQuery, Depends(audit_query)]
) -> AuditPage:
    """The entries of a time, oldest first, without those that were erased. Reading them is an entry too."""
    try:
        page = await hub.store.audit_log.search(query)
    except ValueError:
        raise wrong_cursor(query.after) from None
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


@router.get("/{log}/proofs", responses=documented(401, 403, 404, 422, 503))
async def get_audit_proofs(
    hub: HubHere,
    log: Annotated[int, Path(ge=1, le=_LARGEST, description="Number of the log.", examples=[1])],
    index: Annotated[
        list[Annotated[int, Query(ge=0, le=_LARGEST)]],
        Query(min_length=1, max_length=MAX_PROOFS, description="Places in the log; may be repeated."),
    ],
) -> Proofs:
    """The proofs that entries are in the log; they are verified without trusting this service."""
    heads = {head.number: head for head in await hub.store.audit_log.heads()}
    if log not in heads or max(index) >= heads[log].size:
        raise no_such("audit entry", f"{log}/{max(index)}", "GET /api/v1/audit lists all of them.")
    found = await hub.store.audit_log.prove_all(tuple(dict.fromkeys(index)), log)
    rows = [
        ProofRow(
            index=proof.index,
            content=None if proof.content is None else _base64(proof.content),
            leaf_hash=_base64(proof.leaf_hash),
            path=[_base64(each) for each in proof.path],
        )
        for proof in found
    ]
    return Proofs(log=log, checkpoint=found[0].checkpoint, key=await hub.store.audit_log.public_key(), proofs=rows)


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
