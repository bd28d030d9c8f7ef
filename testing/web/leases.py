"""Leases that are kept in memory."""

from collections.abc import Callable, Sequence

from passerby.domain.leases import HandOver, Lease
from passerby.domain.queries import EventQuery, Page
from testing.web.events import page_of


class FakeLeases:
    """Gives what a test has put there; `check` fails where the store is away."""

    def __init__(self, check: Callable[[], None]) -> None:
        self._check = check
        self.rows: list[HandOver] = []

    async def take(self, camera: str, node: str, worker: str) -> Lease:
        self._check()
        raise NotImplementedError("the API takes no lease")

    async def of_cameras(self, cameras: Sequence[str]) -> tuple[Lease, ...]:
        self._check()
        return tuple(one.lease for one in self.rows if one.lease.camera in cameras)

    async def hand_overs(self, query: EventQuery) -> Page[HandOver]:
        self._check()
        return page_of([one for one in self.rows if one.lease.camera in query.cameras or not query.cameras], query)
