"""An audit log of 300 entries for routes, none of which can be proved."""

from collections.abc import Callable, Collection

from passerby.domain.audit import AuditLeaf, LogHead
from passerby.domain.audit_reports import LeafProof
from passerby.domain.queries import AuditQuery, EventQuery, Page


class FakeAuditLog:
    """Answers as a log does.

    Args:
        check: raises where the store is away.
    """

    def __init__(self, check: Callable[[], None]) -> None:
        self._check = check
        self.signed = 0
        self.leaf_rows: list[AuditLeaf] = []

    async def heads(self) -> tuple[LogHead, ...]:
        self._check()
        return (LogHead(1, "passerby/audit/test", 300, 0),)

    async def search(self, query: AuditQuery) -> Page[AuditLeaf]:
        self._check()
        if query.after is not None:
            raise ValueError("after: not from an earlier page")
        rows = self.leaf_rows[::-1] if query.newest_first else self.leaf_rows
        matching = [leaf for leaf in rows if leaf.entry is not None and query.matches(leaf.entry)]
        return Page(tuple(matching[: query.limit]), None)

    async def prove_all(self, indices: Collection[int], log: int | None = None) -> tuple[LeafProof, ...]:
        self._check()
        return tuple(
            LeafProof(index, b"s" * 16 + b"{}", b"h" * 32, (b"p" * 32,), "passerby/audit/test\n300\n")
            for index in indices
        )

    async def newest_checkpoint(self) -> str | None:
        self._check()
        return "passerby/audit/test\n300\n"

    async def checkpoint(self) -> str:
        self._check()
        self.signed += 1
        return "passerby/audit/test\n300\n"

    async def public_key(self) -> str:
        self._check()
        return "passerby/audit/test+12345678+AAAA"

    async def tile(self, level: int, number: int, width: int) -> bytes | None:
        self._check()
        return bytes(32 * width) if (level, number) == (0, 1) and width <= 44 else None

    async def leaves(self, query: EventQuery) -> Page[AuditLeaf]:
        self._check()
        if query.after is not None:
            raise ValueError("after: not from an earlier page")
        return Page(tuple(self.leaf_rows), None)
