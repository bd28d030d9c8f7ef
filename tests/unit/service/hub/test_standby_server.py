"""What comes to a hub that waits reaches the active one as it came, and is answered with 503 where it cannot."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from passerby.fleet.authority import SiteAuthority
from passerby.web.edge.server import ClientLimits
from testing.ports import free_port
from testing.servers.fleet_hub import SITE, Hub
from testing.servers.two_sides import Active, active_hub, waiting_hub
from testing.waiting import WITHIN_S, until_true
from tests.unit.service.hub.test_web_server import certificate

Scene = Callable[[Active, Hub, int], Awaitable[None]]


def played(folder: Path, scene: Scene, limits: ClientLimits | None = None) -> None:
    async def run() -> None:
        active = Active()
        # The other address is that of the hub that waits, where nothing listens.
        async with (
            active_hub(folder / "hub", active) as hub,
            waiting_hub(hub.authority, (f"127.0.0.1:{free_port()}", hub.address), limits=limits) as port,
        ):
            await scene(active, hub, port)

    asyncio.run(asyncio.wait_for(run(), 60))


def client(port: int, scheme: str = "http", **arguments: object) -> httpx.AsyncClient:
    base = f"{scheme}://127.0.0.1:{port}"
    return httpx.AsyncClient(base_url=base, trust_env=False, timeout=WITHIN_S, **arguments)  # type: ignore[arg-type]


def test_requests_go_on_with_the_client_s_own_address_and_what_it_says_of_itself_is_no_more_than_that(
    tmp_path: Path,
) -> None:
    async def scene(active: Active, hub: Hub, port: int) -> None:
        del hub
        said = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https", "Forwarded": "for=198.51.100.8"}
        async with client(port) as browser:
            for number in range(3):
                body = b"x" * (number * 300_000)
                answer = (await browser.post("/how", content=body, headers=said)).json()
                assert answer == {"client": "127.0.0.1", "scheme": "http", "bytes": len(body)}
        names = {name: active.seen[-1][2][name.lower()] for name in said}
        assert names == said, "headers are those that the client sent, none more and none less"
        assert not [name for _, _, headers in active.seen for name in headers if "passerby" in name]

    played(tmp_path, scene)


def test_a_view_and_an_endless_answer_go_on_and_end_with_their_viewer(tmp_path: Path) -> None:
    async def scene(active: Active, hub: Hub, port: int) -> None:
        del hub
        async with connect(f"ws://127.0.0.1:{port}/echo", proxy=None) as socket:
            await socket.send("hello")
            assert await socket.recv() == "127.0.0.1 ws hello"
        async with client(port) as browser, browser.stream("GET", "/endless") as answer:
            assert (await anext(answer.aiter_bytes())).startswith(b"data: x")
            assert active.gone == 0
        await until_true(lambda: active.gone == 1)

    played(tmp_path, scene)


def test_a_viewer_that_takes_nothing_is_let_go(tmp_path: Path) -> None:
    async def scene(active: Active, hub: Hub, port: int) -> None:
        del hub
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
        writer.write(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await until_true(lambda: active.gone == 1)
        del reader
        writer.transport.abort()

    played(tmp_path, scene, ClientLimits(unread_s=0.3))


def test_one_address_gets_so_many_connections_and_no_more(tmp_path: Path) -> None:
    async def scene(active: Active, hub: Hub, port: int) -> None:
        del active, hub
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        async with client(port) as browser:
            assert (await browser.get("/how")).status_code == 503
        for _, writer in held:
            writer.transport.abort()

    played(tmp_path, scene, ClientLimits(connections=3))


def test_over_tls_the_active_hub_knows_that_it_was(tmp_path: Path) -> None:
    files = certificate(tmp_path, "front", 1)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)

    async def run() -> None:
        async with (
            active_hub(tmp_path / "hub", Active()) as hub,
            waiting_hub(hub.authority, (hub.address,), context) as port,
            client(port, "https", verify=False) as browser,
        ):
            assert (await browser.get("/how")).json()["scheme"] == "https"
            strange = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            strange.check_hostname, strange.verify_mode = False, ssl.CERT_NONE
            async with connect(f"wss://127.0.0.1:{port}/echo", ssl=strange, proxy=None) as socket:
                await socket.send("hello")
                assert await socket.recv() == "127.0.0.1 wss hello"

    asyncio.run(asyncio.wait_for(run(), 60))


def test_without_a_hub_of_the_site_that_answers_it_lives_and_says_503(tmp_path: Path) -> None:
    async def answered(port: int) -> None:
        async with client(port) as browser:
            assert (await browser.get("/healthz")).json() == {"status": "ok"}
            refused = await browser.post("/how", content=b"x" * 100_000)
            assert (refused.status_code, refused.json()["code"]) == (503, "standby")

    async def run() -> None:
        async with waiting_hub(None) as port:
            await answered(port)
        authority = SiteAuthority.make(tmp_path / "elsewhere", SITE)
        # A hub of another authority is none of this site's.
        async with active_hub(tmp_path / "hub", Active()) as hub, waiting_hub(authority, (hub.address,)) as port:
            await answered(port)
        async with waiting_hub(hub.authority, (hub.address,)) as port:
            await answered(port)

    asyncio.run(asyncio.wait_for(run(), 60))


def test_a_hub_of_an_earlier_release_or_one_that_stands_still_is_answered_for_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("passerby.fleet.passed_on.OPENS_WITHIN_S", 0.3)

    async def stand_still(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await asyncio.sleep(30)
        finally:
            writer.transport.abort()

    async def run() -> None:
        silent = await asyncio.start_server(stand_still, "127.0.0.1", 0)
        still = f"127.0.0.1:{silent.sockets[0].getsockname()[1]}"
        with monkeypatch.context() as earlier:
            earlier.setattr("passerby.fleet.listener.PROTOCOL", "something-else/1")
            async with active_hub(tmp_path / "hub", Active()) as hub:
                for address in (hub.address, still):
                    async with waiting_hub(hub.authority, (address,)) as port, client(port) as browser:
                        assert (await browser.get("/readyz")).status_code == 503
        silent.close()

    asyncio.run(asyncio.wait_for(run(), 60))


def test_what_is_open_ends_when_this_hub_waits_no_longer(tmp_path: Path) -> None:
    async def run() -> None:
        active = Active()
        async with active_hub(tmp_path / "hub", active) as hub:
            async with waiting_hub(hub.authority, (hub.address,)) as port:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert await reader.read(100)
            with pytest.raises(ConnectionError):
                while await reader.read(1 << 16):
                    pass
                raise ConnectionError("it has ended")
            await until_true(lambda: active.gone == 1)
            writer.transport.abort()

    asyncio.run(asyncio.wait_for(run(), 60))
