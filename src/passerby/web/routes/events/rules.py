"""Rules: how often each has raised an event, and how often it was right."""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from passerby.domain.access import Permission
from passerby.domain.event_rules import RAISED_BY_SERVICE, RuleKind
from passerby.domain.queries import PlaceEventQuery
from passerby.units import DAY_S, NS_PER_S
from passerby.web.hub import HubHere
from passerby.web.permissions import PrincipalHere, VisibleCameras, needs
from passerby.web.problems import documented
from passerby.web.ranges import Cameras, End, Start, range_of

DAYS: Final = 30
"""The time that is looked at where none is asked for: some verdicts of a rule are in it."""

_LONGEST: Final = timedelta(days=5 * 366)


class RuleRow(BaseModel):
    """A rule of a camera, with how it was judged."""

    camera: str = Field(examples=["square-north"])
    rule: str
    kind: RuleKind
    events: int = Field(description="Events that went on in that time.")
    true: int = Field(description="Of these, how many were judged to be true.")
    false: int
    unsure: int
    precision: float | None = Field(
        description="True ones among those judged true or false; null where none was. Unsure ones do not count."
    )
    precision_low: float | None = Field(description="Lower end of its 95 % interval (Wilson).")
    precision_high: float | None = Field(description="Upper end.")


class RuleRows(BaseModel):
    """Rules by camera and name."""

    rows: list[RuleRow]


def _query(
    hub: HubHere,
    start: Start = None,
    end: End = None,
    camera: Cameras = [],  # noqa: B006 - FastAPI copies it
) -> PlaceEventQuery:
    span = range_of(hub, start, end, _LONGEST)
    start_ns = max(0, span.end_ns - DAYS * DAY_S * NS_PER_S) if start is None else span.start_ns
    return PlaceEventQuery(start_ns, span.end_ns, tuple(camera))


router = APIRouter(prefix="/api/v1", tags=["events"])


@router.get("/rules", dependencies=[needs(Permission.SEE_EVENTS)], responses=documented(401, 403, 422, 503))
async def rules(hub: HubHere, principal: PrincipalHere, query: Annotated[PlaceEventQuery, Depends(_query)]) -> RuleRows:
    """The rules that raised an event in a time (30 days where none is named), each with its precision."""
    permission = Permission.SEE_EVENTS
    cameras = VisibleCameras.of(hub, principal, permission).asked(permission, query.cameras)
    kinds = tuple(kind for kind in RuleKind if kind not in RAISED_BY_SERVICE)
    asked = PlaceEventQuery(query.start_ns, query.end_ns, cameras, kinds=kinds)
    rows = []
    for one in await hub.store.rule_records(asked):
        low, high = one.precision_interval or (None, None)
        rows.append(
            RuleRow(
                camera=one.camera,
                rule=one.rule,
                kind=one.kind,
                events=one.events,
                true=one.true,
                false=one.false,
                unsure=one.unsure,
                precision=one.precision,
                precision_low=low,
                precision_high=high,
            )
        )
    return RuleRows(rows=rows)
