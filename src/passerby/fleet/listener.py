"""The hub's listener for other machines: TLS 1.3, a check of every connection, and an end to those of revoked nodes."""

import asyncio
import ssl
import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Final

from passerby.domain.errors import OutputError
from passerby.domain.fleet import NodeState, Refusal, host_and_port
from passerby.engine.hub.link import Peer, Serve
from passerby.fleet.authority import SiteAuthority
from passerby.fleet.certificates import Machine
from passerby.fleet.enrolment import Enrolment
from passerby.fleet.passed_on import PROTOCOL, PassedOn, is_passed_on
from passerby.fleet.tls_streams import machine_at, watch
from passerby.messages.codec import CodecError
from passerby.messages.fleet_messages import (
    FROM_NODE,
    TO_NODE,
    Authority,
    AuthorityWanted,
    Hello,
    JoinWanted,
    Refused,
    RenewalWanted,
    ToNode,
    Welcome,
)
from passerby.ports import FleetStore, StoreError
from passerby.telemetry.logs import get_log
from passerby.units import HOUR_S, NS_PER_S

FIRST_MESSAGE_S: Final = 15.0
HANDSHAKE_S: Final = 15.0
MAX_UNKNOWN: Final = 256
"""Connections at a time that have not been welcomed yet; more of them are closed at once."""
FOLLOW_S: Final = 1.0
"""How long a node that was revoked by a command stays connected at most."""
SEEN_S: Final = 30.0
OVERLAP_S: Final = 60
"""Changes are read again for so long: the clock of the machine that stored one may be behind."""


class FleetListener:
    """Takes connections of the site's nodes; a `Listener` of the hub's server.

    Args:
        listen: host and port to listen on.
        address: host and port at which nodes reach it.
        store: nodes and invitations.
        authority: the site's.
        bytes_per_s: how much each node may send; 0 for any amount.
        clock: UTC nanoseconds now.

    Attributes:
        listening: it takes connections.
        passed_on: takes what a hub that waits passes on; None for a hub that takes nothing.
    """

    def __init__(
        self,
        listen: str,
        address: str,
        store: FleetStore,
        authority: SiteAuthority,
        *,
        bytes_per_s: int = 0,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        self._place, self._host = host_and_port(listen), host_and_port(address)[0]
        self._store, self._authority, self._clock = store, authority, clock
        self._enrolment = Enrolment(store, authority, bytes_per_s=bytes_per_s, clock=clock)
        self._unknown = 0
        self._welcomed: dict[asyncio.StreamWriter, Machine] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        self._log = get_log()
        self.listening = False
        self.passed_on: PassedOn | None = None

    @property
    def connected(self) -> Mapping[str, int]:
        """How many connections each node has."""
        names = [machine.node for machine in self._welcomed.values()]
        return {name: names.count(name) for name in sorted(set(names))}

    async def listen(self, serve: Serve) -> None:
        """Serves each connection of a node, until cancelled.

        Raises:
            OSError: it cannot listen there.
            OutputError: the hub's certificate cannot be written.
        """
        context = _context(self._authority)
        await self._load_certificate(context)

        async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await self._serve(reader, writer, serve)
            finally:
                self._welcomed.pop(writer, None)
                writer.close()

        host, port = self._place
        server = await asyncio.get_running_loop().create_server(
            lambda: _Connection(serve_one, self.passed_on),
            host,
            port,
            ssl=context,
            ssl_handshake_timeout=HANDSHAKE_S,
            backlog=1024,
        )
        self.listening = True
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._follow_store())
                tasks.create_task(self._renew_certificate(context))
        finally:
            server.close()
            for writer in tuple(self._welcomed):
                writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, serve: Serve) -> None:
        if self._unknown >= MAX_UNKNOWN:
            return
        self._unknown += 1
        try:
            watch(writer)
            machine = await self._welcome(reader, writer)
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            return
        except CodecError as fault:
            self._log.warning("a machine sent what is no message; its connection was closed", why=str(fault))
            return
        except StoreError as fault:
            self._log.error("a node could not be admitted; it tries again", why=str(fault))
            with suppress(OSError):
                await _answer(writer, Refused(Refusal.LATER, "the hub's database does not answer now"))
            return
        finally:
            self._unknown -= 1
        if machine is not None:
            await serve(reader, writer, Peer(machine.node))

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Machine | None:
        """Answers the first messages of a connection; returns whose it is where a worker's messages follow."""
        async with asyncio.timeout(FIRST_MESSAGE_S):
            first = await FROM_NODE.receive_from(reader)
        machine = machine_at(writer)
        if isinstance(first, AuthorityWanted):
            await _answer(writer, Authority(self._authority.certificate_pem))
        elif isinstance(first, JoinWanted):
            answer = await self._enrolment.join(first)
            self._report(machine, answer)
            await _answer(writer, answer)
        elif machine is None or not machine.node or machine.site != self._authority.site:
            await _answer(writer, Refused(Refusal.REPLACED, "a certificate of a node of this site is needed"))
        elif isinstance(first, Hello):
            return await self._admit(machine, first, reader, writer)
        return None

    async def _admit(
        self, machine: Machine, hello: Hello, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> Machine | None:
        async with self._turns.setdefault(machine.node, asyncio.Lock()):
            # While it waited for its turn, the node may have given it up, and presented a higher number.
            if writer.is_closing() or reader.at_eof() or reader.exception() is not None:
                return None
            answer = await self._enrolment.admit(machine, hello)
        self._report(machine, answer)
        if isinstance(answer, Welcome):
            self._welcomed[writer] = machine
        await _answer(writer, answer)
        if isinstance(answer, Welcome) and not hello.renews:
            return machine
        if isinstance(answer, Welcome):
            async with asyncio.timeout(FIRST_MESSAGE_S):
                wanted = await FROM_NODE.receive_from(reader)
            if isinstance(wanted, RenewalWanted):
                await _answer(writer, await self._enrolment.renew(machine, wanted))
        return None

    def _report(self, machine: Machine | None, answer: ToNode) -> None:
        if isinstance(answer, Refused) and answer.reason is not Refusal.LATER:
            node = "" if machine is None else machine.node
            self._log.warning("a machine was refused", node=node, reason=answer.reason.value, why=answer.why)

    async def _follow_store(self) -> None:
        """Ends the connections of nodes that may not connect any more, and stores which are connected."""
        seen_due_s = time.monotonic() + SEEN_S
        since_ns = self._clock()
        while True:
            await asyncio.sleep(FOLLOW_S)
            now_ns = self._clock()
            try:
                await self._end_refused(since_ns - OVERLAP_S * NS_PER_S)
                since_ns = now_ns
                if time.monotonic() >= seen_due_s:
                    seen_due_s = time.monotonic() + SEEN_S
                    await self._store.seen(tuple(self.connected), now_ns)
            except StoreError as fault:
                self._log.error("whether nodes were revoked is not known; asked again", why=str(fault))

    async def _end_refused(self, since_ns: int) -> None:
        changed = {node.name: node for node in await self._store.changed(since_ns)} if self._welcomed else {}
        for writer, machine in tuple(self._welcomed.items()):
            node = changed.get(machine.node)
            if node is not None and (node.state is not NodeState.JOINED or node.enrolment != machine.enrolment):
                self._log.warning("the connection of a node was ended", node=machine.node, state=node.state.value)
                self._welcomed.pop(writer, None)
                writer.transport.abort()

    async def _renew_certificate(self, context: ssl.SSLContext) -> None:
        while True:
            await asyncio.sleep(HOUR_S)
            try:
                await self._load_certificate(context)
            except OutputError as fault:
                self._log.error("the hub's certificate was not renewed; tried again", why=str(fault))

    async def _load_certificate(self, context: ssl.SSLContext) -> None:
        file = await asyncio.to_thread(self._authority.hub_certificate, self._host)
        context.load_cert_chain(file)


class _Connection(asyncio.StreamReaderProtocol):
    """A connection of a node as streams; one of another hub is passed on."""

    def __init__(
        self,
        serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[object, object, None]],
        passed_on: PassedOn | None,
    ) -> None:
        super().__init__(asyncio.StreamReader(), serve)
        self._passed_on = passed_on

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not is_passed_on(transport):
            super().connection_made(transport)
        elif self._passed_on is not None and isinstance(transport, asyncio.Transport):
            self._passed_on.begin(transport)
        else:
            transport.close()


def _context(authority: SiteAuthority) -> ssl.SSLContext:
    """Returns whom the hub trusts: certificates of the site's authority alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    # A machine that joins has none yet; without one it can do nothing else.
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_verify_locations(cadata=authority.certificate_pem)
    # Each connection shows its certificate; none goes on where an earlier one ended.
    context.num_tickets = 0
    context.set_alpn_protocols([PROTOCOL])
    return context


async def _answer(writer: asyncio.StreamWriter, message: ToNode) -> None:
    writer.writelines(TO_NODE.encode(message))
    async with asyncio.timeout(FIRST_MESSAGE_S):
        await writer.drain()
