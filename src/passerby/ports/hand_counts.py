"""The protocol of what keeps counts by hand, in the record of their camera."""

from collections.abc import Sequence
from typing import Protocol

from passerby.domain.audit import AuditEntry
from passerby.domain.hand_counts import HandCount, MinutePair


class HandCountStore(Protocol):
    """Storage of counts by hand. Each of its methods raises StoreError where the database does not do it."""

    async def add(self, counted: HandCount, entry: AuditEntry) -> HandCount:
        """Stores a count with its audit entry, once; returns what is stored under its number.

        A page that does not know whether its count has come sends it again: the one that is there stays.
        """
        ...

    async def settle(self, validation_id: str, pairs: Sequence[MinutePair], void: str) -> None:
        """Stores what passerby counted meanwhile, for good; one that has it already stays as it is.

        Args:
            validation_id: of the count.
            pairs: minute by minute.
            void: why the count does not count; empty to leave that as it is.
        """
        ...

    async def withdraw(self, validation_id: str, account: str, time_ns: int, entry: AuditEntry) -> bool:
        """Withdraws a count, with its audit entry; False where there is none, or it was withdrawn before."""
        ...

    async def one(self, validation_id: str) -> HandCount | None:
        """Returns the count of that number; None where there is none."""
        ...

    async def of(self, cameras: Sequence[str], line: str | None = None) -> tuple[HandCount, ...]:
        """Returns the counts at these cameras, the oldest first.

        Args:
            cameras: their names; empty for all.
            line: only of this line; None for all.
        """
        ...
