"""What is stored, until when, and what was deleted: the limits of the register, held against the store."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from passerby.domain.access import Permission
from passerby.domain.retention import RUN_EVERY_S, DeletionRun, Kind, RetentionLine
from passerby.text import iso_time
from passerby.units import DAY_S, NS_PER_S
from passerby.web.hub import Hub, HubHere
from passerby.web.permissions import needs
from passerby.web.problems import documented
from passerby.web.rows import ListOf
from passerby.web.times import iso_or_none


class RunRow(BaseModel):
    """One deletion of one kind."""

    kind: Kind
    time: str = Field(description="When it was done.", examples=["2026-09-28T03:10:00+02:00"])
    cutoff: str = Field(description="What began before was deleted.")
    deleted: int = Field(description="How many rows that were.", examples=[1440])


class KindRow(BaseModel):
    """What is stored of one kind of result."""

    kind: Kind
    keep_days: int = Field(description="The limit, as the register publishes it.", examples=[35])
    oldest: str | None = Field(description="Since when there is something; null where nothing is stored.")
    oldest_goes: str | None = Field(description="When the oldest is over its limit; null where nothing is stored.")
    kept: bool = Field(description="Nothing is stored that is past the limit by more than a run's time.")
    last_run: RunRow | None = Field(description="The newest deletion; null before the first.")


class Retention(ListOf[KindRow]):
    """What is stored, and until when."""

    last_run: str | None = Field(
        description="When something was last looked for to delete; null before the first time."
    )
    next_run: str | None = Field(description="When it will be done again; null before the first time.")
    never_stored: list[str] = Field(
        description="What is never kept anywhere, so that nothing of it needs a limit.", examples=[["previews"]]
    )


class RunPage(ListOf[RunRow]):
    """Deletions, newest first."""


NEVER_STORED = ("frames", "previews", "tracks", "sound")
"""Pictures of the camera, pictures that are shown, ways of single road users, and what could be heard."""

router = APIRouter(
    prefix="/api/v1/retention",
    tags=["operation"],
    dependencies=[needs(Permission.KEEP_REGISTER, Permission.READ_AUDIT, Permission.CONFIGURE)],
)


@router.get("", responses=documented(401, 403, 503))
async def get_retention(hub: HubHere) -> Retention:
    """What is stored of each kind, when it goes, and when was last deleted."""
    lines = await hub.store.retention_report()
    runs = [line.last_run.time_ns for line in lines if line.last_run is not None]
    last_ns = max(runs, default=None)
    next_ns = None if last_ns is None else last_ns + RUN_EVERY_S * NS_PER_S
    return Retention(
        rows=[_kind(hub, line) for line in lines],
        after=None,
        last_run=iso_or_none(last_ns, hub.zone),
        next_run=iso_or_none(next_ns, hub.zone),
        never_stored=list(NEVER_STORED),
    )


@router.get("/runs", responses=documented(401, 403, 422, 503))
async def list_deletion_runs(
    hub: HubHere,
    kind: Annotated[list[Kind], Query(max_length=20, description="Only these kinds; may be repeated.")] = [],  # noqa: B006 - FastAPI copies it
    limit: Annotated[int, Query(ge=1, le=1000, description="Most rows in the page.")] = 200,
    after: Annotated[str | None, Query(pattern=r"^[0-9]{1,15}$", description="`after` of the page before.")] = None,
) -> RunPage:
    """What was deleted when, newest first."""
    found = [run for run in reversed(await hub.store.deletion_runs()) if not kind or run.kind in kind]
    start = int(after or 0)
    rest = start + limit < len(found)
    rows = [_run(hub, run) for run in found[start : start + limit]]
    return RunPage(rows=rows, after=str(start + limit) if rest else None)


def _kind(hub: Hub, line: RetentionLine) -> KindRow:
    goes_ns = None if line.oldest_ns is None else line.oldest_ns + line.keep_days * DAY_S * NS_PER_S
    # Between two runs the oldest may be past its limit by as long as that.
    late_ns = RUN_EVERY_S * NS_PER_S
    return KindRow(
        kind=line.kind,
        keep_days=line.keep_days,
        oldest=iso_or_none(line.oldest_ns, hub.zone),
        oldest_goes=iso_or_none(goes_ns, hub.zone),
        kept=line.oldest_ns is None or line.oldest_ns >= line.cutoff_ns - late_ns,
        last_run=None if line.last_run is None else _run(hub, line.last_run),
    )


def _run(hub: Hub, run: DeletionRun) -> RunRow:
    return RunRow(
        kind=run.kind,
        time=iso_time(run.time_ns, hub.zone),
        cutoff=iso_time(run.cutoff_ns, hub.zone),
        deleted=run.deleted,
    )
