"""The live view: anonymous pictures over a WebSocket, the newest for each viewer, none without a viewer."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Query, WebSocket, WebSocketDisconnect

from passerby.domain.access import Permission, Principal, StatedPurpose
from passerby.domain.preview import DIFFERENCES, Preview
from passerby.ports import StoreError
from passerby.text import iso_time
from passerby.web.edge.gate import ASKED_S, no_session
from passerby.web.hub import Hub, HubHere
from passerby.web.live.previews import view_message
from passerby.web.permissions import PrincipalHere, groups_of, needs
from passerby.web.problems import store_problem
from passerby.web.routes.purposes import record_look

TAKES_WITHIN_S = 20.0
"""A viewer who takes no picture for so long has gone without closing the connection."""

_STORE_AWAY = (1013, "the store does not answer whether this may go on; ask again")
"""Code "try again later" (RFC 6455's registry), and the reason."""

router = APIRouter(prefix="/api/v1/cameras", tags=["live"])


@router.websocket("/{camera}/view", dependencies=[needs(Permission.SEE_LIVE)])
async def view(
    socket: WebSocket,
    hub: HubHere,
    principal: PrincipalHere,
    camera: str,
    ticket: Annotated[str, Query(max_length=100)] = "",
) -> None:
    """Pictures of one camera for as long as the viewer stays.

    A message is four bytes with the length of a JSON text, the text, and a JPEG. It ends within 5 s of the session, the
    grant or the purpose that it was opened with.
    """
    await _stream(socket, hub, principal, camera, ticket, tally=False)


@router.websocket("/{camera}/tally", dependencies=[needs(Permission.DRAW)])
async def tally_view(
    socket: WebSocket,
    hub: HubHere,
    principal: PrincipalHere,
    camera: str,
    ticket: Annotated[str, Query(max_length=100)] = "",
) -> None:
    """Pictures for a person who counts by hand: all that differs from the empty place, without boxes.

    The first message is a JSON text with the number of the view; the others are as those of the live view.
    """
    await _stream(socket, hub, principal, camera, ticket, tally=True)


async def _stream(socket: WebSocket, hub: Hub, principal: Principal, camera: str, ticket: str, *, tally: bool) -> None:
    plan, permission = hub.running_camera(camera), Permission.DRAW if tally else Permission.SEE_LIVE
    hub.tickets.use(ticket, principal, plan.name)

    def may_look(now: Principal) -> bool:
        return _may_look(hub, now, plan.name, stated, permission)

    try:
        stated = await record_look(hub, principal, plan.name, detail="to count by hand" if tally else "")
        sure_s = await hub.rights.open(principal, may_look, socket.scope[ASKED_S])
    except StoreError as error:
        # No audit, no look; and none by a right of which the store does not say that it holds.
        raise store_problem(error) from None
    if sure_s is None:
        raise no_session()
    await socket.accept()
    hub.viewers.come(plan.name)
    over = asyncio.ensure_future(hub.rights.until_over(principal, may_look, sure_s))
    try:
        with suppress(KeyError, WebSocketDisconnect):  # the camera, or the viewer, has just gone
            async with hub.live.previews(plan.name, tally=tally) as pictures:
                show = _show_tally(socket, hub, principal, pictures) if tally else _show(socket, hub, pictures)
                await _until_one_ends(show, _gone(socket), over)
    finally:
        if hub.viewers.go(plan.name):
            hub.messages.drop(plan.name)
        unknown = not over.cancel() and not over.cancelled() and over.result() is not None
        with suppress(RuntimeError, WebSocketDisconnect):  # it is closed already
            await socket.close(*(_STORE_AWAY if unknown else (1001,)))


def _may_look(hub: Hub, principal: Principal, camera: str, opened_for: StatedPurpose, permission: Permission) -> bool:
    permitted = principal.may(permission, groups_of(hub, camera))
    now = hub.purposes.of(principal, camera)
    # Another case is another look, which is written down when it is opened.
    return permitted and now is not None and (now.purpose, now.case) == (opened_for.purpose, opened_for.case)


async def _show(socket: WebSocket, hub: Hub, pictures: AsyncIterator[Preview]) -> None:
    async for preview in pictures:
        message = hub.messages.of(preview, iso_time(preview.time_ns, hub.zone))
        # It waits while the viewer's line is full, and `pictures` then goes on with the newest.
        async with asyncio.timeout(TAKES_WITHIN_S):
            await socket.send_bytes(message)


async def _show_tally(socket: WebSocket, hub: Hub, principal: Principal, pictures: AsyncIterator[Preview]) -> None:
    """Sends pictures, and keeps when each of them had gone out: a gap voids what is counted from them."""
    seen = hub.tally_views.begin(socket.path_params["camera"], principal.name)
    await socket.send_json({"view": seen.number})
    async for preview in pictures:
        async with asyncio.timeout(TAKES_WITHIN_S):
            await socket.send_bytes(view_message(preview, iso_time(preview.time_ns, hub.zone)))
        seen.add(preview.time_ns, hub.clock(), shown=preview.method == DIFFERENCES)


async def _gone(socket: WebSocket) -> None:
    """Ends when the viewer leaves; a viewer has nothing to say, so nothing is listened to."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def _until_one_ends(*waited_for: Awaitable[object]) -> None:
    tasks = [asyncio.ensure_future(each) for each in waited_for]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    del done
    for result in ended:
        expected = (asyncio.CancelledError, TimeoutError, WebSocketDisconnect)
        if isinstance(result, BaseException) and not isinstance(result, expected):
            raise result
