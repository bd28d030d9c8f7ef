"""Revision 0019: machines that have joined the site, and invitations to join."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

NUMBERS = ("joined_ns", "seen_ns", "state_ns", "certificate_end_ns", "counter")


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "fleet_nodes",
        sa.Column("name", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("enrolment", "state", "pool")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in NUMBERS),
        sa.Column("run", sa.Text, nullable=False),
        sa.Column("clock_off_s", sa.Double, nullable=False),
        sa.Column("program", sa.Text, nullable=False),
    )
    op.create_table(
        "fleet_invitations",
        sa.Column("secret_hash", sa.Text, primary_key=True),
        sa.Column("node", sa.Text, nullable=False),
        sa.Column("pool", sa.Text, nullable=False),
        sa.Column("made_ns", sa.BigInteger, nullable=False),
        sa.Column("end_ns", sa.BigInteger, nullable=False),
        sa.Column("used_ns", sa.BigInteger),
    )
