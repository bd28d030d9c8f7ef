"""Revision 0021: why each session looks; until now a hub kept it in memory, and it was lost with it."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Makes the table, empty; a hub of the release before leaves it as it is."""
    op.create_table(
        "session_purposes",
        sa.Column("session_id", sa.Text, primary_key=True),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("case_text", sa.Text, nullable=False),
        sa.Column("camera", sa.Text),
        sa.Column("end_ns", sa.BigInteger, nullable=False),
    )
