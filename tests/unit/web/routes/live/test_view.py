"""The live view, from a real server: the newest picture for each viewer, and nothing for nobody."""

import asyncio
import json
import socket
from typing import Any

import pytest
import websockets
from websockets.asyncio.client import ClientConnection, connect

from passerby.web.live.previews import ViewMessages, view_message
from testing.waiting import until_true
from testing.web.fakes import Service, preview
from testing.web.serving import served


def looking(service: Service, port: int, camera: str = "square", *, behind: Any = None, **headers: str) -> Any:
    """Looks; through the connection `behind`, where it is given, and no more than one picture waits on its far side."""
    sent = {"Cookie": service.session(), **headers}
    address = f"ws://127.0.0.1:{port}/api/v1/cameras/{camera}/view?ticket={service.ticket(camera)}"
    queue = 16 if behind is None else 1
    return connect(address, additional_headers=sent, max_size=None, max_queue=queue, proxy=None, sock=behind)


def narrow(port: int) -> socket.socket:
    """A connection that takes in little before it is read from: else the system lets it grow while others are slow."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    line.connect(("127.0.0.1", port))
    return line


def opened(message: str | bytes) -> tuple[dict[str, Any], bytes]:
    assert isinstance(message, bytes)
    length = int.from_bytes(message[:4], "big")
    return json.loads(message[4 : 4 + length]), message[4 + length :]


def test_message_is_header_and_picture() -> None:
    about, jpeg = opened(view_message(preview(7), "2026-09-28T12:00:07+02:00"))
    assert about == {
        "time": "2026-09-28T12:00:07+02:00",
        "method": "redrawn",
        "why": "",
        "sharp_share": 0.5,
        "size_px": [640, 360],
        "boxes": [[0.1, 0.2, 0.3, 0.4, "pedestrian"]],
    }
    assert jpeg == b"\x07" * 100


def test_message_is_made_once_for_all_viewers() -> None:
    messages, picture = ViewMessages(), preview()
    assert messages.of(picture, "now") is messages.of(picture, "now")
    assert messages.of(preview(1), "then") is not messages.of(picture, "now")


def test_everybody_who_looks_sees_and_looking_ends() -> None:
    async def scene() -> list[dict[str, Any]]:
        service = Service()
        async with served(service.app) as port:
            async with looking(service, port) as one, looking(service, port) as other:
                await until_true(lambda: len(service.live.pictures.get("square", [])) == 2)
                service.live.show(preview(3))
                seen = [opened(await viewer.recv())[0] for viewer in (one, other)]
            await until_true(lambda: service.live.pictures["square"] == [])
            # What was kept for the viewers is let go of with the last of them.
            await until_true(lambda: service.app.state.hub.viewers.count == 0)
            assert service.app.state.hub.messages._newest == {}
        return seen

    assert [about["time"] for about in asyncio.run(scene())] == ["2026-09-28T12:00:03+02:00"] * 2


def test_slow_viewer_loses_pictures_and_harms_nobody() -> None:
    pictures, size = 120, 300_000

    async def scene() -> tuple[list[int], list[int]]:
        service = Service()
        fast: list[int] = []
        late: list[int] = []
        async with (
            served(service.app) as port,
            looking(service, port) as quick,
            looking(service, port, behind=narrow(port)) as slow,
        ):
            await until_true(lambda: len(service.live.pictures.get("square", [])) == 2)
            for number in range(pictures):
                service.live.show(preview(number, size))
                fast.append(opened(await quick.recv())[1][0])
            while not late or late[-1] != fast[-1]:
                late.append(opened(await slow.recv())[1][0])
        return fast, late

    fast, late = asyncio.run(scene())
    assert fast == list(range(pictures))
    # What the line itself holds comes late; of the rest there is only the newest.
    assert len(late) < pictures / 2
    assert late == sorted(late)


@pytest.mark.parametrize(
    ("headers", "camera", "status"),
    [
        ({"Cookie": "nothing=1"}, "square", 403),
        ({"Origin": "http://elsewhere.example"}, "square", 403),
        ({"Origin": "null"}, "square", 403),
        ({"Sec-Fetch-Site": "cross-site"}, "square", 403),
        ({}, "nobody", 404),
    ],
)
@pytest.mark.asvs("4.4.2")
def test_who_may_not_look_is_refused(headers: dict[str, str], camera: str, status: int) -> None:
    async def scene() -> None:
        service = Service()
        async with served(service.app) as port:
            with pytest.raises(websockets.InvalidStatus) as refused:
                await looking(service, port, camera, **headers).__aenter__()
            assert refused.value.response.status_code == status
            assert service.live.looks == 0

    asyncio.run(scene())


def test_page_of_our_own_may_look() -> None:
    async def scene() -> None:
        service = Service()
        async with served(service.app) as port:
            headers = {"Origin": f"http://127.0.0.1:{port}", "Sec-Fetch-Site": "same-origin"}
            async with looking(service, port, **headers):
                await until_true(lambda: service.live.looks == 1)

    asyncio.run(scene())


def test_viewers_do_not_hold_up_the_end() -> None:
    async def scene() -> None:
        service = Service()
        async with looking_after(service) as viewer:
            with pytest.raises(websockets.ConnectionClosed):
                await viewer.recv()

    asyncio.run(asyncio.wait_for(scene(), 60))


class looking_after:  # noqa: N801 - a context, used as a word
    """A viewer whose service has ended."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def __aenter__(self) -> ClientConnection:
        async with served(self._service.app) as port:
            viewer: ClientConnection = await looking(self._service, port).__aenter__()
            await until_true(lambda: self._service.live.looks == 1)
        self._viewer = viewer
        return viewer

    async def __aexit__(self, *_: object) -> None:
        await self._viewer.close()
