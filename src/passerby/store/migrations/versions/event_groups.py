"""Revision 0010: which events have one cause, and which are of a rule that is only tried out."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Adds the columns; each event that is stored becomes a group of its own, and was an alarm."""
    op.add_column("place_events", sa.Column("group_id", sa.Text, nullable=False, server_default=""))
    silent = sa.Column("silent", sa.SmallInteger, nullable=False, server_default=sa.text("0"))
    op.add_column("place_events", silent)
    op.execute("UPDATE place_events SET group_id = event_id")
    op.create_index("ix_place_events_group_id", "place_events", ["group_id"])
