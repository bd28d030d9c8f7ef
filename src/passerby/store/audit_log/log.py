"""The audit log beyond appending: pages, tiles, checkpoints, proofs, verification, erasing, and a new log."""

import secrets
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.audit.checkpoints import Checkpoint, checkpoint_of
from passerby.audit.notes import NoteError, SigningKey, VerifierKey, parsed_key, parsed_note
from passerby.audit.tiles import Tile, made_from_tiles
from passerby.audit.tree import HASH_BYTES, Nodes, inclusion_proof, root
from passerby.domain.audit import AuditEntry, AuditLeaf, LogHead
from passerby.domain.audit_reports import KeptCheckpoint, LeafProof, LogReport
from passerby.domain.queries import AuditQuery, EventQuery, Page
from passerby.files import write_private
from passerby.ports import AuditBrokenError, StoreError
from passerby.store.audit_log import reading
from passerby.store.audit_log.eraser import AuditEraser
from passerby.store.audit_log.verifying import verified
from passerby.store.audit_log.writer import REMEDY, AuditWriter
from passerby.store.databases.backend import Backend
from passerby.store.schema import audit_checkpoints, audit_logs

Made = TypeVar("Made")

STARTED = "audit.log_started"
"""The action of the first entry of a log that follows another one; its detail holds that one's last checkpoint."""


class SqlAuditLog:
    """The `AuditLog` of either database.

    Args:
        backend: the database.
        writer: appends to it.
        clock: UTC nanoseconds now.
    """

    def __init__(self, backend: Backend, writer: AuditWriter, clock: Callable[[], int]) -> None:
        self._backend, self._writer, self._clock = backend, writer, clock
        self._reported = backend.failures.reported
        self._eraser = AuditEraser(backend, writer, clock)
        self._key: Ed25519PrivateKey | None = None
        self._kept: Path | None = None

    def use_key(self, key: bytes, kept: Path | None = None) -> None:
        """See `AuditLog`."""
        self._key, self._kept = Ed25519PrivateKey.from_private_bytes(key), kept

    async def heads(self) -> tuple[LogHead, ...]:
        """See `AuditLog`."""
        async with self._reported("reading the audit log"), self._backend.reading() as connection:
            return await reading.heads(connection)

    async def leaves(self, query: EventQuery) -> Page[AuditLeaf]:
        """See `AuditLog`."""
        async with self._reported("reading the audit log"), self._backend.reading() as connection:
            return await reading.leaves(connection, query)

    async def search(self, query: AuditQuery) -> Page[AuditLeaf]:
        """See `AuditLog`."""
        async with self._reported("reading the audit log"), self._backend.reading() as connection:
            return await reading.search(connection, query)

    async def tile(self, level: int, number: int, width: int) -> bytes | None:
        """See `AuditLog`."""
        tile = Tile(level, number)
        async with self._reported("reading the audit log"), self._backend.reading() as connection:
            head = await reading.last_head(connection)
            found = (await reading.tiles(connection, head.number, [tile])).get(tile, b"")
        return found[: width * HASH_BYTES] if len(found) >= width * HASH_BYTES else None

    async def newest_checkpoint(self) -> str | None:
        """See `AuditLog`."""
        async with self._reported("reading a checkpoint"), self._backend.reading() as connection:
            head = await reading.last_head(connection)
            return await reading.newest_checkpoint(connection, head.number)

    async def public_key(self) -> str:
        """See `AuditLog`."""
        head = (await self.heads())[-1]
        return str(self._signer(head).verifier)

    async def checkpoint(self) -> str:
        """See `AuditLog`."""
        async with self._reported("signing a checkpoint"), self._backend.writing() as connection:
            head = await reading.last_head(connection)
            if head.fault:
                raise AuditBrokenError(f"{head.origin}: a broken log is not signed: {head.fault}. {REMEDY}")
            newest = await reading.newest_checkpoint(connection, head.number)
            now = Checkpoint(head.origin, head.size, await self._root(connection, head, head.size))
            if newest is not None:
                before = self._stored(newest)
                if before.text == now.text:
                    self._keep(newest)
                    return newest
                await self._check_continues(connection, head, before)
            note = now.signed(self._signer(head))
            row = {"log_id": head.number, "size": head.size, "time_ns": self._clock(), "note": note}
            await self._backend.put(connection, audit_checkpoints, [row], update=("time_ns", "note"))
        self._keep(note)
        return note

    async def prove(self, index: int, log: int | None = None) -> LeafProof:
        """See `AuditLog`."""
        note = await self.checkpoint() if log is None and self._key is not None else None
        return (await self._proved([index], log, note))[0]

    async def prove_all(self, indices: Collection[int], log: int | None = None) -> tuple[LeafProof, ...]:
        """See `AuditLog`."""
        async with self._reported("proving entries"), self._backend.reading() as connection:
            last = await reading.last_head(connection)
            newest = await reading.newest_checkpoint(connection, last.number)
        covered = newest is not None and max(indices) < self._stored(newest).size
        signs = log in (None, last.number) and self._key is not None and max(indices) < last.size and not covered
        return await self._proved(indices, log, await self.checkpoint() if signs else None)

    async def _proved(self, indices: Collection[int], log: int | None, note: str | None) -> tuple[LeafProof, ...]:
        async with self._reported("proving an entry"), self._backend.snapshot() as connection:
            head = await self._head(connection, log)
            note = note or await reading.newest_checkpoint(connection, head.number)
            if note is None:
                raise StoreError(f"{head.origin}: no checkpoint has been signed yet, so nothing can be proved")
            return tuple([await self._proof(connection, head, index, note) for index in indices])

    async def _proof(self, connection: AsyncConnection, head: LogHead, index: int, note: str) -> LeafProof:
        size = self._stored(note).size
        if not 0 <= index < size:
            raise StoreError(f"entry {index}: the checkpoint has the entries 0 to {size - 1}")
        path = await self._made(connection, head, lambda nodes: inclusion_proof(index, size, nodes))
        leaf = await self._made(connection, head, lambda nodes: nodes(0, index))
        content = await reading.content_of(connection, head.number, index)
        return LeafProof(index, content, leaf, tuple(path), note)

    async def verify(
        self, kept: Sequence[KeptCheckpoint] = (), keys: Sequence[str] = (), witnesses: Sequence[str] = ()
    ) -> tuple[LogReport, ...]:
        """See `AuditLog`."""
        given, cosigning = [parsed_key(key) for key in keys], [parsed_key(key) for key in witnesses]
        async with self._reported("verifying the audit log"), self._backend.snapshot() as connection:
            found = await reading.heads(connection)
            return tuple(
                [await verified(connection, head, self._keys_of(head, given), kept, cosigning) for head in found]
            )

    async def check(self, kept: Sequence[KeptCheckpoint] = ()) -> LogReport:
        """See `AuditLog`."""
        async with self._reported("verifying the audit log"), self._backend.snapshot() as connection:
            head = await reading.last_head(connection)
            report = await verified(connection, head, self._keys_of(head, []), kept, [])
        fault = "; ".join(finding.why for finding in report.findings[:3])
        if fault != head.fault:
            await self.mark(fault)
        return report

    async def mark(self, fault: str) -> None:
        """See `AuditLog`."""
        last = sa.select(sa.func.max(audit_logs.c.log_id)).scalar_subquery()
        async with self._reported("marking the audit log"), self._backend.writing() as connection:
            await connection.execute(sa.update(audit_logs).where(audit_logs.c.log_id == last).values(fault=fault))

    async def erase(self, indices: Iterable[int], actor: str, why: str) -> int:
        """See `AuditLog`."""
        async with self._reported("erasing entries of the audit log"):
            return await self._eraser.erase(list(indices), actor, why)

    async def erase_about(self, account: str, actor: str, why: str) -> int:
        """See `AuditLog`."""
        async with self._reported("erasing entries of the audit log"):
            return await self._eraser.erase_about(account, actor, why)

    async def begin(self, actor: str, why: str) -> LogHead:
        """See `AuditLog`."""
        async with self._reported("beginning a new audit log"), self._backend.writing() as connection:
            return await begin_log(connection, self._writer, actor, why, self._clock())

    async def _head(self, connection: AsyncConnection, log: int | None) -> LogHead:
        found = [one for one in await reading.heads(connection) if log in (None, one.number)]
        if not found:
            raise StoreError(f"log {log}: there is none of that number")
        return found[-1]

    def _signer(self, head: LogHead) -> SigningKey:
        if self._key is None:
            raise StoreError("the audit log's key is not known here, so nothing can be signed")
        return SigningKey(head.origin, self._key)

    def _keys_of(self, head: LogHead, given: Sequence[VerifierKey]) -> list[VerifierKey]:
        """The keys that may have signed a log: those given, or else our own; the name is always the log's."""
        own = [] if self._key is None or given else [self._signer(head).verifier]
        return [VerifierKey(head.origin, key.algorithm, key.public) for key in [*given, *own]]

    async def _root(self, connection: AsyncConnection, head: LogHead, size: int) -> bytes:
        return await self._made(connection, head, lambda nodes: root(size, nodes))

    async def _made(self, connection: AsyncConnection, head: LogHead, make: Callable[[Nodes], Made]) -> Made:
        try:
            return await made_from_tiles(make, lambda tiles: reading.tiles(connection, head.number, tiles))
        except KeyError:
            raise AuditBrokenError(f"{head.origin}: hashes of the audit log are gone. {REMEDY}") from None

    async def _check_continues(self, connection: AsyncConnection, head: LogHead, before: Checkpoint) -> None:
        """A log never signs two checkpoints that contradict each other."""
        if before.size > head.size or await self._root(connection, head, before.size) != before.root:
            raise AuditBrokenError(
                f"{head.origin}: the audit log does not continue the {before.size} entries that were signed before. "
                f"{REMEDY}"
            )

    def _stored(self, note: str) -> Checkpoint:
        try:
            return checkpoint_of(parsed_note(note).text)
        except NoteError as error:
            raise AuditBrokenError(f"a stored checkpoint of the audit log is damaged: {error}. {REMEDY}") from None

    def _keep(self, note: str) -> None:
        if self._kept is not None:
            write_private(self._kept, note, lasting=True)  # the log is compared with it at the next start


async def begin_log(connection: AsyncConnection, writer: AuditWriter, actor: str, why: str, now_ns: int) -> LogHead:
    """Begins a new log, whose first entry names the one before with its last checkpoint; that one stays as it is.

    Args:
        connection: of `Backend.writing()`.
        writer: appends the entry.
        actor: who does it.
        why: one sentence.
        now_ns: UTC nanoseconds.
    """
    before = await reading.last_head(connection)
    origin = f"passerby/audit/{secrets.token_hex(8)}"
    head = LogHead(before.number + 1, origin, 0, now_ns)
    detail = f"{why}\n{await last_words_of(connection, before)}"
    row = {"log_id": head.number, "origin": origin, "start_ns": now_ns, "size": 0, "fault": ""}
    await connection.execute(sa.insert(audit_logs).values(row))
    await writer.append(connection, AuditEntry(now_ns, actor, STARTED, before.origin, detail))
    return LogHead(head.number, origin, 1, now_ns)


async def last_words_of(connection: AsyncConnection, head: LogHead) -> str:
    """Returns the last checkpoint of a log, and its size and root now where they are others."""
    newest = await reading.newest_checkpoint(connection, head.number)
    parts = [] if newest is None else [newest]
    with suppress(KeyError, NoteError):
        found = await made_from_tiles(
            lambda nodes: root(head.size, nodes), lambda tiles: reading.tiles(connection, head.number, tiles)
        )
        now = Checkpoint(head.origin, head.size, found).text
        if newest is None or parsed_note(newest).text != now:
            parts.append(now)
    return "\n".join(parts)
