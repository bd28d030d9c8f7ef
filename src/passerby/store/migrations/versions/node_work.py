"""Revision 0020: which machines are drained, and what each reports of its work; until now none was and did."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

COLUMNS = {
    "drained_ns": sa.BigInteger,
    "cameras": sa.Integer,
    "workers": sa.Integer,
    "outbox_rows": sa.BigInteger,
    "reported_ns": sa.BigInteger,
}


def upgrade() -> None:
    """Adds columns; a hub of the release before leaves them as they are."""
    for name, kind in COLUMNS.items():
        op.add_column("fleet_nodes", sa.Column(name, kind))
