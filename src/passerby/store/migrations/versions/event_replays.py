"""Revision 0014: encrypted replays of events."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "event_replays",
        sa.Column("event_id", sa.Text, primary_key=True),
        sa.Column("camera", sa.Text, nullable=False, index=True),
        sa.Column("time_ns", sa.BigInteger, nullable=False, index=True),
        sa.Column("box", sa.LargeBinary, nullable=False),
    )
