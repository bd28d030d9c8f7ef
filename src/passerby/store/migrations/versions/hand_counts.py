"""Revision 0015: counts by hand, by which the counts of lines are validated."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "hand_counts",
        sa.Column("validation_id", sa.Text, primary_key=True),
        sa.Column("camera", sa.Text, nullable=False, index=True),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("line_version", sa.Text, nullable=False),
        sa.Column("counted_from", sa.Text, nullable=False),
        sa.Column("start_ns", sa.BigInteger, nullable=False),
        sa.Column("end_ns", sa.BigInteger, nullable=False),
        sa.Column("road_users", sa.Text, nullable=False),
        sa.Column("minutes", sa.Text, nullable=False),
        sa.Column("whole_s", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("sent_ns", sa.BigInteger, nullable=False),
        sa.Column("clock_error_s", sa.Double, nullable=False),
        sa.Column("void", sa.Text, nullable=False),
        sa.Column("pairs", sa.Text),
        sa.Column("withdrawn_ns", sa.BigInteger),
        sa.Column("withdrawn_by", sa.Text, nullable=False),
    )
