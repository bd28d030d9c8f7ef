"""The hub and its nodes over TLS on loopback: who may connect, who may not and why, and who is put off."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from passerby.domain.errors import PasserbyError
from passerby.domain.fleet import NodeState, Refusal
from passerby.domain.queries import EventQuery
from passerby.fleet import enrolment, hub_connection, listener
from passerby.fleet.enrolment import revoke_node
from passerby.fleet.hub_connection import HubConnection, HubRefusedError, asked, opened
from passerby.fleet.invitation_token import InvitationToken
from passerby.fleet.joining import join
from passerby.fleet.membership import COUNTER_FILE, NODE_FILE, Membership, client_context
from passerby.messages.fleet_messages import Hello, Welcome
from passerby.units import DAY_S, MINUTE_S, NS_PER_S
from testing.servers.fleet_hub import SITE, Hub, running_hub, said
from testing.waiting import until_true


def played(tmp_path: Path, scene: Callable[[Hub, Path], Awaitable[None]]) -> None:
    async def play() -> None:
        async with running_hub(tmp_path / "hub") as hub:
            await scene(hub, tmp_path / "node")

    asyncio.run(play())


async def refused(connection: HubConnection) -> HubRefusedError:
    with pytest.raises(HubRefusedError) as caught:
        await connection.connect()
    return caught.value


async def actions(hub: Hub) -> list[str]:
    return [entry.action for entry in (await hub.store.audit(EventQuery(0, 2**62))).rows]


def test_a_machine_joins_by_a_token_and_speaks_to_the_hub_under_its_name(tmp_path: Path) -> None:
    async def scene(hub: Hub, folder: Path) -> None:
        member = await join(await hub.invite("cabinet-7", pool="north"), folder)
        assert (member.node, member.site, member.addresses) == ("cabinet-7", SITE, (hub.address,))
        assert (folder / NODE_FILE).stat().st_mode & 0o777 == 0o600
        assert await said(HubConnection(folder), b"a minute") == b"a minute"
        assert [peer.node for peer in hub.peers] == ["cabinet-7"]
        (node,) = await hub.store.fleet.nodes()
        assert (node.name, node.pool, node.state, node.counter) == ("cabinet-7", "north", NodeState.JOINED, 1)
        assert not node.clock_is_off
        assert await actions(hub) == ["node.invited", "node.joined"]

    played(tmp_path, scene)


def test_a_token_works_once_within_its_time_and_at_its_own_site(tmp_path: Path) -> None:
    async def scene(hub: Hub, folder: Path) -> None:
        token = await hub.invite("pole-1")
        await join(token, folder)
        with pytest.raises(HubRefusedError, match=r"a machine joined by this token .* fleet revoke"):
            await join(token, folder.with_name("other"))
        assert not (folder.with_name("other") / NODE_FILE).exists()
        old = await hub.invite("pole-2")
        newer = await hub.invite("pole-2")
        with pytest.raises(HubRefusedError, match="a newer one replaced it"):
            await join(old, folder.with_name("other"))
        hub.clock.off_ns = 25 * 3600 * NS_PER_S
        with pytest.raises(HubRefusedError, match="this token ended at"):
            await join(newer, folder.with_name("other"), hub.clock)
        hub.clock.off_ns = 0
        async with running_hub(folder.with_name("elsewhere"), site="Elsewhere") as other:
            strange = replace(InvitationToken.read(newer), addresses=(other.address,)).text()
            with pytest.raises(HubRefusedError, match="another authority"):
                await join(strange, folder.with_name("other"))
            assert await other.store.fleet.invitations() == ()
            with pytest.raises(PasserbyError, match=f"node pole-1 of {SITE}"):
                await other.joined("pole-1", folder)

    played(tmp_path, scene)


def test_a_revoked_node_is_cut_off_and_told_so_until_it_is_invited_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "FOLLOW_S", 0.02)

    async def scene(hub: Hub, folder: Path) -> None:
        await hub.joined("pole-1", folder)
        connection = HubConnection(folder)
        reader, writer = await connection.connect()
        await until_true(lambda: hub.listener.connected == {"pole-1": 1})
        await revoke_node(hub.store.fleet, "pole-1", "root", hub.clock())
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
        writer.close()
        error = await refused(connection)
        assert error.reason is Refusal.REVOKED
        assert "passerby fleet invite SITE.yaml pole-1" in str(error)
        with pytest.raises(PasserbyError, match="revoked already"):
            await revoke_node(hub.store.fleet, "pole-1", "root", hub.clock())
        await hub.joined("pole-1", folder)
        assert await said(connection, b"back") == b"back"
        assert await actions(hub) == ["node.invited", "node.joined", "node.revoked", "node.invited", "node.joined"]

    played(tmp_path, scene)


def test_a_copied_disk_is_noticed_and_neither_machine_is_taken_until_one_is_invited_again(tmp_path: Path) -> None:
    async def scene(hub: Hub, folder: Path) -> None:
        await hub.joined("pole-1", folder)
        copy = folder.with_name("copy")
        copy.mkdir()
        for file in folder.iterdir():
            (copy / file.name).write_bytes(file.read_bytes())
            (copy / file.name).chmod(0o600)
        first, second = HubConnection(folder), HubConnection(copy)
        await said(first, b"one")
        assert (await refused(second)).reason is Refusal.CLONED
        assert (await refused(first)).reason is Refusal.CLONED
        (node,) = await hub.store.fleet.nodes()
        assert node.state is NodeState.CLONED
        await hub.joined("pole-1", folder)
        assert await said(first, b"one") == b"one"
        assert (await refused(second)).reason is Refusal.REPLACED
        assert (await actions(hub)).count("node.cloned") == 1

    played(tmp_path, scene)


def test_a_connection_that_its_own_node_gave_up_is_no_copy(tmp_path: Path) -> None:
    async def scene(hub: Hub, folder: Path) -> None:
        await hub.joined("pole-1", folder)
        connection = HubConnection(folder)
        await said(connection, b"one")
        (folder / COUNTER_FILE).write_text("0\n")  # as one that comes late
        assert (await refused(connection)).reason is Refusal.LATER
        (folder / COUNTER_FILE).write_text("1\n")
        assert await said(connection, b"two") == b"two"

    played(tmp_path, scene)


def test_clocks_are_reported_when_off_by_a_minute_and_refused_when_off_by_an_hour(tmp_path: Path) -> None:
    async def scene(hub: Hub, folder: Path) -> None:
        await hub.joined("pole-1", folder)
        hub.clock.off_ns = -5 * MINUTE_S * NS_PER_S
        connection = HubConnection(folder)
        await said(connection, b"five minutes")
        (node,) = await hub.store.fleet.nodes()
        assert node.clock_is_off
        assert node.clock_off_s == pytest.approx(300, abs=30)
        assert connection.clock_off_s == pytest.approx(300, abs=30)
        hub.clock.off_ns = DAY_S * NS_PER_S
        error = await refused(connection)
        assert error.reason is Refusal.CLOCK
        assert "24 h 00 min behind the hub's" in str(error)
        hub.clock.off_ns = 0
        assert await said(connection, b"right") == b"right"

    played(tmp_path, scene)


def test_a_certificate_renews_after_a_third_of_its_time(tmp_path: Path) -> None:
    async def scene(hub: Hub, folder: Path) -> None:
        hub.clock.off_ns = -61 * DAY_S * NS_PER_S
        token = await hub.invite("pole-1")
        before = await join(token, folder, hub.clock)
        hub.clock.off_ns = 0
        connection = HubConnection(folder)
        assert await connection.renew_when_due()
        after = Membership.read(folder)
        assert after.end_ns - before.end_ns == pytest.approx(61 * DAY_S * NS_PER_S, rel=0.01)
        assert after.certificate.public_key() != before.certificate.public_key()
        assert not await connection.renew_when_due()
        assert await said(connection, b"renewed") == b"renewed"
        (node,) = await hub.store.fleet.nodes()
        assert node.certificate_end_ns == after.end_ns
        assert (await actions(hub))[-1] == "node.certificate_renewed"

    played(tmp_path, scene)


def test_an_ended_certificate_is_refused_by_both_ends(tmp_path: Path) -> None:
    async def scene(hub: Hub, folder: Path) -> None:
        hub.clock.off_ns = -181 * DAY_S * NS_PER_S
        await join(await hub.invite("pole-1"), folder, hub.clock)
        hub.clock.off_ns = 0
        assert "the certificate of node pole-1 ended at" in str(await refused(HubConnection(folder)))
        behind = HubConnection(folder, lambda: hub.clock() - 2 * DAY_S * NS_PER_S)
        with pytest.raises(OSError, match="Compare both clocks"):
            await behind.connect()
        assert hub.peers == []

    played(tmp_path, scene)


@pytest.mark.parametrize(
    ("hub_versions", "node_versions", "why"),
    [
        ((6, 5), (4, 3), "Install a newer passerby on this machine"),
        ((4, 3), (6, 5), "Install a newer passerby on the hub first"),
    ],
)
def test_versions_that_do_not_meet_are_refused_with_which_to_upgrade(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    hub_versions: tuple[int, int],
    node_versions: tuple[int, int],
    why: str,
) -> None:
    async def scene(hub: Hub, folder: Path) -> None:
        await hub.joined("pole-1", folder)
        for module, versions in ((enrolment, hub_versions), (hub_connection, node_versions)):
            monkeypatch.setattr(module, "VERSION", versions[0])
            monkeypatch.setattr(module, "OLDEST_VERSION", versions[1])
        monkeypatch.setattr("passerby.messages.fleet_messages.VERSION", hub_versions[0])
        monkeypatch.setattr("passerby.messages.fleet_messages.OLDEST_VERSION", hub_versions[1])
        error = await refused(HubConnection(folder))
        assert error.reason is Refusal.VERSION
        assert why in str(error)

    played(tmp_path, scene)


def test_without_a_certificate_of_the_site_nothing_but_joining_is_answered(tmp_path: Path) -> None:
    async def scene(hub: Hub, folder: Path) -> None:
        member = await hub.joined("pole-1", folder)
        hello = Hello(1, 1, 1, "0" * 16, hub.clock(), "0", False)
        reader, writer = await opened(hub.address, client_context(member.authority), SITE)
        with pytest.raises(HubRefusedError, match="a certificate of a node of this site is needed"):
            await asked(reader, writer, hello, Welcome)
        writer.close()
        reader, writer = await opened(hub.address, client_context(member.authority), SITE)
        writer.write(b"GET / HTTP/1.1\r\nHost: hub\r\n\r\n")
        assert await reader.read() == b""
        writer.close()
        host, port = hub.address.split(":")
        async with running_hub(folder.with_name("elsewhere"), site=SITE) as other:
            stranger = await other.joined("pole-1", folder.with_name("stranger"))
            with pytest.raises(ssl.SSLCertVerificationError):
                await asyncio.open_connection(host, int(port), ssl=stranger.tls())
            context = client_context(member.authority)
            context.load_cert_chain(stranger.folder / NODE_FILE)
            reader, writer = await opened(hub.address, context, SITE)
            with pytest.raises((HubRefusedError, ConnectionError)):
                await asked(reader, writer, hello, Welcome)
            writer.close()
        assert hub.peers == []

    played(tmp_path, scene)


def test_another_machine_of_the_site_is_not_taken_for_its_hub(tmp_path: Path) -> None:
    async def scene(hub: Hub, folder: Path) -> None:
        member = await hub.joined("pole-1", folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / NODE_FILE)
        server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(HubRefusedError, match="no certificate of this site's authority"):
            await opened(f"127.0.0.1:{port}", member.tls(), SITE)
        server.close()

    played(tmp_path, scene)
