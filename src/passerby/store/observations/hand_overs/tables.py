"""The tables of leases, of what cameras take, and of the parts of a minute that were measured under several."""

import sqlalchemy as sa

from passerby.store.schema import tables

camera_leases = sa.Table(
    "camera_leases",
    tables,
    sa.Column("camera", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("node", sa.Text, nullable=False),
    sa.Column("worker", sa.Text, nullable=False),
    sa.Column("since_ns", sa.BigInteger, nullable=False),
    sa.Column("began_ns", sa.BigInteger),
)
"""Every lease of every camera; see `domain.leases`."""

camera_costs = sa.Table(
    "camera_costs",
    tables,
    sa.Column("camera", sa.Text, primary_key=True),
    sa.Column("cpu_ms_s", sa.Double, nullable=False),
    sa.Column("memory_mb", sa.Double, nullable=False),
    sa.Column("reports", sa.Integer, nullable=False),
)
"""What each camera that a cluster places was measured to take; see `domain.camera_groups`."""

minute_parts = sa.Table(
    "minute_parts",
    tables,
    sa.Column("camera", sa.Text, primary_key=True),
    sa.Column("start_s", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("from_ms", sa.Integer, nullable=False),
    sa.Column("to_ms", sa.Integer, nullable=False),
    sa.Column("added", sa.SmallInteger, nullable=False),
    sa.Column("apart", sa.SmallInteger, nullable=False),
    sqlite_with_rowid=False,
    postgresql_partition_by="RANGE (start_s)",
)
"""What was watched of a minute under each lease; nothing where no lease was ever taken. `added`: it is in
`observations_60`, 0 for what was measured after a hand-over. `apart`: its own rows are in `part_rows`."""

part_rows = sa.Table(
    "part_rows",
    tables,
    sa.Column("start_s", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("key_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("value", sa.Double),
    sa.Column("error", sa.Double),
    sa.Column("count", sa.BigInteger, nullable=False),
    sa.Column("coverage", sa.Double, nullable=False),
    sa.Column("reliable", sa.SmallInteger, nullable=False, server_default=sa.text("1")),
    sa.Column("bins", sa.LargeBinary),
    sa.Column("unexplained", sa.Double, nullable=False, server_default=sa.text("0")),
    sqlite_with_rowid=False,
)
"""The rows of the parts of minutes that have several, or one that is not added; few minutes have."""
