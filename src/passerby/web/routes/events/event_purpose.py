"""Looking at the camera of an event: the look is for the event's own case."""

from http import HTTPStatus
from typing import Final

from fastapi import APIRouter

from passerby.domain.access import Permission, Purpose
from passerby.domain.event_rules import RAISED_BY_SERVICE, RuleKind
from passerby.domain.place_events import PlaceEvent
from passerby.units import HOUR_S, NS_PER_S
from passerby.web.hub import HubHere
from passerby.web.permissions import PrincipalHere, groups_of, needs, not_permitted
from passerby.web.problems import ProblemError, documented
from passerby.web.routes.events.place_events import EventId, seen_event
from passerby.web.routes.purposes import StatedRow, stated_from_now

FOLLOW_UP_S: Final = HOUR_S
"""For so long after its end an event is a reason to look: who goes there has come back by then."""

_CROWDS: Final = (
    RuleKind.OVERCROWDING,
    RuleKind.DENSEST_AREA,
    RuleKind.CROWD_RISING,
    RuleKind.COUNTER_FLOW,
    RuleKind.SATURATED,
)

router = APIRouter(prefix="/api/v1", tags=["events"])


@router.put(
    "/events/{event_id}/purpose",
    dependencies=[needs(Permission.SEE_LIVE)],
    responses=documented(401, 403, 404, 409, 422, 503),
)
async def state_event_purpose(hub: HubHere, principal: PrincipalHere, event_id: EventId) -> StatedRow:
    """States that one looks at the event's camera, and at no other, because of the event; purpose and case are its."""
    found = await seen_event(hub, principal, event_id)
    if not principal.may(Permission.SEE_LIVE, groups_of(hub, found.camera)):
        raise not_permitted((Permission.SEE_LIVE,))
    now_ns = hub.clock()
    if found.kind in RAISED_BY_SERVICE or (found.end_ns or now_ns) < now_ns - FOLLOW_UP_S * NS_PER_S:
        raise ProblemError(
            HTTPStatus.CONFLICT,
            "no-reason-to-look",
            "The event is over for more than an hour, or it is not about the place.",
            "PUT /api/v1/purpose with a purpose of the list and a case of your own.",
        )
    return await stated_from_now(hub, principal, purpose_of(found.kind), case_of(found), found.camera)


def case_of(event: PlaceEvent) -> str:
    """Returns the case of a look: the event's number and its rule.

    The number comes first, so that a long name of a rule shortens no more than itself.
    """
    return f"event {event.event_id}: {event.rule}"[:200]


def purpose_of(kind: RuleKind) -> Purpose:
    """Returns why one looks because of an event of that kind."""
    if kind is RuleKind.CAMERA_STATE:
        return Purpose.MAINTENANCE
    return Purpose.EVENT_SAFETY if kind in _CROWDS else Purpose.ROAD_SAFETY
