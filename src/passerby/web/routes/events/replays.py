"""The short replay of an event: opened for a purpose, and each opening is a look."""

import asyncio
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, Response

from passerby.domain.access import Permission
from passerby.domain.audit import REPLAY_OPENED
from passerby.domain.errors import PasserbyError
from passerby.domain.replays import EncryptedReplay, EventReplay
from passerby.telemetry.logs import get_log
from passerby.web.hub import Hub, HubHere
from passerby.web.permissions import PrincipalHere, groups_of, needs, not_permitted
from passerby.web.problems import ProblemError, documented
from passerby.web.routes.events.place_events import EventId, seen_event
from passerby.web.routes.events.replay_picture import MEDIA_TYPE, Opening, replay_picture
from passerby.web.routes.purposes import record_look

NO_REPLAY: Final = "no-replay"

router = APIRouter(prefix="/api/v1", tags=["events"])


@router.get(
    "/events/{event_id}/replay",
    dependencies=[needs(Permission.SEE_LIVE)],
    response_class=Response,
    responses={
        **documented(401, 403, 404, 422, 503),
        200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}, "description": "An SVG that moves by itself."},
    },
)
async def get_event_replay(hub: HubHere, principal: PrincipalHere, event_id: EventId) -> Response:
    """Figures without ids on the empty place, some seconds before the event was raised and after; needs a purpose.

    Each opening is a look: it is in the audit log with its purpose, and counts as one at the camera.
    """
    found = await seen_event(hub, principal, event_id)
    if not principal.may(Permission.SEE_LIVE, groups_of(hub, found.camera)):
        raise not_permitted((Permission.SEE_LIVE,))
    camera = hub.plan.camera(found.camera)
    if camera is None or not camera.registration.replays_allowed:
        raise _none("The register does not allow replays of this camera's events.")
    encrypted = await hub.store.replay(event_id)
    if encrypted is None:
        raise _none("There is no replay of this event, or it is over: replays are kept for three days at most.")
    hub.purposes.needed(principal, found.camera)
    opened = await asyncio.to_thread(_opened, hub, encrypted)
    await record_look(hub, principal, found.camera, action=REPLAY_OPENED, detail=event_id)
    opening = Opening(principal.name, hub.clock(), hub.zone)
    content = await asyncio.to_thread(replay_picture, found, opened, camera.layout, opening)
    name = f"event-{event_id}.svg"
    return Response(content, media_type=MEDIA_TYPE, headers={"Content-Disposition": f'inline; filename="{name}"'})


def _opened(hub: Hub, encrypted: EncryptedReplay) -> EventReplay:
    try:
        opened = hub.open_replay(encrypted)
    except PasserbyError as fault:
        get_log().error("the replays of events cannot be opened", why=str(fault))
        opened = None
    if opened is None:
        raise _none("The replay cannot be opened: its key has been replaced, or cannot be read.")
    return opened


def _none(why: str) -> ProblemError:
    return ProblemError(
        HTTPStatus.NOT_FOUND,
        NO_REPLAY,
        why,
        "GET /api/v1/events/{event_id} says as `replay_until` whether there is one.",
    )
