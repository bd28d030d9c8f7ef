"""Takes the leases of cameras as the site file places them: each on its node, or on the hub's own machine."""

from collections.abc import Mapping
from pathlib import Path

from passerby.domain.leases import NO_LEASE
from passerby.domain.service import SitePlan
from passerby.ports import LeaseStore
from passerby.service.nodes.leases_file import read_leases, write_leases


class Placement:
    """Which machine watches each camera, and under which number.

    A camera that never left the hub's own machine has no lease: nothing else can have counted it. Where it is on a
    node, or comes back from one, it has the number of who watches it now, which is higher than all before.
    """

    def __init__(self, store: LeaseStore, data: Path) -> None:
        """Takes where leases are kept, and the hub's data folder, where its own workers read theirs."""
        self._store, self._data = store, data
        self._numbers: dict[str, int] = {}

    async def place(self, plan: SitePlan) -> None:
        """Takes the leases of what is to run, before it does.

        Raises:
            StoreError: the database does not do it; what was placed before holds on.
            OutputError: the file for this machine's workers cannot be written.
        """
        held = {lease.camera for lease in await self._store.of_cameras([camera.name for camera in plan.cameras])}
        numbers = {
            camera.name: (await self._store.take(camera.name, camera.node, "")).number
            for camera in plan.cameras
            if camera.node or camera.name in held
        }
        own = {camera.name: numbers[camera.name] for camera in plan.running_on("") if camera.name in numbers}
        if own != read_leases(self._data):
            write_leases(self._data, own)
        self._numbers = numbers

    def of_node(self, plan: SitePlan, node: str) -> Mapping[str, int]:
        """Returns the numbers of the cameras that run on a node."""
        return {camera.name: self._numbers.get(camera.name, NO_LEASE) for camera in plan.running_on(node)}
