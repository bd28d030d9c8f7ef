"""A still of a camera's place to draw on: an anonymous picture, never a clear one."""

import asyncio
from contextlib import suppress
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from passerby.domain.access import Permission
from passerby.domain.preview import Preview
from passerby.web.hub import Hub, HubHere
from passerby.web.permissions import PrincipalHere, needs
from passerby.web.problems import RETRY_AFTER_S, ProblemError, documented
from passerby.web.routes.cameras import CameraName
from passerby.web.routes.purposes import record_look

FIRST_S: Final = 2.0
"""Until the first picture: they are drawn at the camera's rate, 5 a second."""

WAITS_S: Final = 20.0
"""While pictures come that may not be shown: with a viewer a place is learned at the pace of a live view."""

MASKED: Final = "masked"

router = APIRouter(prefix="/api/v1/cameras", tags=["cameras"])
STILL = documented(401, 403, 404, 409, 422, 503) | {
    200: {"description": "The picture.", "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get("/{camera}/place", dependencies=[needs(Permission.SEE_PLACE)], response_class=Response, responses=STILL)
async def get_camera_place(hub: HubHere, principal: PrincipalHere, camera: CameraName) -> Response:
    """An anonymous picture to draw on, JPEG; each is a look, and needs a purpose."""
    plan = hub.running_camera(camera)
    hub.purposes.needed(principal, plan.name)
    found = await _first_picture(hub, plan.name)
    if found is None or found.method == MASKED:
        raise _not_yet(plan.name, found)
    # The look is written down before the picture is sent.
    await record_look(hub, principal, plan.name, detail="a still to draw on")
    return Response(found.jpeg.tobytes(), media_type="image/jpeg")


async def _first_picture(hub: Hub, camera: str) -> Preview | None:
    """Returns the first picture that may be shown, or else the newest that may not; None where none comes."""
    newest: Preview | None = None
    hub.viewers.come(camera)
    try:
        with suppress(TimeoutError, KeyError):
            end_s = asyncio.get_running_loop().time() + WAITS_S
            async with asyncio.timeout(FIRST_S) as limit, hub.live.previews(camera) as pictures:
                async for newest in pictures:
                    if newest.method != MASKED:
                        break
                    limit.reschedule(end_s)
    finally:
        if hub.viewers.go(camera):
            hub.messages.drop(camera)
    return newest


def _not_yet(camera: str, found: Preview | None) -> ProblemError:
    why = found.why if found is not None else "no picture has come from it"
    return ProblemError(
        HTTPStatus.CONFLICT,
        "place-not-learned",
        f"There is no picture of {camera} yet: {why}.",
        "Ask again: a place is learned within about 3 minutes of a camera's start. One can draw without it.",
        headers={"Retry-After": str(RETRY_AFTER_S)},
    )
