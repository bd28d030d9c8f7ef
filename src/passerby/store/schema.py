"""The tables, as the newest migration leaves them.

A series (camera, place, quantity, class, direction) has a number, and the long tables hold numbers only: that makes a
minute's row some 40 bytes. Minutes lie in the order in which they come (start first), so that writing appends; longer
intervals lie by series, so that a chart reads one stretch of the index.
"""

from typing import Final

import sqlalchemy as sa

from passerby.domain.queries import Bin
from passerby.units import DAY_S, NS_PER_S

ALL_USERS = -1
"""`road_user` of all classes together: NULL would not be equal to itself in a unique key."""

NO_DIRECTION = ""
"""`direction` of what has no way."""

tables = sa.MetaData()

series_keys = sa.Table(
    "series_keys",
    tables,
    sa.Column("key_id", sa.Integer, primary_key=True),
    sa.Column("camera", sa.Text, nullable=False),
    sa.Column("series", sa.Text, nullable=False),
    sa.Column("quantity", sa.Text, nullable=False),
    sa.Column("road_user", sa.SmallInteger, nullable=False),
    sa.Column("direction", sa.Text, nullable=False),
    sa.Column("fold", sa.SmallInteger, nullable=False),
    sa.UniqueConstraint("camera", "series", "quantity", "road_user", "direction", name="series_keys_natural"),
)


def _reliable() -> sa.Column[int]:
    """1 or 0, and not a boolean, because a long interval is as reliable as its least reliable minute: min()."""
    return sa.Column("reliable", sa.SmallInteger, nullable=False, server_default=sa.text("1"))


def _bins() -> sa.Column[bytes]:
    """The values as a histogram, of quantities that carry one (see `store.observations.bins`)."""
    return sa.Column("bins", sa.LargeBinary)


def _unexplained() -> sa.Column[float]:
    """The share of steady motion that no detection explains; of a long interval its mean over the watched time."""
    return sa.Column("unexplained", sa.Double, nullable=False, server_default=sa.text("0"))


minutes = sa.Table(
    "observations_60",
    tables,
    sa.Column("start_s", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("key_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("value", sa.Double),
    sa.Column("error", sa.Double),
    sa.Column("count", sa.BigInteger, nullable=False),
    sa.Column("coverage", sa.Double, nullable=False),
    _reliable(),
    _bins(),
    _unexplained(),
    sqlite_with_rowid=False,
    postgresql_partition_by="RANGE (start_s)",
)


def _roll_up_table(name: str) -> sa.Table:
    return sa.Table(
        name,
        tables,
        sa.Column("key_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("start_s", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("value", sa.Double),
        sa.Column("weight", sa.Double, nullable=False),
        sa.Column("error", sa.Double),
        sa.Column("error_weight", sa.Double, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("watched_s", sa.Double, nullable=False),
        _reliable(),
        _bins(),
        _unexplained(),
        sqlite_with_rowid=False,
        postgresql_partition_by="RANGE (start_s)",
    )


roll_ups = {
    Bin.QUARTER: _roll_up_table("observations_900"),
    Bin.HOUR: _roll_up_table("observations_3600"),
    Bin.DAY: _roll_up_table("observations_86400"),
}

roll_up_due = sa.Table(
    "roll_up_due",
    tables,
    sa.Column("length_s", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("start_s", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("camera", sa.Text, primary_key=True),
    sqlite_with_rowid=False,
)

place_events = sa.Table(
    "place_events",
    tables,
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
    sa.Column("group_id", sa.Text, nullable=False, index=True, server_default=""),
    sa.Column("silent", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
    sa.Column("noticed", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
)
"""The newest report of each event; `samples` is JSON, [[time_ns, value], ...]. `noticed`: what of it has been looked at
for recipients, 0 nothing, 1 that it was raised, 2 all; no report of the camera changes it."""

NEWS: Final = sa.text("noticed < 2")
sa.Index("place_events_news", place_events.c.noticed, sqlite_where=NEWS, postgresql_where=NEWS)

notices = sa.Table(
    "notices",
    tables,
    sa.Column("notice_id", sa.Text, primary_key=True),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("made_ns", sa.BigInteger, nullable=False, index=True),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("due_ns", sa.BigInteger, nullable=False),
    sa.Column("give_up_ns", sa.BigInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("ended_ns", sa.BigInteger),
    sa.Column("fault", sa.Text, nullable=False),
    sa.Index("notices_by_recipient", "recipient", "state"),
)
"""What goes to recipients; `content` is JSON, as it is delivered."""

notified_events = sa.Table(
    "notified_events",
    tables,
    sa.Column("recipient", sa.Text, primary_key=True),
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("what", sa.Text, primary_key=True),
    sa.Column("notice_id", sa.Text, nullable=False, index=True),
    sa.Column("time_ns", sa.BigInteger, nullable=False),
)
"""Which recipient is notified of which event, each once; `notice_id` is empty while that is kept back for a summary."""

profile_switch = sa.Table(
    "profile_switch",
    tables,
    sa.Column("one", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("profiles", sa.Text, nullable=False),
    sa.Column("until_ns", sa.BigInteger, nullable=False),
)
"""What an operator has switched last, in one row; `profiles` is a JSON list of names."""

event_decisions = sa.Table(
    "event_decisions",
    tables,
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
"""What people decided about events; it goes with its event."""

event_replays = sa.Table(
    "event_replays",
    tables,
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("camera", sa.Text, nullable=False, index=True),
    sa.Column("time_ns", sa.BigInteger, nullable=False, index=True),
    sa.Column("box", sa.LargeBinary, nullable=False),
)
"""Encrypted replays of events; in no backup."""

NOT_IN_BACKUPS = (event_replays,)
"""What a backup leaves out: it would outlive its time there."""


def _health_columns() -> list[sa.Column[object]]:
    return [
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
    ]


camera_health = sa.Table(
    "camera_health",
    tables,
    sa.Column("time_ns", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("camera", sa.Text, primary_key=True),
    *_health_columns(),
    sqlite_with_rowid=False,
    postgresql_partition_by="RANGE (time_ns)",
)

newest_health = sa.Table(
    "newest_health",
    tables,
    sa.Column("camera", sa.Text, primary_key=True),
    sa.Column("time_ns", sa.BigInteger, nullable=False),
    *_health_columns(),
)

audit_logs = sa.Table(
    "audit_logs",
    tables,
    sa.Column("log_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("start_ns", sa.BigInteger, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("fault", sa.Text, nullable=False),
)
"""Logs of audited acts; the last one is appended to, as long as its `fault` is empty."""

audit_leaves = sa.Table(
    "audit_leaves",
    tables,
    sa.Column("log_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("leaf_index", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("content", sa.LargeBinary),
    sa.Column(
        "time", sa.LargeBinary, sa.Computed("substr(content, length(content) - 31, 30)", persisted=True), index=True
    ),
    sqlite_with_rowid=False,
)
"""Salt and canonical JSON of each entry, NULL once erased. The time is the JSON's own: the two cannot differ."""

audit_tiles = sa.Table(
    "audit_tiles",
    tables,
    sa.Column("log_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("level", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hashes", sa.LargeBinary, nullable=False),
)

audit_checkpoints = sa.Table(
    "audit_checkpoints",
    tables,
    sa.Column("log_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("time_ns", sa.BigInteger, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
)

configuration_versions = sa.Table(
    "configuration_versions",
    tables,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("time_ns", sa.BigInteger, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)

register_versions = sa.Table(
    "register_versions",
    tables,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("time_ns", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)

cases = sa.Table(
    "cases",
    tables,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("reference_sha256", sa.Text, nullable=False, unique=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("time_ns", sa.BigInteger, nullable=False),
    sa.Column("due_ns", sa.BigInteger, nullable=False),
    sa.Column("box", sa.LargeBinary, nullable=False),
    sa.Column("answered_ns", sa.BigInteger),
    sa.Column("answer", sa.LargeBinary),
)

hand_counts = sa.Table(
    "hand_counts",
    tables,
    sa.Column("validation_id", sa.Text, primary_key=True),
    sa.Column("camera", sa.Text, nullable=False, index=True),
    sa.Column("line", sa.Text, nullable=False),
    sa.Column("line_version", sa.Text, nullable=False),
    sa.Column("counted_from", sa.Text, nullable=False),
    sa.Column("start_ns", sa.BigInteger, nullable=False),
    sa.Column("end_ns", sa.BigInteger, nullable=False),
    sa.Column("road_users", sa.Text, nullable=False),
    sa.Column("minutes", sa.Text, nullable=False),
    sa.Column("whole_s", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("sent_ns", sa.BigInteger, nullable=False),
    sa.Column("clock_error_s", sa.Double, nullable=False),
    sa.Column("void", sa.Text, nullable=False),
    sa.Column("pairs", sa.Text),
    sa.Column("withdrawn_ns", sa.BigInteger),
    sa.Column("withdrawn_by", sa.Text, nullable=False),
)

published_counters = sa.Table(
    "published_counters",
    tables,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("counter_id", sa.Text, nullable=False),
    sa.Column("camera", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("way_names", sa.Text, nullable=False),
    sa.Column("class_groups", sa.Text, nullable=False),
    sa.Column("sensitive", sa.SmallInteger, nullable=False),
    sa.Column("geometry", sa.Text, nullable=False),
    sa.Column("began_ns", sa.BigInteger, nullable=False),
    sa.Column("ended_ns", sa.BigInteger),
    sa.UniqueConstraint("counter_id", name="published_counters_id"),
)

published_bins = sa.Table(
    "published_bins",
    tables,
    sa.Column("counter", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("from_ns", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("to_ns", sa.BigInteger, nullable=False, index=True),
    sa.Column("coverage", sa.Double, nullable=False),
    sa.Column("noisy", sa.Text),
)
"""One row holds all numbers of a bin of a counter with their noise, so that they are stored together; null is a gap."""

sent_numbers = sa.Table(
    "sent_numbers",
    tables,
    sa.Column("outlet", sa.Text, primary_key=True),
    sa.Column("counter_id", sa.Text, primary_key=True),
    sa.Column("until_ns", sa.BigInteger, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
)
"""How far each outlet has been sent a counter's bins, and the topic at which a broker keeps the newest."""

deletion_runs = sa.Table(
    "deletion_runs",
    tables,
    sa.Column("run_id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("time_ns", sa.BigInteger, nullable=False),
    sa.Column("cutoff_ns", sa.BigInteger, nullable=False),
    sa.Column("deleted", sa.BigInteger, nullable=False),
)

store_settings = sa.Table(
    "store_settings",
    tables,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

PARTITION_SPANS = {
    "observations_60": DAY_S,
    "minute_parts": DAY_S,
    "observations_900": 30 * DAY_S,
    "observations_3600": 360 * DAY_S,
    "observations_86400": 3600 * DAY_S,
    "camera_health": 7 * DAY_S * NS_PER_S,
}
"""How much of its own time column one PostgreSQL partition of a table holds, in that column's unit."""
