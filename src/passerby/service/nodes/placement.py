"""Takes the leases of cameras as the site file places them: each on its node, or on the hub's own machine."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from passerby.back_off import BackOff, BackOffSettings
from passerby.domain.errors import OutputError
from passerby.domain.leases import NO_LEASE, Holder
from passerby.domain.service import CameraPlan, SitePlan
from passerby.ports import LeaseStore, StoreError
from passerby.service.nodes.leases_file import read_leases, write_leases
from passerby.telemetry.logs import get_log

WAITS: Final = BackOffSettings(first_s=0.5, max_s=10.0)


class Placement:
    """Which machine watches each camera, and under which number.

    A camera that never left the hub's own machine has no lease: nothing else can have counted it. Where it is on a
    node, or comes back from one, it has the number of who watches it now, which is higher than all before.
    """

    def __init__(self, store: LeaseStore, data: Path, *, clustered: bool = False) -> None:
        """Takes where leases are kept.

        Args:
            store: keeps leases.
            data: the hub's data folder, where its own workers read theirs.
            clustered: a cluster places the cameras that name no node, and their workers get leases where they start.
        """
        self._store, self._data, self.clustered = store, data, clustered
        self._numbers: dict[str, int] = {}

    async def place(self, plan: SitePlan) -> None:
        """Takes the leases of what is to run, before it does.

        Raises:
            StoreError: the database does not do it; what was placed before holds on.
            OutputError: the file for this machine's workers cannot be written.
        """
        placed = [camera for camera in plan.cameras if camera.node or not self.clustered]
        held = await self._store.newest([camera.name for camera in placed])
        wanted = {camera.name: Holder(camera.node) for camera in placed if camera.node or camera.name in held}
        leases = await self._store.take_many(wanted) if wanted else {}
        numbers = {camera: lease.number for camera, lease in leases.items()}
        own = {camera.name: numbers[camera.name] for camera in self.here(plan) if camera.name in numbers}
        if own != read_leases(self._data):
            write_leases(self._data, own)
        self._numbers = numbers

    async def place_until(self, plan: SitePlan, stop: asyncio.Event) -> None:
        """Takes the leases, and waits for a database that does not answer, until the event; what ran runs on."""
        back_off = BackOff(WAITS)
        while not stop.is_set():
            try:
                await self.place(plan)
            except (StoreError, OutputError) as fault:
                wait_s = back_off.wait_s(0.0)
                get_log().error("cameras cannot be placed; tried again", why=str(fault), again_in_s=wait_s)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), wait_s)
            else:
                return

    def here(self, plan: SitePlan) -> tuple[CameraPlan, ...]:
        """Returns the cameras that the hub's own machine watches."""
        return () if self.clustered else plan.running_on("")

    def of_node(self, plan: SitePlan, node: str) -> Mapping[str, int]:
        """Returns the numbers of the cameras that run on a node."""
        return {camera.name: self._numbers.get(camera.name, NO_LEASE) for camera in plan.running_on(node)}
