"""Which hub of a site is the active one: this one waits until it is, opens the store then, and ends where it is not."""

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Final, Self
from zoneinfo import ZoneInfo

from passerby.audit.checkpoints import opened as opened_checkpoint
from passerby.audit.keys import private_key
from passerby.audit.notes import NoteError, parsed_key
from passerby.back_off import BackOff, BackOffSettings
from passerby.domain.errors import OutputError, PasserbyError
from passerby.domain.service import SitePlan
from passerby.engine.service_folder import ServiceFolder
from passerby.fleet.authority import SiteAuthority
from passerby.fleet.passed_on import ToActiveHub
from passerby.messages.supervision_messages import AppliedConfiguration, HubStatus, ToSupervisor
from passerby.ports import Store, StoreError, StoreUnavailableError
from passerby.service.hub.site_copies import SiteCopies
from passerby.service.hub.standby_server import StandbyServer
from passerby.service.hub.web_server import bound, follow_certificate, tls_context
from passerby.service.plans import wanted_plan
from passerby.store import open_store
from passerby.store.databases.claim import Claim
from passerby.store.opening import claim_of
from passerby.telemetry.logs import get_log
from passerby.web.edge.server import ClientLimits

ASK_S: Final = 0.5
"""How often a hub that waits asks for the lock."""
STATUS_S: Final = 2.0
COPY_S: Final = 2.0
"""Passwords are also changed by commands; what is applied is copied at once."""
WAITS: Final = BackOffSettings(first_s=0.5, max_s=10.0)


class ActiveHub:
    """Holds what makes a hub the active one of its database.

    Args:
        site: the site file.
        data: the data folder.
        plan: what the site file says at the start of the process.
        send: sends a message to the supervisor.

    Attributes:
        plan: what the site file says; read again where the hub has waited.
        took_over: a hub of another machine or data folder was active before.
    """

    def __init__(self, site: Path, data: Path, plan: SitePlan, send: Callable[[ToSupervisor], None]) -> None:
        self._site, self._data, self._send = site, data, send
        self.plan, self.took_over, self._waited = plan, False, False
        self._url = ServiceFolder(data).store_url(plan.store_url)
        self._claim: Claim | None = None
        self._copies: SiteCopies | None = None
        self._log = get_log()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._claim is not None:
            await self._claim.close()

    async def opened(self, stop: asyncio.Event) -> Store | None:
        """Returns the store once this hub is the active one; None where it is to stop before.

        It waits for a database that does not answer, as workers keep what they measure, and for the hub that is active.

        Raises:
            StoreError: the database is of no use to this hub, or of another site; explained.
        """
        fleet = self.plan.fleet
        if fleet is not None and len(fleet.addresses) > 1 and self._url.startswith("sqlite:"):
            raise StoreError(
                "fleet.address: it names more hubs than one, and SQLite is for one hub alone. Name a PostgreSQL "
                "database in `store` of the site file"
            )
        self._claim = claim_of(self._url, f"{socket.gethostname()}:{self._data}")
        if not await self._taken(self._claim, stop):
            return None
        if self._waited:
            self.plan = await asyncio.to_thread(wanted_plan, self._site, self._data, os.environ)
        back_off = BackOff(WAITS)
        while not stop.is_set():
            try:
                return await self._open(self._claim)
            except StoreUnavailableError as fault:
                await self._wait(fault, back_off.wait_s(0.0), stop)
        return None

    async def watch(self, replaced: Callable[[], None]) -> None:
        """Watches that this hub is the active one; calls `replaced` once another one is."""
        if self._claim is None:
            return
        copying = asyncio.create_task(self._keep_copying())
        try:
            await self._claim.watch()
        finally:
            copying.cancel()
            await asyncio.gather(copying, return_exceptions=True)
        self._log.error("another hub has taken over; this one ends what it does, and waits")
        replaced()

    async def _keep_copying(self) -> None:
        while True:
            await self.copy()
            await asyncio.sleep(COPY_S)

    async def _open(self, claim: Claim) -> Store:
        plan = self.plan
        store = await open_store(self._url, zone=ZoneInfo(plan.time_zone), retention=plan.retention, claim=claim)
        try:
            before = await claim.last()
            self.took_over = before not in ("", claim.place)
            if self.took_over:
                await self._refuse_other_site(store, before)
            self._copies = SiteCopies(self._site, self._data, os.environ, claim)
            if self.took_over and await self._copies.take_in():
                await store.close()
                plan = self.plan = await asyncio.to_thread(wanted_plan, self._site, self._data, os.environ)
                store = await open_store(
                    self._url, zone=ZoneInfo(plan.time_zone), retention=plan.retention, claim=claim
                )
            await claim.begin()
        except BaseException:
            await store.close()
            raise
        return store

    async def copy(self) -> None:
        """Leaves what runs now for the hub that takes over, where the site file names more than one."""
        fleet = self.plan.fleet
        if self._copies is not None and fleet is not None and len(fleet.addresses) > 1:
            await self._copies.write()

    async def _refuse_other_site(self, store: Store, before: str) -> None:
        """Refuses a database whose audit log was signed with another key than is here, before that log seems broken."""
        note = await store.audit_log.newest_checkpoint()
        if note is None:
            return
        try:
            key = private_key(ServiceFolder(self._data).audit_key, os.environ, make=False)
            store.audit_log.use_key(key.private_bytes_raw())
            opened_checkpoint(note, [parsed_key(await store.audit_log.public_key())])
        except (PasserbyError, NoteError) as fault:
            if isinstance(fault, StoreUnavailableError):
                raise
            raise PasserbyError(
                f"{self._data}: this folder has not the keys of the hub that was active with this database before "
                f"({before}). If that is a hub of the same site, give this one its keys: `passerby fleet export "
                "SITE.yaml FILE` there, `passerby fleet import SITE.yaml FILE` here. If it is that of another site: "
                f"each site needs a database of its own, named in `store` of the site file. Got: {fault}"
            ) from None

    async def _taken(self, claim: Claim, stop: asyncio.Event) -> bool:
        """Waits until this hub has the lock; False where it is to stop before."""
        back_off, other, known = BackOff(WAITS), "", ""
        waiting: asyncio.Task[None] | None = None
        try:
            while not stop.is_set():
                try:
                    other = await claim.take()
                except StoreUnavailableError as fault:
                    self._waited = True
                    await self._wait(fault, back_off.wait_s(0.0), stop)
                    continue
                if not other:
                    return True
                self._waited = True
                back_off.reset()
                if waiting is None or other != known:
                    self._log.info("another hub of this site is the active one; this one waits to take over", hub=other)
                    # What is passed on to the one before ends with it, also where that one stands still.
                    await _ended(waiting)
                    known, waiting = other, asyncio.create_task(self._stand_by(other))
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), ASK_S)
            return False
        finally:
            await _ended(waiting)

    async def _wait(self, fault: StoreUnavailableError, wait_s: float, stop: asyncio.Event) -> None:
        self._log.error("the database does not answer", why=str(fault), again_in_s=wait_s)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), wait_s)

    async def _stand_by(self, other: str) -> None:
        """Watches no camera here, reports that it waits, and passes HTTP on to the other; until cancelled."""
        # What an earlier hub of this machine has assigned is watched by the machine of the other one now.
        self._send(AppliedConfiguration((), 1))
        serving = asyncio.create_task(self._answer())
        try:
            while True:
                sentence = f"another hub of this site is the active one ({other}); this one waits to take over"
                self._send(HubStatus((), "", "", standby=sentence))
                await asyncio.sleep(STATUS_S)
        finally:
            await _ended(serving)

    async def _answer(self) -> None:
        """Passes on to the active hub what comes over HTTP, and answers itself where that cannot be."""
        front = self.plan.server
        try:
            tls = tls_context(front.tls) if front.tls else None
            listening = bound(front)
        except OutputError as fault:
            self._log.warning("this hub cannot be reached over HTTP while it waits", why=str(fault))
            return
        server = StandbyServer(self._onward(), ClientLimits(connections=front.connections_each))
        with closing(listening):
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(server.serve(listening, tls))
                if tls is not None and front.tls is not None:
                    tasks.create_task(follow_certificate(tls, front.tls))

    def _onward(self) -> ToActiveHub | None:
        """Returns the way to the active hub; None where the site has no fleet, or this hub not its authority's keys."""
        fleet = self.plan.fleet
        if fleet is None:
            return None
        try:
            return ToActiveHub(SiteAuthority.open(self._data), fleet.addresses)
        except PasserbyError as fault:
            self._log.warning("nothing is passed on to the active hub", why=str(fault))
            return None


async def _ended(task: "asyncio.Task[None] | None") -> None:
    if task is not None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
