"""Revision 0016: speeds, stays and headways as histograms; of what is stored by then there are none."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Adds a column to the tables of intervals; neither database writes a row anew for it."""
    for name in ("observations_60", "observations_900", "observations_3600", "observations_86400"):
        op.add_column(name, sa.Column("bins", sa.LargeBinary))
