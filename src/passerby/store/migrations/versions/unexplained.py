"""Revision 0017: how much of what moved no detection explains; of what is stored by then it is not known, and 0."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Adds a column to the tables of intervals; neither database writes a row anew for it."""
    for name in ("observations_60", "observations_900", "observations_3600", "observations_86400"):
        op.add_column(name, sa.Column("unexplained", sa.Double, nullable=False, server_default=sa.text("0")))
