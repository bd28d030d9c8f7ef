"""What the audit log costs: full verification against plain SHA-256 over the same rows, proofs, and appending.

    python -m benchmarks.store.audit                   # 1,000,000 entries in SQLite, some minutes
    python -m benchmarks.store.audit --entries 20000   # a quick look

Verification and plain hashing read the same rows in the same way, in turns, and the medians of their processor time are
compared; once more without the reading, chunk by chunk in memory. Plain hashing is one SHA-256 call an entry, which is
the least that anything does that looks at every entry.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from passerby.audit.leaves import leaf_of
from passerby.audit.tiles import tiles_of
from passerby.audit.tree import leaf_hash
from passerby.audit.verification import LogVerification
from passerby.domain.audit import AuditEntry
from passerby.ports import Store
from passerby.store import open_store
from passerby.store.audit_log import reading
from passerby.store.databases.backend import Backend
from passerby.store.opening import backend_of
from passerby.store.schema import audit_leaves, audit_logs, audit_tiles

ENTRIES = 1_000_000
TURNS = 3
PROOFS = 200
APPENDS = 300
_ROWS = 10_000


@dataclass(frozen=True)
class Figures:
    """What was measured.

    Attributes:
        entries: how many.
        bytes: of all of them.
        plain_s: processor seconds of reading all rows, and one SHA-256 an entry.
        verify_s: of full verification.
        ratio: of these two.
        hash_s: of one SHA-256 an entry, with the rows in memory.
        check_s: of verification, with the rows in memory.
        check_ratio: of these two.
        prove_ms: a proof, by the size of the log.
        append_ms: an entry, on the disk.
    """

    entries: int
    bytes: int
    plain_s: float
    verify_s: float
    ratio: float
    hash_s: float
    check_s: float
    check_ratio: float
    prove_ms: dict[int, float]
    append_ms: float


def entry(number: int) -> AuditEntry:
    """An entry such as a live view leaves."""
    case = f"Case 2026/{number:07d}: crowd at the fountain"
    time_ns = 1_700_000_000_000_000_000 + number * 1_000_000_007
    return AuditEntry(time_ns, f"user{number % 41}", "live.opened", "square-north", "", "event_safety", case)


async def fill(backend: Backend, entries: int) -> int:
    """Puts entries into an empty log at once; returns their bytes."""
    hashes, size = [], 0
    async with backend.writing() as connection:
        for rows in _rows(entries):
            await connection.execute(sa.insert(audit_leaves), rows)
            contents = [row["content"] for row in rows if isinstance(row["content"], bytes)]
            hashes += [leaf_hash(content) for content in contents]
            size += sum(map(len, contents))
        tiles = [{"log_id": 1, "level": tile.level, "number": tile.number, "hashes": content}
                 for tile, content in tiles_of(b"".join(hashes))]  # fmt: skip
        await connection.execute(sa.insert(audit_tiles), tiles)
        await connection.execute(sa.update(audit_logs).values(size=entries))
    return size


def _rows(entries: int) -> Iterator[list[dict[str, object]]]:
    for start in range(0, entries, _ROWS):
        numbers = range(start, min(start + _ROWS, entries))
        yield [{"log_id": 1, "leaf_index": number, "content": leaf_of(entry(number))} for number in numbers]


async def plain(backend: Backend) -> None:
    """Reads all rows, and hashes each entry once."""
    async with backend.snapshot() as connection:
        head = await reading.last_head(connection)
        async for _, rows in reading.chunks(connection, head):
            for _, content in rows:
                sha256(content or b"").digest()


async def verify(store: Store) -> None:
    """Verifies the log, which has to be sound."""
    (report,) = await store.audit_log.verify()
    if not report.sound:
        raise SystemExit(f"the log is not sound: {report.findings[:3]}")


async def in_memory(backend: Backend) -> tuple[float, float]:
    """Returns the processor seconds of plain hashing and of verification, without those of reading."""
    hash_s = check_s = 0.0
    async with backend.snapshot() as connection:
        head = await reading.last_head(connection)
        check = LogVerification(head, await reading.all_tiles(connection, head.number))
        async for start, rows in reading.chunks(connection, head):
            begun_s = time.process_time()
            for _, content in rows:
                sha256(content or b"").digest()
            hashed_s = time.process_time()
            check.add(start, rows)
            hash_s, check_s = hash_s + hashed_s - begun_s, check_s + time.process_time() - hashed_s
    begun_s = time.process_time()
    check.report()
    return hash_s, check_s + time.process_time() - begun_s


async def processor_s(act: Callable[[], Awaitable[object]]) -> float:
    """Returns the processor seconds of an act, in all threads."""
    start_s = time.process_time()
    await act()
    return time.process_time() - start_s


async def timed(act: Callable[[], Awaitable[object]]) -> float:
    """Returns the seconds of an act."""
    start_s = time.perf_counter()
    await act()
    return time.perf_counter() - start_s


async def proofs_ms(store: Store, entries: int) -> float:
    """Returns the median of proofs of entries all over the log."""
    step = max(1, entries // PROOFS)
    await store.audit_log.checkpoint()
    found = [await timed(lambda number=number: store.audit_log.prove(number)) for number in range(0, entries, step)]  # type: ignore[misc]
    return 1000 * statistics.median(found)


async def measured(folder: Path, entries: int) -> Figures:
    """Measures on a new SQLite file."""
    url, size, prove_ms = "", 0, {}
    for count in sorted({entries // 100, entries // 10, entries} - {0}):
        url = f"sqlite:///{folder / f'{count}.sqlite'}"
        store = await open_store(url, zone=ZoneInfo("UTC"))
        store.audit_log.use_key(Ed25519PrivateKey.generate().private_bytes_raw())
        backend = backend_of(url)
        size = await fill(backend, count)
        prove_ms[count] = await proofs_ms(store, count)
        if count < entries:
            await asyncio.gather(store.close(), backend.close())
    turns = [
        (await processor_s(lambda: plain(backend)), await processor_s(lambda: verify(store))) for _ in range(TURNS)
    ]
    hash_s, check_s = await in_memory(backend)
    plain_s, verify_s = (statistics.median(turn[place] for turn in turns) for place in (0, 1))
    appended = [await timed(lambda n=n: store.append_audit(entry(n))) for n in range(APPENDS)]  # type: ignore[misc]
    await asyncio.gather(store.close(), backend.close())
    ratios = verify_s / plain_s, check_s / hash_s
    append_ms = 1000 * statistics.median(appended)
    return Figures(entries, size, plain_s, verify_s, ratios[0], hash_s, check_s, ratios[1], prove_ms, append_ms)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measured(Path(folder), chosen.entries))
    if chosen.json:
        print(json.dumps(asdict(found)))
        return
    print(f"{found.entries} entries, {found.bytes / 1e6:.0f} MB, in SQLite")
    print(f"plain SHA-256 of each entry, read from the database  {found.plain_s:7.2f} s")
    print(f"full verification                                    {found.verify_s:7.2f} s  {found.ratio:.2f} times")
    print(f"plain SHA-256 of each entry, rows in memory          {found.hash_s:7.2f} s")
    print(f"verification, rows in memory                         {found.check_s:7.2f} s  {found.check_ratio:.2f} times")
    for count, milliseconds in found.prove_ms.items():
        print(f"a proof, from a log of {count:>9}                      {milliseconds:7.2f} ms")
    print(f"an entry appended, on the disk                       {found.append_ms:7.2f} ms")


if __name__ == "__main__":
    main()
