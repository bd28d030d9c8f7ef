"""The protocol of what keeps the leases of cameras, and what they take where they are watched."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from passerby.domain.camera_groups import MeasuredCost
from passerby.domain.leases import HandOver, Holder, Lease
from passerby.domain.queries import EventQuery, Page


class LeaseStore(Protocol):
    """Storage of leases. Each of its methods raises StoreError where the database does not do it."""

    async def take_many(self, wanted: Mapping[str, Holder], *, anew: bool = False) -> Mapping[str, Lease]:
        """Returns the lease of each camera for its holder: the one that it has, or else a new one, of a higher number.

        All are taken or none. For who places cameras. A worker that connects again takes none: it may be one that was
        given up.

        Args:
            wanted: who is to watch each camera, by its name.
            anew: a new one also for a holder that has one; for a worker that was started elsewhere under its name.
        """
        ...

    async def newest(self, cameras: Sequence[str]) -> Mapping[str, Lease]:
        """Returns the newest lease of each of some cameras that has any, by the camera's name."""
        ...

    async def of_cameras(self, cameras: Sequence[str]) -> tuple[Lease, ...]:
        """Returns all leases of some cameras, by camera and number."""
        ...

    async def hand_overs(self, query: EventQuery) -> Page[HandOver]:
        """Returns the leases that were taken in a time, oldest first, each with what was set aside because of it."""
        ...

    async def costs(self) -> tuple[MeasuredCost, ...]:
        """Returns what cameras were measured to take, as it was kept last."""
        ...

    async def keep_costs(self, costs: Sequence[MeasuredCost]) -> None:
        """Keeps what cameras were measured to take; what was kept of others is dropped."""
        ...
