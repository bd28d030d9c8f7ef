"""Revision 0003: whether lines and zones were where the camera saw them; all that is stored was taken to be so."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds a column to the tables of intervals; neither database writes a row anew for it."""
    for name in ("observations_60", "observations_900", "observations_3600", "observations_86400"):
        reliable = sa.Column("reliable", sa.SmallInteger, nullable=False, server_default=sa.text("1"))
        op.add_column(name, reliable)
