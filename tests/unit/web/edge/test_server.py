"""The server itself: what it says of itself, what it writes down, and what it does with broken requests."""

import asyncio
import logging
import re
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import httpx
import pytest
import websockets

from passerby.web.edge.server import ClientLimits, UnreadAnswer
from testing.waiting import WITHIN_S, until_true
from testing.web.fakes import Service
from testing.web.serving import served
from tests.unit.web.routes.live.test_view import looking


@pytest.mark.asvs("14.2.1", "16.2.5")
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
    assert len(cookie) > 40
    assert caplog.records
    for secret in (token, cookie):
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
@pytest.mark.asvs("4.2.1")
def test_broken_requests_are_refused(sent: bytes, status: bytes) -> None:
    async def scene() -> bytes:
        async with served(Service().app) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            line = await asyncio.wait_for(reader.readline(), WITHIN_S)
            writer.close()
            await writer.wait_closed()
        return line

    line = asyncio.run(scene())
    assert line.startswith(b"HTTP/1.1 " + status), line


def test_viewer_who_talks_too_much_is_let_go() -> None:
    async def scene() -> None:
        service = Service()
        async with served(service.app) as port, looking(service, port) as viewer:
            await until_true(lambda: service.live.looks == 1)
            await viewer.send("a word")
            await viewer.send("x" * 100_000)
            with pytest.raises(websockets.ConnectionClosed):
                await viewer.recv()
            await until_true(lambda: service.live.pictures["square"] == [])

    asyncio.run(scene())


SHORT = ClientLimits(head_s=0.3, body_s=0.3, idle_s=1, connections=3)
HEALTHZ = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
PUT = b"PUT /api/v1/configuration HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


TURN_S = 0.05


async def taken(reader: asyncio.StreamReader) -> bytes:
    """All that is answered, also where the connection is reset after it, as a byte came when it was closed already."""
    answer = b""
    with suppress(ConnectionError):
        while part := await reader.read(1 << 16):
            answer += part
    return answer


async def trickled(port: int, at_once: bytes, byte: bytes) -> tuple[bytes, int]:
    """What is answered to a client that sends a byte in each turn after the first ones, and in which turn it is let go.

    Client and server share one loop: where the machine is busy, both wait, and the turns are no more.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(at_once)
    answered = asyncio.create_task(taken(reader))
    turn = 0
    while not answered.done() and turn < 200:
        if byte and not writer.is_closing():
            writer.write(byte)
        await asyncio.sleep(TURN_S)
        turn += 1
    writer.close()
    return await asyncio.wait_for(answered, WITHIN_S), turn


@pytest.mark.parametrize(
    ("at_once", "byte", "last"),
    [
        (b"", b"", b"408"),
        (b"GET /he", b"", b"408"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ", b"x", b"408"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"X: x\r\n", b"408"),
        (PUT + b"Content-Length: 1000\r\n\r\n{", b"", b"408"),
        (PUT + b"Content-Length: 1000\r\n\r\n{", b" ", b"408"),
        (PUT + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n{\r\n", b"408"),
        (HEALTHZ, b"", b"200"),
        (HEALTHZ + b"GET /he", b"", b"200"),
        (HEALTHZ * 2 + b"GET / HTTP/1.1\r\nX: ", b"x", b"408"),
    ],
)
def test_requests_by_halves_and_idle_connections_are_ended(at_once: bytes, byte: bytes, last: bytes) -> None:
    async def scene() -> tuple[bytes, int, httpx.Response]:
        async with served(Service().app, SHORT) as port, httpx.AsyncClient() as client:
            answer, turns = await trickled(port, at_once, byte)
            return answer, turns, await client.get(f"http://localhost:{port}/healthz")

    answer, turns, then = asyncio.run(scene())
    statuses = re.findall(rb"HTTP/1.1 (\d+)", answer)
    # A body that nobody may send is refused before it is there.
    assert statuses[-1] == last or (b"PUT" in at_once and statuses == [b"401"]), answer
    assert turns * TURN_S < 4.0
    assert then.status_code == 200


def test_an_address_has_so_many_connections_and_no_more() -> None:
    async def scene() -> tuple[bytes, httpx.Response, bytes]:
        async with served(Service().app, replace(SHORT, head_s=5.0)) as port, httpx.AsyncClient() as client:
            held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
            await asyncio.sleep(0.05)
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            refused = await asyncio.wait_for(reader.read(), WITHIN_S)
            writer.close()
            transport = httpx.AsyncHTTPTransport(local_address="127.0.0.2")
            async with httpx.AsyncClient(transport=transport) as neighbour:
                other = await neighbour.get(f"http://127.0.0.1:{port}/healthz")
            for _, one in held:
                one.close()
                await one.wait_closed()
            await asyncio.sleep(0.05)
            again = await client.get(f"http://127.0.0.1:{port}/healthz")
            return refused, other, str(again.status_code).encode()

    refused, other, again = asyncio.run(scene())
    assert refused.startswith(b"HTTP/1.1 503 ")
    assert other.status_code == 200
    assert again == b"200"


@asynccontextmanager
async def unread(port: int, at_once: bytes) -> AsyncIterator[socket.socket]:
    """A client that takes nothing of what is answered, and has hardly any room for it."""
    loop = asyncio.get_running_loop()
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        client.setblocking(False)
        await loop.sock_connect(client, ("127.0.0.1", port))
        sending = asyncio.create_task(loop.sock_sendall(client, at_once))
        yield client
        sending.cancel()
        with suppress(asyncio.CancelledError, OSError):
            await sending


async def status(port: int) -> int:
    async with httpx.AsyncClient() as client:
        return (await client.get(f"http://127.0.0.1:{port}/healthz")).status_code


MANY = b"GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n" * 5000


@pytest.mark.asvs("1.4.3")
def test_a_client_that_takes_no_answer_is_ended() -> None:
    async def scene() -> list[int]:
        limits = replace(SHORT, connections=1, unread_s=0.5)
        async with served(Service().app, limits) as port, unread(port, MANY):
            await asyncio.sleep(0.3)
            found = [await status(port)]
            begun_s = time.monotonic()
            while found[-1] != 200 and time.monotonic() - begun_s < WITHIN_S:
                await asyncio.sleep(0.2)
                found.append(await status(port))
            return [found[0], found[-1]]

    assert asyncio.run(scene()) == [503, 200]


def test_a_connection_counts_while_its_client_has_not_taken_the_last_answer() -> None:
    async def scene() -> list[int]:
        limits = replace(SHORT, connections=1, unread_s=60.0, head_s=0.2)
        async with served(Service().app, limits) as port, unread(port, MANY + b"GET / HTT"):
            await asyncio.sleep(2.5)
            return [await status(port)]

    assert asyncio.run(scene()) == [503]


class Writer(asyncio.Protocol):
    """Writes a long answer at once."""

    def __init__(self, limits: ClientLimits) -> None:
        self._unread = UnreadAnswer(limits)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._unread.watch(transport)
        assert isinstance(transport, asyncio.Transport)
        transport.write(bytes(100_000))
        transport.close()

    def pause_writing(self) -> None:
        self._unread.paused()

    def resume_writing(self) -> None:
        self._unread.resumed()

    def connection_lost(self, exc: Exception | None) -> None:
        self._unread.resumed()


@pytest.mark.parametrize(("unread_bytes", "whole"), [(1, True), (1 << 20, False)])
def test_a_slow_client_gets_all_if_it_takes_enough_of_it(unread_bytes: int, whole: bool) -> None:
    async def scene() -> int:
        loop, got = asyncio.get_running_loop(), 0
        with socket.create_server(("127.0.0.1", 0)) as listening:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)  # its connections have it, too
            limits = replace(SHORT, unread_s=0.2, unread_bytes=unread_bytes)
            server, port = await loop.create_server(lambda: Writer(limits), sock=listening), listening.getsockname()[1]
            async with server, unread(port, b"") as client:
                with suppress(ConnectionResetError):
                    while more := await asyncio.wait_for(loop.sock_recv(client, 1 << 14), WITHIN_S):
                        got += len(more)
                        await asyncio.sleep(0.01)
        return got

    assert (asyncio.run(scene()) == 100_000) == whole


@pytest.mark.asvs("15.2.2")
def test_all_addresses_together_have_so_many_connections_and_no_more() -> None:
    async def scene() -> list[int]:
        async with served(Service().app, replace(SHORT, head_s=5.0, in_all=4)) as port:
            held = [
                await asyncio.open_connection("127.0.0.1", port, local_addr=(f"127.0.0.{n}", 0)) for n in range(2, 6)
            ]
            await asyncio.sleep(0.05)
            refused = await status(port)
            for _, one in held:
                one.close()
                await one.wait_closed()
            await asyncio.sleep(0.05)
            return [refused, await status(port)]

    assert asyncio.run(scene()) == [503, 200]


def test_a_viewer_who_pings_and_takes_no_answer_is_let_go() -> None:
    async def scene() -> bool:
        service = Service()
        async with served(service.app, SHORT) as port, looking(service, port) as viewer:
            await until_true(lambda: service.live.looks == 1)
            viewer.transport.pause_reading()
            ping = b"\x89\xfd\0\0\0\0" + bytes(125)
            for _ in range(400):
                if viewer.transport.is_closing():
                    return True
                viewer.transport.write(ping * 1000)
                await asyncio.sleep(0.01)
        return False

    assert asyncio.run(scene())


def test_a_long_answer_and_a_viewer_are_not_ended() -> None:
    async def scene() -> None:
        service = Service()
        async with served(service.app, SHORT) as port, looking(service, port) as viewer:
            await until_true(lambda: service.live.looks == 1)
            await asyncio.sleep(1.5)
            await viewer.ping()
            assert viewer.state is websockets.State.OPEN

    asyncio.run(scene())
