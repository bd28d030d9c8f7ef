"""Revision 0005: the audit log as a tree of hashes; the entries that are there become its first leaves."""

import secrets
import time
from collections.abc import Iterator, Mapping

import sqlalchemy as sa
from alembic import op

from passerby.audit.leaves import leaf_of
from passerby.audit.tiles import tiles_of
from passerby.audit.tree import leaf_hash
from passerby.domain.audit import AuditEntry

revision = "0005"
down_revision = "0004"

_LOG = 1
_ROWS = 1000


def upgrade() -> None:
    """Makes the tables, and fills them from the one that goes."""
    logs, leaves, tiles = _make_tables()
    connection = op.get_bind()
    hashes: list[bytes] = []
    for entries in _old_entries(connection):
        rows = [
            {"log_id": _LOG, "leaf_index": len(hashes) + number, "content": leaf_of(entry)}
            for number, entry in enumerate(entries)
        ]
        connection.execute(sa.insert(leaves), rows)
        hashes += [leaf_hash(row["content"]) for row in rows if isinstance(row["content"], bytes)]
    connection.execute(sa.insert(logs), [_log(len(hashes))])
    kept = [
        {"log_id": _LOG, "level": tile.level, "number": tile.number, "hashes": content}
        for tile, content in tiles_of(b"".join(hashes))
    ]
    if kept:
        connection.execute(sa.insert(tiles), kept)
    op.drop_table("audit_entries")


def _log(size: int) -> Mapping[str, object]:
    origin = f"passerby/audit/{secrets.token_hex(8)}"
    return {"log_id": _LOG, "origin": origin, "start_ns": time.time_ns(), "size": size, "fault": ""}


def _old_entries(connection: sa.Connection) -> Iterator[list[AuditEntry]]:
    """The entries in the order in which they were appended, some at a time."""
    query = sa.text(
        "SELECT entry_id, time_ns, actor, action, subject, detail FROM audit_entries WHERE entry_id > :after "
        "ORDER BY entry_id LIMIT :rows"
    )
    after = -1
    while found := connection.execute(query, {"after": after, "rows": _ROWS}).all():
        after = found[-1].entry_id
        yield [AuditEntry(row.time_ns, row.actor, row.action, row.subject, row.detail) for row in found]


def _make_tables() -> tuple[sa.Table, sa.Table, sa.Table]:
    logs = op.create_table(
        "audit_logs",
        _key("log_id", sa.Integer),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("start_ns", sa.BigInteger, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("fault", sa.Text, nullable=False),
    )
    time_in_content = sa.Computed("substr(content, length(content) - 31, 30)", persisted=True)
    leaves = op.create_table(
        "audit_leaves",
        _key("log_id", sa.Integer),
        _key("leaf_index", sa.BigInteger),
        sa.Column("content", sa.LargeBinary),
        sa.Column("time", sa.LargeBinary, time_in_content),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_audit_leaves_time", "audit_leaves", ["time"])
    tiles = op.create_table(
        "audit_tiles",
        _key("log_id", sa.Integer),
        _key("level", sa.SmallInteger),
        _key("number", sa.BigInteger),
        sa.Column("hashes", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "audit_checkpoints",
        _key("log_id", sa.Integer),
        _key("size", sa.BigInteger),
        sa.Column("time_ns", sa.BigInteger, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )
    return logs, leaves, tiles


def _key(name: str, kind: type[sa.types.TypeEngine[int]]) -> sa.Column[int]:
    return sa.Column(name, kind, primary_key=True, autoincrement=False)
