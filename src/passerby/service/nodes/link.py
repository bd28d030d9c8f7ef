"""The line of a node to the hub: its part of the site file comes over it, and each worker's messages are passed on."""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeAlias

from passerby.back_off import BackOff, BackOffSettings
from passerby.domain.errors import OutputError, PasserbyError
from passerby.domain.fleet import NodeReport
from passerby.domain.service import SitePlan
from passerby.engine.hub.link import Connect, Peer, UnixListener
from passerby.engine.service_folder import HUB_SOCKET
from passerby.messages.codec import CodecError
from passerby.messages.hub_messages import TO_HUB, TO_WORKER, SitePart
from passerby.service.nodes.held_part import HeldPart
from passerby.telemetry.logs import get_log

WAITS: Final = BackOffSettings(first_s=0.5, max_s=2.0, healthy_s=20.0)
"""A second hub takes over in up to 8 s, and is to have all nodes within ten; each of them waits for another time."""

REPORT_S: Final = 3.0
"""How often a node reports its work."""
LOOK_S: Final = 1.0
"""How often is looked whether another hub of the site has taken over, while the connection to this one stands."""
BROKEN: Final = (OSError, asyncio.IncompleteReadError, CodecError)

PASSED_ON_BYTES: Final = 1 << 16

Carry: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]]
"""Passes on what comes in on one side to the other, until it ends."""


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Passes bytes on as they come, and no faster than they are taken; returns at their end."""
    while content := await reader.read(PASSED_ON_BYTES):
        writer.write(content)
        await writer.drain()


class NodeLink:
    """Keeps a node's own connection to the hub, and one more for each of its workers.

    Workers connect to a Unix socket in the data folder, as they do on the hub's own machine: they hold neither the
    node's key nor do they know whether the hub is on another machine. While the hub cannot be reached nothing listens
    there, and what they measure stays in their outboxes.

    Attributes:
        fault: why there is no connection to the hub; empty while there is one.
        problem: why the part that came last does not run; empty where it does.
    """

    def __init__(
        self,
        data: Path,
        held: HeldPart,
        connect: Connect,
        applied: Callable[[SitePlan], None],
        carry: Carry = pass_on,
        report: Callable[[], NodeReport | None] = lambda: None,
        elsewhere: Callable[[], Awaitable[str]] | None = None,
    ) -> None:
        """Takes both sides.

        Args:
            data: the node's data folder.
            held: the part of the site file that the node has.
            connect: connects to the hub; raises OSError or PasserbyError where it cannot.
            applied: called with each part that is to run from now on.
            carry: passes on what a worker sends to the hub.
            report: returns what the node reports of its work; None for nothing now. Called in a thread.
            elsewhere: returns the address of another hub that is active by now, or an empty text; None for one hub.
        """
        self._elsewhere = elsewhere
        self._listener = UnixListener(data / HUB_SOCKET)
        self._held, self._connect, self._applied, self._carry = held, connect, applied, carry
        self._report = report
        self._workers: set[asyncio.StreamWriter] = set()
        self.fault, self.problem = "it has not been reached yet", ""

    async def run(self) -> None:
        """Works until cancelled."""
        back_off, loop = BackOff(WAITS, random.Random()), asyncio.get_running_loop()  # noqa: S311  # nosec B311 - no secret
        while True:
            started_s, before = loop.time(), self.fault
            try:
                reader, writer = await self._connect()
            except (OSError, PasserbyError) as fault:
                self.fault = str(fault) or type(fault).__name__
            else:
                self.fault = ""
                get_log().info("the hub is reached")
                listening = asyncio.create_task(self._listener.listen(self._serve))
                try:
                    await self._until_elsewhere(self._receive(reader, writer))
                except asyncio.IncompleteReadError:
                    self.fault = "the connection broke off"
                except (OSError, CodecError) as fault:
                    self.fault = str(fault) or "the connection broke off"
                finally:
                    writer.close()
                    await self._stop(listening)
            if self.fault != before:
                get_log().warning("the hub cannot be reached; results wait in the outbox", why=self.fault)
            await asyncio.sleep(back_off.wait_s(loop.time() - started_s))

    async def _until_elsewhere(self, receiving: Coroutine[None, None, None]) -> None:
        """Receives until the connection ends, or another hub of the site is the active one.

        Raises:
            ConnectionError: another one is.
        """
        task = asyncio.ensure_future(receiving)
        try:
            while self._elsewhere is not None and not task.done():
                await asyncio.wait([task], timeout=LOOK_S)
                if not task.done() and (address := await self._elsewhere()):
                    raise ConnectionError(f"the hub at {address} is the active one now")
            await task
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError, *BROKEN):
                await task

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.writelines(TO_HUB.encode(self._held.announced()))
        await writer.drain()
        reporting = asyncio.create_task(self._report_work(writer))
        try:
            while True:  # until the connection ends, which raises
                message = await TO_WORKER.receive_from(reader)
                if isinstance(message, SitePart):
                    await self._take(message)
        finally:
            reporting.cancel()

    async def _report_work(self, writer: asyncio.StreamWriter) -> None:
        while not writer.is_closing():
            report = await asyncio.to_thread(self._report)
            if report is not None:
                with suppress(OSError):  # who receives notices it, too
                    writer.writelines(TO_HUB.encode(report))
                    await writer.drain()
            await asyncio.sleep(REPORT_S)

    async def _take(self, part: SitePart) -> None:
        try:
            plan = await asyncio.to_thread(self._held.take, part, os.environ)
        except (PasserbyError, OutputError) as fault:
            self.problem = str(fault)
            get_log().error("the part of the site file that came is not taken; what ran runs on", why=self.problem)
            return
        self.problem = ""
        get_log().info("a new part of the site file runs", number=part.number, cameras=len(plan.cameras))
        self._applied(plan)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _peer: Peer) -> None:
        self._workers.add(writer)
        try:
            hub_reader, hub_writer = await self._connect()
        except (OSError, PasserbyError):
            self._workers.discard(writer)
            writer.close()
            return
        tasks = (
            asyncio.create_task(self._carry(reader, hub_writer)),
            asyncio.create_task(pass_on(hub_reader, writer)),
        )
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError, OSError, asyncio.IncompleteReadError, CodecError):
                    await task
            self._workers.discard(writer)
            for end in (hub_writer, writer):
                end.close()

    async def _stop(self, listening: asyncio.Task[None]) -> None:
        """Ends the workers' connections, and takes no more."""
        for worker in tuple(self._workers):
            worker.close()
        listening.cancel()
        with suppress(asyncio.CancelledError, OSError):
            await listening
