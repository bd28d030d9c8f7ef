"""Revision 0012: notices of events on their way to recipients, and which events they were notified of."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

LOOKED_AT = 2
"""Events that are there already are no news: months of them at once would be of use to no one."""


def upgrade() -> None:
    """Makes both tables, and takes all events that there are for looked at."""
    op.add_column("place_events", sa.Column("noticed", sa.SmallInteger, nullable=False, server_default=sa.text("0")))
    op.execute(f"UPDATE place_events SET noticed = {LOOKED_AT}")  # noqa: S608  # nosec B608
    news = sa.text("noticed < 2")
    op.create_index("place_events_news", "place_events", ["noticed"], sqlite_where=news, postgresql_where=news)
    op.create_table(
        "notices",
        sa.Column("notice_id", sa.Text, primary_key=True),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("made_ns", sa.BigInteger, nullable=False, index=True),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("due_ns", sa.BigInteger, nullable=False),
        sa.Column("give_up_ns", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("ended_ns", sa.BigInteger),
        sa.Column("fault", sa.Text, nullable=False),
    )
    op.create_index("notices_by_recipient", "notices", ["recipient", "state"])
    op.create_table(
        "notified_events",
        sa.Column("recipient", sa.Text, primary_key=True),
        sa.Column("event_id", sa.Text, primary_key=True),
        sa.Column("what", sa.Text, primary_key=True),
        sa.Column("notice_id", sa.Text, nullable=False, index=True),
        sa.Column("time_ns", sa.BigInteger, nullable=False),
    )
