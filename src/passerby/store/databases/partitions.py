"""Keeps partitions ready for the time to come."""

from collections.abc import Callable

from passerby.store.databases.backend import Backend
from passerby.store.schema import PARTITION_SPANS, tables
from passerby.units import NS_PER_S

_AHEAD = 3
"""Partitions made ahead of now: making one locks its table for a moment, which nobody should meet while storing."""


async def make_partitions_ahead(backend: Backend, clock: Callable[[], int]) -> None:
    """Makes the partitions of now and of the time to come, where they are missing and the database has any."""
    for name, span in PARTITION_SPANS.items():
        now = clock() if name == "camera_health" else clock() // NS_PER_S
        await backend.make_room(tables.tables[name], [now + ahead * span for ahead in range(_AHEAD + 1)])
