"""Appends to the audit log, in the transaction of the act that is audited."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.audit.leaves import leaf_of
from passerby.audit.tiles import TILE_LEVELS, TILE_WIDTH, Tile
from passerby.audit.tree import HASH_BYTES, leaf_hash, root_of
from passerby.domain.audit import AuditEntry
from passerby.ports import AuditBrokenError, StoreError
from passerby.store.databases.backend import Backend
from passerby.store.databases.texts import check_texts
from passerby.store.schema import audit_leaves, audit_logs, audit_tiles

REMEDY = (
    "No act that is audited happens any more. `passerby audit verify SITE.yaml` names the entries; "
    "when it is known what "
    "happened, `passerby audit renew SITE.yaml --why WHY` begins a new log that names this one"
)


class AuditWriter:
    """Appends entries; every part of the store that does an audited act holds the same one.

    Those who append take turns by the row of the log, so that the places of entries have no gap and no fork, whatever
    number of processes write.

    Args:
        backend: the database.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def append_alone(self, entry: AuditEntry) -> None:
        """See `Store.append_audit`: an entry in a transaction of its own."""
        async with self._backend.writing() as connection:
            await self.append(connection, entry)

    async def append(self, connection: AsyncConnection, entry: AuditEntry) -> None:
        """Appends an entry within the transaction of its act: both are stored, or neither.

        Args:
            connection: of `Backend.writing()`.
            entry: the act.

        Raises:
            AuditBrokenError: the log is broken.
            StoreError: a text of the entry cannot be stored.
        """
        check_texts("audit", entry.actor, entry.action, entry.subject, entry.detail, entry.purpose, entry.case)
        try:
            content = leaf_of(entry)
        except ValueError as error:
            raise StoreError(str(error)) from None
        log_id, index = await self._next_place(connection)
        hashes = await self._end_of_tree(connection, log_id, index)
        row = {"log_id": log_id, "leaf_index": index, "content": content}
        await connection.execute(sa.insert(audit_leaves).values(row))
        await self._add_hash(connection, log_id, index, hashes, leaf_hash(content))

    async def _next_place(self, connection: AsyncConnection) -> tuple[int, int]:
        """Takes the next place of the last log; others wait until the transaction ends."""
        last = sa.select(sa.func.max(audit_logs.c.log_id)).scalar_subquery()
        taken = sa.update(audit_logs).where(audit_logs.c.log_id == last).values(size=audit_logs.c.size + 1)
        taken = taken.returning(audit_logs.c.log_id, audit_logs.c.size, audit_logs.c.fault)
        row = (await connection.execute(taken)).one_or_none()
        if row is None:
            raise self._broken("there is none in the database")
        if row.fault:
            raise self._broken(row.fault)
        return row.log_id, row.size - 1

    async def _end_of_tree(self, connection: AsyncConnection, log_id: int, index: int) -> bytes:
        """Returns the last tile of leaves, where it is not full, having looked whether log and tree end alike."""
        rows = sa.select(audit_leaves.c.leaf_index, audit_leaves.c.content)
        rows = rows.where(audit_leaves.c.log_id == log_id, audit_leaves.c.leaf_index >= index - 1)
        found = (await connection.execute(rows.order_by(audit_leaves.c.leaf_index).limit(2))).all()
        if not index:
            if found:
                raise self._broken("it holds entries that were never appended")
            return b""
        if [row.leaf_index for row in found] != [index - 1]:
            raise self._broken(f"its last entries are not those of a log of {index}")
        hashes = await self._tile(connection, log_id, Tile(0, (index - 1) // TILE_WIDTH))
        content = found[0].content
        wrong = content is not None and leaf_hash(content) != hashes[-HASH_BYTES:]
        if wrong or len(hashes) != ((index - 1) % TILE_WIDTH + 1) * HASH_BYTES:
            raise self._broken(f"entry {index - 1} is not what the tree has")
        return hashes if index % TILE_WIDTH else b""

    async def _add_hash(
        self, connection: AsyncConnection, log_id: int, index: int, hashes: bytes, added: bytes
    ) -> None:
        """Adds the hash of a leaf to its tile, and that of each tile which is full by it to the level above."""
        level = 0
        while True:
            tile, place = Tile(level, index // TILE_WIDTH), index % TILE_WIDTH
            if level and place:
                hashes = await self._tile(connection, log_id, tile)
                if len(hashes) != place * HASH_BYTES:
                    raise self._broken(f"the hashes over the entries before {index << (TILE_LEVELS * level)} are gone")
            await self._write_tile(connection, log_id, tile, hashes + added, new=not place)
            if place + 1 < TILE_WIDTH:
                return
            index, added, hashes, level = tile.number, root_of(hashes + added), b"", level + 1

    async def _tile(self, connection: AsyncConnection, log_id: int, tile: Tile) -> bytes:
        found = await connection.execute(sa.select(audit_tiles.c.hashes).where(*_is(log_id, tile)))
        return bytes(found.scalar_one_or_none() or b"")

    async def _write_tile(
        self, connection: AsyncConnection, log_id: int, tile: Tile, hashes: bytes, *, new: bool
    ) -> None:
        if new:
            row = {"log_id": log_id, "level": tile.level, "number": tile.number, "hashes": hashes}
            await connection.execute(sa.insert(audit_tiles).values(row))
        else:
            await connection.execute(sa.update(audit_tiles).where(*_is(log_id, tile)).values(hashes=hashes))

    def _broken(self, why: str) -> AuditBrokenError:
        return AuditBrokenError(f"{self._backend.failures.place}: the audit log is broken: {why}. {REMEDY}")


def _is(log_id: int, tile: Tile) -> tuple[sa.ColumnElement[bool], ...]:
    columns = audit_tiles.c
    return columns.log_id == log_id, columns.level == tile.level, columns.number == tile.number
