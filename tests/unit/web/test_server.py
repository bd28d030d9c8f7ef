"""The server itself: what it says of itself, what it writes down, and what it does with broken requests."""

import asyncio
import logging

import httpx
import pytest
import websockets

from testing.web.fakes import Service
from testing.web.serving import served
from tests.unit.web.routes.test_view import looking, until


def test_token_and_cookie_stand_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    # The client of this test tells where it goes.
    caplog.set_level(logging.WARNING, logger="httpcore")
    caplog.set_level(logging.WARNING, logger="httpx")
    caplog.set_level(logging.DEBUG)

    async def scene() -> tuple[httpx.Response, str]:
        service = Service()
        token = service.token()
        async with served(service.app) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            return await client.get(f"/open/{token}", follow_redirects=True), token

    answer, token = asyncio.run(scene())
    assert answer.status_code == 200
    cookie = answer.history[0].headers["set-cookie"].partition("=")[2].partition(";")[0]
    assert len(cookie) > 64
    assert caplog.records
    for secret in (token, cookie, cookie.rpartition(".")[2]):
        assert secret not in caplog.text


def test_server_does_not_say_what_it_is() -> None:
    async def scene() -> httpx.Response:
        async with served(Service().app) as port, httpx.AsyncClient() as client:
            return await client.get(f"http://127.0.0.1:{port}/healthz")

    answer = asyncio.run(scene())
    assert answer.status_code == 200
    assert "server" not in answer.headers


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", b"400"),
        (b"GET / HTTP/1.0\r\n\r\n", b"421"),
        (b"GET /healthz HTTP/1.1\r\nHost: [\r\n\r\n", b"421"),
        (b"GET http://elsewhere.example/ HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n", b"421"),
        (b"NONSENSE\r\n\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"400"),
        (b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n", b"4"),
        (b"POST /api/v1/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n", b"400"),
    ],
)
def test_broken_requests_are_refused(sent: bytes, status: bytes) -> None:
    async def scene() -> bytes:
        async with served(Service().app) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            line = await asyncio.wait_for(reader.readline(), 20)
            writer.close()
            await writer.wait_closed()
        return line

    line = asyncio.run(scene())
    assert line.startswith(b"HTTP/1.1 " + status), line


def test_viewer_who_talks_too_much_is_let_go() -> None:
    async def scene() -> None:
        service = Service()
        async with served(service.app) as port, looking(service, port) as viewer:
            await until(lambda: service.live.looks == 1)
            await viewer.send("a word")
            await viewer.send("x" * 100_000)
            with pytest.raises(websockets.ConnectionClosed):
                await viewer.recv()
            await until(lambda: service.live.pictures["square"] == [])

    asyncio.run(scene())
