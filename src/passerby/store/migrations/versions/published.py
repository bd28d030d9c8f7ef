"""Revision 0022: counters whose numbers are published, and what was drawn of their bins; until now none was."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "published_counters",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("counter_id", sa.Text, nullable=False),
        sa.Column("camera", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("way_names", sa.Text, nullable=False),
        sa.Column("class_groups", sa.Text, nullable=False),
        sa.Column("sensitive", sa.SmallInteger, nullable=False),
        sa.Column("geometry", sa.Text, nullable=False),
        sa.Column("began_ns", sa.BigInteger, nullable=False),
        sa.Column("ended_ns", sa.BigInteger),
        sa.UniqueConstraint("counter_id", name="published_counters_id"),
    )
    op.create_table(
        "published_bins",
        sa.Column("counter", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("from_ns", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("to_ns", sa.BigInteger, nullable=False, index=True),
        sa.Column("coverage", sa.Double, nullable=False),
        sa.Column("noisy", sa.Text),
    )
