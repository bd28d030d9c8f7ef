"""A store whose rows are all measured under leases: each camera's minute is one whole part."""

from collections.abc import Sequence
from typing import cast

from benchmarks.store.rows import camera_name
from passerby.domain.leases import Holder, WatchedPart
from passerby.domain.observations import Observation
from passerby.domain.queries import Receipt
from passerby.ports import Store

NODE = "machine-1"


class LeasedStore:
    """Says of which parts rows are, as the hub does; has only what is measured of a `Store`.

    Args:
        store: where rows go.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.roll_up, self.observations, self.close = store.roll_up, store.observations, store.close

    async def store_observations(self, some: Sequence[Observation]) -> Receipt:
        """Stores rows with the parts that they are of."""
        minutes = {(one.camera, one.start_ns) for one in some}
        parts = [WatchedPart(camera, start_ns, 1, 0, 60_000, NODE) for camera, start_ns in minutes]
        return await self._store.store_observations(some, parts)


async def leased_store(store: Store, cameras: int) -> Store:
    """Gives one machine the leases of so many cameras; returns what stores their rows as that machine's."""
    await store.leases.take_many({camera_name(number): Holder(NODE) for number in range(cameras)})
    return cast("Store", LeasedStore(store))
