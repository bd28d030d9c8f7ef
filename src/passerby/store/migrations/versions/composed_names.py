"""Revision 0007: names that were stored decomposed (NFD) are composed (NFC), as those of today's site files are.

A series whose composed twin is there as well becomes one with it. Where both have the same minute, the better watched
one stays, as with every minute that is stored twice. Of longer intervals both parts are added up, unless together they
were watched for longer than the interval is.
"""

import unicodedata
from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

from passerby.domain.intervals import Aggregate, Combination

revision = "0007"
down_revision = "0006"

_ROLL_UPS = {"observations_900": 900, "observations_3600": 3600, "observations_86400": 86400}
_PARTS = "value, weight, error, error_weight, count, watched_s, reliable"


def upgrade() -> None:
    """Composes every stored name of a camera, line, zone or movement."""
    connection = op.get_bind()
    _compose_series(connection)
    _compose(connection, "roll_up_due", ("camera",), ("length_s", "start_s"))
    _compose(connection, "alerts", ("camera", "place"), ("time_ns", "rule"))
    _compose(connection, "camera_health", ("camera",), ("time_ns",))
    _compose(connection, "newest_health", ("camera",), ())


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _compose_series(connection: sa.Connection) -> None:
    rows = connection.execute(sa.text("SELECT * FROM series_keys ORDER BY key_id")).mappings().all()
    rest = {(row["quantity"], row["road_user"], row["direction"], row["camera"], row["series"]): row for row in rows}
    for row in rows:
        names = _nfc(row["camera"]), _nfc(row["series"])
        if names == (row["camera"], row["series"]):
            continue
        key = (row["quantity"], row["road_user"], row["direction"], *names)
        twin = rest.get(key)
        if twin is None:
            rest[key] = row
            connection.execute(
                sa.text("UPDATE series_keys SET camera = :camera, series = :series WHERE key_id = :key_id"),
                {"camera": names[0], "series": names[1], "key_id": row["key_id"]},
            )
        else:
            _unite(connection, row["key_id"], twin["key_id"], Combination(row["fold"]))


def _unite(connection: sa.Connection, old: int, new: int, combination: Combination) -> None:
    """Gives all intervals of a series to its twin."""
    both = {"old": old, "new": new}
    worse = (
        "DELETE FROM observations_60 WHERE key_id = :{} AND EXISTS (SELECT 1 FROM observations_60 AS other WHERE "
        "other.key_id = :{} AND other.start_s = observations_60.start_s AND other.coverage {} observations_60.coverage)"
    )
    connection.execute(sa.text(worse.format("new", "old", ">")), both)
    connection.execute(sa.text(worse.format("old", "new", ">=")), both)
    for table, length_s in _ROLL_UPS.items():
        _add_up(connection, table, length_s, both, combination)
    for table in ("observations_60", *_ROLL_UPS):
        connection.execute(sa.text(f"UPDATE {table} SET key_id = :new WHERE key_id = :old"), both)  # noqa: S608  # nosec B608
    connection.execute(sa.text("DELETE FROM series_keys WHERE key_id = :old"), {"old": old})


def _add_up(
    connection: sa.Connection, table: str, length_s: int, both: Mapping[str, int], combination: Combination
) -> None:
    """Adds up the long intervals that both series have, under the new one's number."""
    wanted = sa.text(f"SELECT start_s, {_PARTS} FROM {table} WHERE key_id = :key_id")  # noqa: S608  # nosec B608
    there = {
        row["start_s"]: _aggregate(row) for row in connection.execute(wanted, {"key_id": both["new"]}).mappings().all()
    }
    for row in connection.execute(wanted, {"key_id": both["old"]}).mappings().all():
        other, one = there.get(row["start_s"]), _aggregate(row)
        if other is None:
            continue
        apart = one.watched_s + other.watched_s <= length_s * 1.1  # a day may have 25 hours
        longer = other if other.watched_s >= one.watched_s else one
        whole = one.plus(other, combination) if apart else longer
        place = {"start_s": row["start_s"], "key_id": both["old"]}
        connection.execute(sa.text(f"DELETE FROM {table} WHERE key_id = :key_id AND start_s = :start_s"), place)  # noqa: S608  # nosec B608
        values = {name.strip(): getattr(whole, name.strip()) for name in _PARTS.split(",")}
        sets = ", ".join(f"{name} = :{name}" for name in values)
        connection.execute(
            sa.text(f"UPDATE {table} SET {sets} WHERE key_id = :key_id AND start_s = :start_s"),  # noqa: S608  # nosec B608
            {**values, "reliable": int(whole.reliable), "start_s": row["start_s"], "key_id": both["new"]},
        )


def _aggregate(row: sa.RowMapping) -> Aggregate:
    parts = {name.strip(): row[name.strip()] for name in _PARTS.split(",")}
    return Aggregate(**{**parts, "reliable": bool(parts["reliable"])})


def _compose(connection: sa.Connection, table: str, names: tuple[str, ...], key: tuple[str, ...]) -> None:
    """Composes names that are part of a key; a row whose composed twin is there goes."""
    every = connection.execute(sa.text(f"SELECT DISTINCT {', '.join(names)} FROM {table}")).all()  # noqa: S608  # nosec B608
    for found in every:
        if tuple(map(_nfc, found)) == tuple(found):
            continue
        before = dict(zip((f"old_{name}" for name in names), found, strict=True))
        after = dict(zip((f"new_{name}" for name in names), map(_nfc, found), strict=True))
        mine = " AND ".join(f"{table}.{name} = :old_{name}" for name in names)
        its = " AND ".join(
            [*(f"twin.{one} = {table}.{one}" for one in key), *(f"twin.{one} = :new_{one}" for one in names)]
        )
        twice = f"DELETE FROM {table} WHERE {mine} AND EXISTS (SELECT 1 FROM {table} AS twin WHERE {its})"  # noqa: S608  # nosec B608
        sets = ", ".join(f"{name} = :new_{name}" for name in names)
        connection.execute(sa.text(twice), {**before, **after})
        connection.execute(sa.text(f"UPDATE {table} SET {sets} WHERE {mine}"), {**before, **after})  # noqa: S608  # nosec B608
