"""Revision 0005: the purpose and the case of an audited act."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Adds both columns, empty for what was audited before."""
    for name in ("purpose", "case"):
        op.add_column("audit_entries", sa.Column(name, sa.Text, nullable=False, server_default=sa.text("''")))
