"""Who may pass connections on to the active hub: hubs of its site, and nobody else, whatever they say."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from passerby.fleet import passed_on
from passerby.fleet.authority import SiteAuthority
from passerby.fleet.certificates import Machine
from passerby.fleet.hub_connection import unverified_context
from passerby.fleet.passed_on import PROTOCOL, ToActiveHub
from passerby.fleet.tls_streams import machine_at
from passerby.messages.channel import HEAD, MARK
from passerby.web.edge.server import Arrived
from testing.servers.fleet_hub import SITE, Hub
from testing.servers.two_sides import Active, active_hub

REQUEST = b"GET /how HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
FIRST = passed_on._FIRST.frame(Arrived("203.0.113.9", True))


def played(folder: Path, scene: Callable[[Active, Hub], Awaitable[None]]) -> None:
    async def run() -> None:
        active = Active()
        async with active_hub(folder / "hub", active) as hub:
            await scene(active, hub)

    asyncio.run(asyncio.wait_for(run(), 60))


def shown(hub: Hub) -> ssl.SSLContext:
    """What a hub of the site shows."""
    return ToActiveHub(hub.authority, (hub.address,))._made()


async def answer(hub: Hub, context: ssl.SSLContext, *pieces: bytes) -> bytes:
    """All that comes back of what is sent over a connection that is named so; empty where it is ended."""
    context.set_alpn_protocols([PROTOCOL])
    host, port = hub.address.split(":")
    try:
        reader, writer = await asyncio.open_connection(host, int(port), ssl=context)
    except OSError:
        return b""
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.01)
        return await reader.read()
    except OSError:
        return b""
    finally:
        writer.transport.abort()


def test_a_connection_is_served_as_from_where_the_other_hub_says(tmp_path: Path) -> None:
    async def scene(active: Active, hub: Hub) -> None:
        reader, writer = await ToActiveHub(hub.authority, (hub.address,)).opened(Arrived("2001:db8::9", True))
        assert machine_at(writer) == Machine(SITE)
        writer.write(REQUEST)
        assert b'{"client":"2001:db8::9","scheme":"https","bytes":0}' in await reader.read()
        writer.close()
        # However it is cut into pieces.
        for cut in (1, HEAD.size, len(FIRST) - 1, len(FIRST), len(FIRST) + 5):
            whole = FIRST + REQUEST
            assert b'"client":"203.0.113.9"' in await answer(hub, shown(hub), whole[:cut], whole[cut:])
        assert len(active.seen) == 6
        assert hub.peers == []

    played(tmp_path, scene)


def test_nobody_else_passes_anything_on(tmp_path: Path) -> None:
    async def scene(active: Active, hub: Hub) -> None:
        member = await hub.joined("pole-7", tmp_path / "node")
        stranger = SiteAuthority.make(tmp_path / "other", SITE)
        foreign = unverified_context()
        foreign.load_cert_chain(stranger.hub_certificate("127.0.0.1"))
        for context in (unverified_context(), member.tls(), foreign):
            assert await answer(hub, context, FIRST + REQUEST) == b""
        assert active.seen == []

    played(tmp_path, scene)


@pytest.mark.parametrize(
    "first",
    [
        REQUEST,
        b"PROXY TCP4 203.0.113.9 203.0.113.10 443 443\r\n" + REQUEST,
        HEAD.pack(MARK, 1, 0, 1 << 20, 0),
        HEAD.pack(MARK, 2, 0, 10, 0),
        *(
            HEAD.pack(MARK, 1, 0, len(text), 0) + text
            for text in (b'{"client":"localhost","tls":true}', b'{"client":"203.0.113.9","tls":1}', b'{"client":"::1"}')
        ),
    ],
)
def test_what_is_no_such_message_ends_the_connection(tmp_path: Path, first: bytes) -> None:
    async def scene(active: Active, hub: Hub) -> None:
        assert await answer(hub, shown(hub), first + REQUEST) == b""
        assert active.seen == []

    played(tmp_path, scene)


def test_a_hub_that_says_nothing_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passed_on, "FIRST_MESSAGE_S", 0.05)

    async def scene(active: Active, hub: Hub) -> None:
        assert await answer(hub, shown(hub), FIRST[:-1]) == b""
        assert active.seen == []

    played(tmp_path, scene)


def test_a_certificate_of_an_earlier_release_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = SiteAuthority.make(tmp_path, SITE)
    monkeypatch.setattr("passerby.fleet.certificates.HUB_USES", (ExtendedKeyUsageOID.SERVER_AUTH,))
    before = authority.hub_certificate("127.0.0.1").read_bytes()
    monkeypatch.undo()
    after = authority.hub_certificate("127.0.0.1").read_bytes()
    assert after != before
    assert authority.hub_certificate("127.0.0.1").read_bytes() == after
