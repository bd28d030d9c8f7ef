"""Revision 0023: how far published numbers have been sent to each outlet; until now none were."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "sent_numbers",
        sa.Column("outlet", sa.Text, primary_key=True),
        sa.Column("counter_id", sa.Text, primary_key=True),
        sa.Column("until_ns", sa.BigInteger, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
    )
