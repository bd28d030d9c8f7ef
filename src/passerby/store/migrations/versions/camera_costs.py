"""Revision 0025: what cameras that a cluster places were measured to take; until now it was lost with the hub."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0023"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "camera_costs",
        sa.Column("camera", sa.Text, primary_key=True),
        sa.Column("cpu_ms_s", sa.Double, nullable=False),
        sa.Column("memory_mb", sa.Double, nullable=False),
        sa.Column("reports", sa.Integer, nullable=False),
    )
