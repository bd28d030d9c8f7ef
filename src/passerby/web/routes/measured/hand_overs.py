"""Which machine held a camera from when on, and what is kept and not counted because another held it by then."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from passerby.domain.access import Permission
from passerby.domain.leases import HandOver
from passerby.domain.queries import EventQuery
from passerby.text import iso_time
from passerby.web.hub import Hub, HubHere
from passerby.web.permissions import PrincipalHere, needs
from passerby.web.problems import documented
from passerby.web.ranges import event_query, seen_page
from passerby.web.rows import ListOf


class HandOverRow(BaseModel):
    """One lease of one camera: who may watch it until the next one begins."""

    camera: str = Field(examples=["square-north"])
    number: int = Field(description="The lease's number; higher than all before of this camera.", examples=[2])
    node: str = Field(description="The machine that holds it; empty for the hub's own.", examples=["cabinet-7"])
    node_before: str | None = Field(
        description="The machine that held the camera before; null where there was none.", examples=[""]
    )
    time: str = Field(description="When it was taken.", examples=["2026-09-28T08:00:00+02:00"])
    began: str | None = Field(
        description="From when on something that was measured under it is stored; until then the lease before holds. "
        "Null before anything is.",
        examples=["2026-09-28T08:00:12+02:00"],
    )
    minutes_set_aside: int = Field(
        description="Of how many minutes something is kept, and not counted, that was measured under a lower number "
        "after this lease had begun.",
        examples=[0],
    )


class HandOvers(ListOf[HandOverRow]):
    """Leases by the time when they were taken, oldest first."""


router = APIRouter(prefix="/api/v1", tags=["observations"])


@router.get("/hand-overs", dependencies=[needs(Permission.SEE_STATE)], responses=documented(401, 403, 404, 422, 503))
async def list_hand_overs(
    hub: HubHere, principal: PrincipalHere, query: Annotated[EventQuery, Depends(event_query)]
) -> HandOvers:
    """The hand-overs of a time: where coverage is low because a camera went from machine to machine, they say so."""
    page = await seen_page(hub, principal, Permission.SEE_STATE, hub.store.leases.hand_overs, query)
    return HandOvers(rows=[_row(one, hub) for one in page.rows], after=page.after)


def _row(one: HandOver, hub: Hub) -> HandOverRow:
    lease = one.lease
    return HandOverRow(
        camera=lease.camera,
        number=lease.number,
        node=lease.node,
        node_before=one.node_before,
        time=iso_time(lease.since_ns, hub.zone),
        began=None if lease.began_ns is None else iso_time(lease.began_ns, hub.zone),
        minutes_set_aside=one.minutes_set_aside,
    )
