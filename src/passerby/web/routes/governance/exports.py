"""Who looked and who took numbers away, for what: counted and listed out of the audit log."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

from fastapi import APIRouter
from pydantic import BaseModel, Field

from passerby.domain.access import Permission
from passerby.domain.audit import EXPORTED, LOOKS, AuditEntry
from passerby.domain.queries import LARGEST_PAGE, AuditQuery
from passerby.text import iso_time
from passerby.web.hub import Hub, HubHere
from passerby.web.permissions import PrincipalHere, needs
from passerby.web.problems import documented
from passerby.web.ranges import After, End, Limit, Start, range_of, wrong_cursor
from passerby.web.rows import ListOf

LONGEST = timedelta(days=366)


class ExportRow(BaseModel):
    """One export of numbers."""

    time: str = Field(examples=["2026-09-28T08:10:00+02:00"])
    actor: str = Field(description="The account, or the account by a token.")
    cameras: str = Field(description="Of which cameras; empty for all that the account may see.")
    what: str = Field(description="The form that it was taken away in.")
    purpose: str = Field(description="A word of the closed list.", examples=["traffic_planning"])
    case: str = Field(description="As it was typed.")


class ExportPage(ListOf[ExportRow]):
    """Exports, newest first."""


class LookRow(BaseModel):
    """How often a camera was looked at for a purpose."""

    camera: str
    purpose: str = Field(description="A word of the closed list.", examples=["maintenance"])
    looks: int = Field(description="Live views and replays that were opened.")
    people: int = Field(description="By how many accounts.")
    last: str = Field(description="When the newest was.")


class LookCountRows(ListOf[LookRow]):
    """The looks of a time, by camera, those for the most frequent purpose first."""

    start: str
    end: str


router = APIRouter(
    prefix="/api/v1", tags=["audit"], dependencies=[needs(Permission.READ_AUDIT, Permission.CONFIRM_GRANTS)]
)


@router.get("/exports", responses=documented(401, 403, 422, 503))
async def list_exports(
    hub: HubHere,
    principal: PrincipalHere,
    start: Start = None,
    end: End = None,
    limit: Limit = 200,
    after: After = None,
) -> ExportPage:
    """Who took numbers away, when, and for what. Reading it is an entry of the audit log too."""
    span = range_of(hub, start, end, LONGEST)
    query = AuditQuery(span.start_ns, span.end_ns, (), (EXPORTED,), newest_first=True, limit=limit, after=after)
    try:
        page = await hub.store.audit_log.search(query)
    except ValueError:
        raise wrong_cursor(after) from None
    subject = f"exports, {iso_time(span.start_ns)} to {iso_time(span.end_ns)}"
    await hub.store.append_audit(AuditEntry(hub.clock(), principal.name, "audit.read", subject))
    entries = [leaf.entry for leaf in page.rows if leaf.entry is not None]
    rows = [
        ExportRow(
            time=iso_time(each.time_ns, hub.zone),
            actor=each.actor,
            cameras=each.subject,
            what=each.detail,
            purpose=each.purpose,
            case=each.case,
        )
        for each in entries
    ]
    return ExportPage(rows=rows, after=page.after)


@router.get("/looks", responses=documented(401, 403, 422, 503))
async def list_looks(hub: HubHere, start: Start = None, end: End = None) -> LookCountRows:
    """How often each camera was looked at, and for which purposes; who looked is in the audit log."""
    span = range_of(hub, start, end, LONGEST)
    counted: Counter[tuple[str, str]] = Counter()
    people: dict[tuple[str, str], set[str]] = {}
    newest: dict[tuple[str, str], int] = {}
    async for entry in _all(hub, AuditQuery(span.start_ns, span.end_ns, (), LOOKS, limit=LARGEST_PAGE)):
        key = entry.subject, entry.purpose
        counted[key] += 1
        people.setdefault(key, set()).add(entry.actor)
        newest[key] = max(entry.time_ns, newest.get(key, 0))
    rows = [
        LookRow(
            camera=key[0],
            purpose=key[1],
            looks=times,
            people=len(people[key]),
            last=iso_time(newest[key], hub.zone),
        )
        for key, times in sorted(counted.items(), key=lambda each: (each[0][0], -each[1], each[0][1]))
    ]
    return LookCountRows(
        start=iso_time(span.start_ns, hub.zone), end=iso_time(span.end_ns, hub.zone), rows=rows, after=None
    )


async def _all(hub: Hub, query: AuditQuery) -> AsyncIterator[AuditEntry]:
    after: str | None = None
    while True:
        page = await hub.store.audit_log.search(replace(query, after=after))
        for leaf in page.rows:
            if leaf.entry is not None:
                yield leaf.entry
        after = page.after
        if after is None:
            return
