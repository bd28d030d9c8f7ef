"""An audit log in memory, as a database holds it, and ways to tamper with it."""

import random
from dataclasses import dataclass, field

from passerby.audit.leaves import leaf_of
from passerby.audit.tiles import Tile, tiles_of
from passerby.audit.tree import leaf_hash
from passerby.audit.verification import CHUNK_ROWS, LogVerification, Reference
from passerby.domain.audit import AuditEntry, LogHead
from passerby.domain.audit_reports import LogReport

ORIGIN = "passerby/audit/test"


def entry(number: int, action: str = "live.opened", subject: str = "square-north", detail: str = "") -> AuditEntry:
    """An entry such as a live view leaves."""
    case = f"Case 2026/{number:06d}: crowd at the fountain"
    return AuditEntry(
        1_800_000_000_000_000_000 + number, f"user{number % 17}", action, subject, detail, "maintenance", case
    )


@dataclass
class StoredLog:
    """Rows and tiles, which a test may change.

    Attributes:
        rows: number -> content, None where it is erased.
        tiles: the tree.
        size: what the log says of itself.
    """

    rows: dict[int, bytes | None]
    tiles: dict[Tile, bytes]
    size: int
    references: list[Reference] = field(default_factory=list)

    def report(self) -> LogReport:
        """Verifies it, as the store does."""
        check = LogVerification(LogHead(1, ORIGIN, self.size, 0), self.tiles, self.references)
        ordered = sorted(self.rows.items())
        for start in range(0, self.size, CHUNK_ROWS):
            check.add(start, [row for row in ordered if start <= row[0] < min(start + CHUNK_ROWS, self.size)])
        check.add_outside(row for row in ordered if not 0 <= row[0] < self.size)
        return check.report()


def stored_log(size: int, seed: int = 0) -> StoredLog:
    """A log of `size` entries with salts from a seed."""
    chance = random.Random(seed)
    rows = {number: leaf_of(entry(number), chance.randbytes(16)) for number in range(size)}
    return StoredLog(dict(rows), rebuilt(rows), size)


def rebuilt(rows: dict[int, bytes]) -> dict[Tile, bytes]:
    """The tiles over rows, as somebody makes them who rewrites history."""
    return dict(tiles_of(b"".join(leaf_hash(rows[number]) for number in sorted(rows))))
