"""Revision 0018: leases of cameras, and the parts of a minute that were measured under different ones."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Makes the tables, empty: no camera has been handed over, and what is stored is of whole minutes."""
    op.create_table(
        "camera_leases",
        sa.Column("camera", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("node", sa.Text, nullable=False),
        sa.Column("worker", sa.Text, nullable=False),
        sa.Column("since_ns", sa.BigInteger, nullable=False),
        sa.Column("began_ns", sa.BigInteger),
    )
    op.create_table(
        "minute_parts",
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
    op.create_table(
        "part_rows",
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
