"""Revision 0009: place-safety events and what was decided about them; alerts become closed events."""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Makes both tables, moves the alerts, and renames their limit in the record of deletion runs."""
    _make_tables()
    connection = op.get_bind()
    alerts = connection.execute(sa.text("SELECT * FROM alerts ORDER BY alert_id")).mappings().all()
    if alerts:
        rows = [_event_of(alert) for alert in alerts]
        names = ", ".join(rows[0])
        values = ", ".join(f":{name}" for name in rows[0])
        connection.execute(sa.text(f"INSERT INTO place_events ({names}) VALUES ({values})"), rows)  # noqa: S608  # nosec B608
    op.drop_table("alerts")
    op.execute("UPDATE deletion_runs SET kind = 'events' WHERE kind = 'alerts'")


def _event_of(alert: sa.RowMapping) -> dict[str, object]:
    """The event that an alert was: over in the moment in which it was raised."""
    time_ns, value = alert["time_ns"], alert["value"]
    # With the place, which an event's number leaves out: two alerts of one rule and moment differed in it alone.
    named = "\n".join((alert["camera"], alert["rule"], alert["place"], str(time_ns)))
    return {
        "event_id": hashlib.sha256(named.encode()).hexdigest()[:32],
        "camera": alert["camera"],
        "rule": alert["rule"],
        "kind": "mass_viewing" if alert["rule"] == "mass-viewing" else "overcrowding",
        "place": "" if alert["rule"] == "mass-viewing" else alert["place"],
        "severity": "warning",
        "state": "closed",
        **dict.fromkeys(("start_ns", "raised_ns", "updated_ns", "end_ns"), time_ns),
        **dict.fromkeys(("value", "peak"), value),
        "threshold": alert["threshold"],
        "unit": "/h" if alert["rule"] == "mass-viewing" else alert["unit"],
        "at_least": 0,
        "samples": json.dumps([[time_ns, value]]),
        "confidence": None,
        "coverage": 1.0,
        "why": alert["why"],
    }


def _make_tables() -> None:
    op.create_table(
        "place_events",
        sa.Column("event_id", sa.Text, primary_key=True),
        sa.Column("camera", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("start_ns", sa.BigInteger, nullable=False, index=True),
        sa.Column("raised_ns", sa.BigInteger, nullable=False),
        sa.Column("updated_ns", sa.BigInteger, nullable=False, index=True),
        sa.Column("end_ns", sa.BigInteger),
        sa.Column("value", sa.Double),
        sa.Column("peak", sa.Double, nullable=False),
        sa.Column("threshold", sa.Double, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("at_least", sa.SmallInteger, nullable=False),
        sa.Column("samples", sa.Text, nullable=False),
        sa.Column("confidence", sa.Double),
        sa.Column("coverage", sa.Double, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
    )
    op.create_table(
        "event_decisions",
        sa.Column("decision_id", sa.Integer, primary_key=True),
        sa.Column("event_id", sa.Text, nullable=False, index=True),
        sa.Column("time_ns", sa.BigInteger, nullable=False),
        sa.Column("account", sa.Text, nullable=False, index=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("assigned_to", sa.Text, nullable=False),
        sa.Column("until_ns", sa.BigInteger),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )
