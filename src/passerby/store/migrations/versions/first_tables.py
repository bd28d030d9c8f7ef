"""Revision 0001: observations and their roll-ups, alerts, health, audit, configurations, deletion runs."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes the first tables."""
    _series()
    _intervals()
    _events()
    _records()


def _series() -> None:
    op.create_table(
        "series_keys",
        sa.Column("key_id", sa.Integer, primary_key=True),
        sa.Column("camera", sa.Text, nullable=False),
        sa.Column("series", sa.Text, nullable=False),
        sa.Column("quantity", sa.Text, nullable=False),
        sa.Column("road_user", sa.SmallInteger, nullable=False),
        sa.Column("direction", sa.Text, nullable=False),
        sa.Column("fold", sa.SmallInteger, nullable=False),
        sa.UniqueConstraint("camera", "series", "quantity", "road_user", "direction", name="series_keys_natural"),
    )


def _intervals() -> None:
    op.create_table(
        "observations_60",
        sa.Column("start_s", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("key_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("value", sa.Double),
        sa.Column("error", sa.Double),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("coverage", sa.Double, nullable=False),
        sqlite_with_rowid=False,
        postgresql_partition_by="RANGE (start_s)",
    )
    for name in ("observations_900", "observations_3600", "observations_86400"):
        op.create_table(
            name,
            sa.Column("key_id", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("start_s", sa.BigInteger, primary_key=True, autoincrement=False),
            sa.Column("value", sa.Double),
            sa.Column("weight", sa.Double, nullable=False),
            sa.Column("error", sa.Double),
            sa.Column("error_weight", sa.Double, nullable=False),
            sa.Column("count", sa.BigInteger, nullable=False),
            sa.Column("watched_s", sa.Double, nullable=False),
            sqlite_with_rowid=False,
            postgresql_partition_by="RANGE (start_s)",
        )
    op.create_table(
        "roll_up_due",
        sa.Column("length_s", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("start_s", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("camera", sa.Text, primary_key=True),
        sqlite_with_rowid=False,
    )


def _events() -> None:
    op.create_table(
        "alerts",
        sa.Column("alert_id", sa.Integer, primary_key=True),
        sa.Column("time_ns", sa.BigInteger, nullable=False),
        sa.Column("camera", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("value", sa.Double, nullable=False),
        sa.Column("threshold", sa.Double, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.UniqueConstraint("time_ns", "camera", "rule", "place", name="alerts_natural"),
    )
    op.create_table(
        "camera_health",
        sa.Column("time_ns", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("camera", sa.Text, primary_key=True),
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
        sqlite_with_rowid=False,
        postgresql_partition_by="RANGE (time_ns)",
    )


def _records() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("entry_id", sa.Integer, primary_key=True),
        sa.Column("time_ns", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index("ix_audit_entries_time_ns", "audit_entries", ["time_ns"])
    op.create_table(
        "configuration_versions",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("time_ns", sa.BigInteger, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_table(
        "deletion_runs",
        sa.Column("run_id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("time_ns", sa.BigInteger, nullable=False),
        sa.Column("cutoff_ns", sa.BigInteger, nullable=False),
        sa.Column("deleted", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "store_settings",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
