"""Revision 0002: each camera's newest health report in a table of its own, so that no page looks for it in months."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_COLUMNS = (
    "camera, time_ns, state, since_ns, why, measured, threshold, frames_in, frames_dropped, frames_undecodable, "
    "detect_p50_ms, detect_p95_ms"
)


def upgrade() -> None:
    """Makes the table and fills it from the reports that are there."""
    op.create_table(
        "newest_health",
        sa.Column("camera", sa.Text, primary_key=True),
        sa.Column("time_ns", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("since_ns", sa.BigInteger, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("measured", sa.Double),
        sa.Column("threshold", sa.Double),
        sa.Column("frames_in", sa.BigInteger, nullable=False),
        sa.Column("frames_dropped", sa.BigInteger, nullable=False),
        sa.Column("frames_undecodable", sa.BigInteger, nullable=False),
        sa.Column("detect_p50_ms", sa.Double),
        sa.Column("detect_p95_ms", sa.Double),
    )
    op.execute(
        f"INSERT INTO newest_health ({_COLUMNS}) SELECT {_COLUMNS} FROM camera_health AS report "  # noqa: S608  # nosec B608
        "WHERE time_ns = (SELECT max(time_ns) FROM camera_health AS other WHERE other.camera = report.camera)"
    )
