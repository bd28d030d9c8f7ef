"""Alerts: what needs a person's attention at a place, and why."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from passerby.domain.access import Permission
from passerby.domain.queries import EventQuery
from passerby.text import iso_time
from passerby.web.hub import HubHere
from passerby.web.permissions import PrincipalHere, needs
from passerby.web.problems import documented
from passerby.web.ranges import event_query, seen_page
from passerby.web.routes.purposes import MASS_VIEWING


class AlertRow(BaseModel):
    """A rule's measured value went past its threshold."""

    camera: str = Field(examples=["square-north"])
    rule: str = Field(description="The rule that was broken.")
    place: str = Field(description="The line or zone that it was watched at.")
    time: str = Field(description="When the threshold was passed.", examples=["2026-09-28T08:10:00+02:00"])
    value: float = Field(description="What was measured.")
    threshold: float = Field(description="What it was compared with.")
    unit: str = Field(description="The unit of both.", examples=["m-2"])
    why: str = Field(description="One sentence for a person.")


class AlertPage(BaseModel):
    """Alerts, oldest first."""

    rows: list[AlertRow]
    after: str | None = Field(description="Pass it back for the next page; null when there is nothing more.")


SEEING = (Permission.SEE_EVENTS, Permission.CONFIRM_GRANTS, Permission.READ_AUDIT)
"""Privacy officers and auditors see who looks too much, and no events of the place."""

router = APIRouter(prefix="/api/v1", tags=["alerts"])


@router.get("/alerts", dependencies=[needs(*SEEING)], responses=documented(401, 403, 422, 503))
async def alerts(
    hub: HubHere, principal: PrincipalHere, query: Annotated[EventQuery, Depends(event_query)]
) -> AlertPage:
    """The alerts of a time, oldest first; for privacy officers and auditors, those of mass viewing."""
    permission = next(each for each in SEEING if principal.may(each))
    page = await seen_page(hub, principal, permission, hub.store.alerts, query)
    rows = [
        AlertRow(
            camera=alert.camera,
            rule=alert.rule,
            place=alert.place,
            time=iso_time(alert.time_ns, hub.zone),
            value=alert.value,
            threshold=alert.threshold,
            unit=alert.unit,
            why=alert.why,
        )
        for alert in page.rows
        if permission is Permission.SEE_EVENTS or alert.rule == MASS_VIEWING
    ]
    return AlertPage(rows=rows, after=page.after)
