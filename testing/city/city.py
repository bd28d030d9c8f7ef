"""A whole simulated city: database, hub and machines, which run through some minutes while a script has them fail."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from passerby.engine.service_folder import PRIVATE_UMASK
from passerby.fleet.authority import SiteAuthority
from passerby.fleet.enrolment import Enrolment
from passerby.fleet.joining import join
from passerby.store import open_store
from testing.city.machine import CityMachine
from testing.city.network import HUB as HUB_ADDRESS
from testing.city.network import Cable, address_of
from testing.city.script import DATABASE, HUB, Failure, Step
from testing.city.site_file import SITE, ZONE, machine_name, site_text
from testing.ports import free_port
from testing.servers import postgresql_server
from testing.trial_service.service import Service
from testing.waiting import until_true

READY_S: Final = 600.0
DAY_AHEAD_S: Final = 86_400.0
SLOW_S: Final = 0.5

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Size:
    """How large a city is.

    Attributes:
        cameras, machines: how many there are.
        each: cameras of one worker.
    """

    cameras: int
    machines: int
    each: int = 40


@dataclass(slots=True)
class City:
    """A city that runs.

    Attributes:
        size: how large it is.
        service: the hub, as `passerby run` starts it.
        database: the server of the store.
        url: the store's URL.
        machines: by their names.
        watched: which cameras were watched, by the minute's beginning in UTC nanoseconds.
        tell: called with each thing that happens.
        cable: between machines and hub; None where they are in one network.
        stale: connections that one end still took for standing at the end of the time in which all packets got lost.
    """

    size: Size
    service: Service
    database: postgresql_server.Server
    url: str
    machines: dict[str, CityMachine]
    tell: Tell
    watched: dict[int, frozenset[str]] = field(default_factory=dict)
    cable: Cable | None = None
    stale: int = 0

    async def run(
        self, starts_ns: Sequence[int], minute_s: float, script: Sequence[Step] = (), *, live: bool = True
    ) -> None:
        """Runs through minutes that are over by the clock.

        Args:
            starts_ns: their beginnings, UTC nanoseconds.
            minute_s: how long each takes here, seconds; longer if the machines need longer.
            script: what fails meanwhile.
            live: machines send live values, too.
        """
        for number, start_ns in enumerate(starts_ns):
            begun_s = time.monotonic()
            for step in script:
                if step.minute + step.minutes == number:
                    await self._end(step)
                if step.minute == number:
                    await self._begin(step)
            await self.measure(start_ns, live=live)
            await asyncio.sleep(max(0.0, minute_s - (time.monotonic() - begun_s)))
        for step in script:
            if step.minute + step.minutes >= len(starts_ns):
                await self._end(step)

    async def measure(self, start_ns: int, *, live: bool = True) -> None:
        """Has all machines that run measure one minute, and send it."""
        watched: set[str] = set()
        for machine in self.machines.values():
            if machine.runs:
                await asyncio.to_thread(machine.measure, start_ns)
                watched.update(machine.cameras)
                machine.send(start_ns, live=live)
        self.watched[start_ns] = frozenset(watched)

    @property
    def watching(self) -> int:
        """How many cameras are watched."""
        return sum(1 for machine in self.machines.values() for _ in machine.cameras)

    @property
    def outbox_rows(self) -> int:
        """How many results wait on all machines."""
        return sum(machine.outbox_rows for machine in self.machines.values())

    async def drained(self, within_s: float = READY_S) -> None:
        """Waits until no result waits for the hub any more."""
        await until_true(lambda: self.outbox_rows == 0, within_s)

    async def _begin(self, step: Step) -> None:
        self.tell(f"{step.whom} {step.what}")
        if step.whom == HUB:
            self.service.kill(self.service.processes()["hub"])
        elif step.whom == DATABASE:
            await asyncio.to_thread(self.database.kill)
        elif step.what is Failure.DIES:
            await self.machines[step.whom].die()
        elif step.what is Failure.LOSES_PACKETS:
            assert self.cable is not None, "packets get lost on a cable alone"
            self.cable.lose(self.machines[step.whom].source)
        elif step.what is Failure.SLOW_DISK:
            self.machines[step.whom].slow_s = SLOW_S
        else:
            machine = self.machines[step.whom]
            machine.cut_off = step.what is Failure.CUT_OFF
            machine.clock_off_s = DAY_AHEAD_S if step.what is Failure.WRONG_CLOCK else 0.0
            machine.sever()

    async def _end(self, step: Step) -> None:
        if step.whom == HUB:
            return  # its supervisor starts it at once
        self.tell(f"{step.whom} is well again")
        if step.whom == DATABASE:
            await asyncio.to_thread(self.database.start)
            return
        machine = self.machines[step.whom]
        if step.what is Failure.LOSES_PACKETS and self.cable is not None:
            self.stale += machine.connections + self.cable.established(machine.source)
            self.cable.carry(machine.source)
        machine.cut_off, machine.slow_s, machine.clock_off_s = False, 0.0, 0.0
        if not machine.runs:
            machine.start()


@asynccontextmanager
async def running_city(
    folder: Path, size: Size, tell: Tell = lambda _line: None, cable: Cable | None = None
) -> AsyncIterator[City]:
    """A city whose machines have joined, and watch their cameras; it ends with the block.

    Args:
        folder: an empty one, with a short path.
        size: how large it is.
        tell: called with each thing that happens.
        cable: between machines and hub; None for one network.
    """
    with postgresql_server.serving(folder, settings=SETTINGS) as database:
        url = database.url.format(database="postgres")
        service = _service(folder, size, url, cable)
        begun_s = time.monotonic()
        service.start()
        try:
            await asyncio.to_thread(service.until, (service.data / "link").exists, "the hub", READY_S)
            tell(f"the hub runs after {time.monotonic() - begun_s:.1f} s")
            machines = await _joined(folder, service, size, url, cable)
            tell(f"{len(machines)} machines have joined after {time.monotonic() - begun_s:.1f} s")
            city = City(size, service, database, url, machines, tell, cable=cable)
            for machine in machines.values():
                machine.start()
            try:
                await until_true(
                    lambda: sum(1 for each in machines.values() for _ in each.cameras) == size.cameras, READY_S
                )
                tell(f"all cameras are watched after {time.monotonic() - begun_s:.1f} s")
                yield city
            finally:
                for machine in machines.values():
                    await machine.die()
        finally:
            await asyncio.to_thread(service.stop)


SETTINGS: Final = "-c shared_buffers=256MB -c synchronous_commit=on"
"""Of a database on a machine of the hub's size, with every commit synced."""


def _service(folder: Path, size: Size, url: str, cable: Cable | None) -> Service:
    hub, port = f"{HUB_ADDRESS if cable else '127.0.0.1'}:{free_port()}", free_port()
    (folder / "hub").mkdir()
    service = Service(folder / "hub", "site: {}\n", within=cable.within if cable else ())
    text = site_text(size.cameras, size.machines, url, hub, each=size.each, port=port)
    service.site.write_text(text, encoding="utf-8")
    service.data.mkdir(mode=0o777 & ~PRIVATE_UMASK)
    SiteAuthority.make(service.data, SITE)
    return service


async def _joined(folder: Path, service: Service, size: Size, url: str, cable: Cable | None) -> dict[str, CityMachine]:
    """Invites and joins every machine, as the commands do."""
    store, authority = await open_store(url, zone=ZoneInfo(ZONE)), SiteAuthority.open(service.data)
    address = next(line for line in service.site.read_text().splitlines() if line.startswith("fleet:"))
    address = address.rpartition("address: ")[2].rstrip("}")
    machines = {}
    try:
        for number in range(size.machines):
            name = machine_name(number)
            data = folder / f"m{number}"
            data.mkdir()
            token = await Enrolment(store.fleet, authority).invite(name, "", 24, (address,), "root")
            await _join(token, data)
            machines[name] = CityMachine(name, data, address_of(number) if cable else "")
    finally:
        await store.close()
    return machines


async def _join(token: str, data: Path) -> None:
    """Joins a machine; a hub that has just started may be busy for a while."""
    end_s = time.monotonic() + READY_S
    while True:
        try:
            await join(token, data)
        except OSError:
            if time.monotonic() > end_s:
                raise
            await asyncio.sleep(1)
        else:
            return
