"""Counts by hand that are kept in memory."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from passerby.domain.audit import AuditEntry
from passerby.domain.hand_counts import HandCount, MinutePair


class FakeHandCounts:
    """Keeps what it is given; `check` fails where the store is away."""

    def __init__(self, check: Callable[[], None], audit_rows: list[AuditEntry]) -> None:
        self._check, self._audit_rows = check, audit_rows
        self.counts: dict[str, HandCount] = {}

    async def add(self, counted: HandCount, entry: AuditEntry) -> HandCount:
        self._check()
        if counted.validation_id not in self.counts:
            self.counts[counted.validation_id] = counted
            self._audit_rows.append(entry)
        return self.counts[counted.validation_id]

    async def settle(self, validation_id: str, pairs: Sequence[MinutePair], void: str) -> None:
        self._check()
        before = self.counts[validation_id]
        if before.pairs is None:
            self.counts[validation_id] = replace(before, pairs=tuple(pairs), void=void or before.void)

    async def withdraw(self, validation_id: str, account: str, time_ns: int, entry: AuditEntry) -> bool:
        self._check()
        before = self.counts.get(validation_id)
        if before is None or before.withdrawn_ns is not None:
            return False
        self.counts[validation_id] = replace(before, withdrawn_ns=time_ns, withdrawn_by=account)
        self._audit_rows.append(entry)
        return True

    async def one(self, validation_id: str) -> HandCount | None:
        self._check()
        return self.counts.get(validation_id)

    async def of(self, cameras: Sequence[str], line: str | None = None) -> tuple[HandCount, ...]:
        self._check()
        return tuple(
            one
            for one in sorted(self.counts.values(), key=lambda one: (one.start_ns, one.validation_id))
            if (not cameras or one.camera in cameras) and line in (None, one.line)
        )
