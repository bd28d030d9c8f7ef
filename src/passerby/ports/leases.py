"""The protocol of what keeps the leases of cameras."""

from collections.abc import Sequence
from typing import Protocol

from passerby.domain.leases import HandOver, Lease
from passerby.domain.queries import EventQuery, Page


class LeaseStore(Protocol):
    """Storage of leases. Each of its methods raises StoreError where the database does not do it."""

    async def take(self, camera: str, node: str, worker: str) -> Lease:
        """Returns the lease of a camera for a worker: the one that it has, or else a new one, of a higher number.

        For who places cameras. A worker that connects again takes none: it may be one that was given up.

        Args:
            camera: the camera's name.
            node: the machine's name; empty for the hub's own.
            worker: which of the machine's workers.
        """
        ...

    async def of_cameras(self, cameras: Sequence[str]) -> tuple[Lease, ...]:
        """Returns all leases of some cameras, by camera and number."""
        ...

    async def hand_overs(self, query: EventQuery) -> Page[HandOver]:
        """Returns the leases that were taken in a time, oldest first, each with what was set aside because of it."""
        ...
