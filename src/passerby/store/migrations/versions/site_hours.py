"""Revision 0004: hours begin by the site's own clock; those that began by UTC are made anew from their quarters.

Where the clock is ahead of UTC by whole hours nothing changes. Elsewhere (India, Nepal, parts of Australia) the hours
that are wrong are deleted and marked as due: until the service has rolled them up, they are read from their quarters.
Hours older than the oldest quarter cannot be made anew. They stay as they are, and say when they begin.
"""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from passerby.domain.intervals import Interval, Intervals

revision = "0004"
down_revision = "0003"

_HOUR_S = 3600


def upgrade() -> None:
    """Deletes the hours of another clock, and marks those of the site's as due."""
    connection = op.get_bind()
    zone = connection.execute(sa.text("SELECT value FROM store_settings WHERE name = 'zone'")).scalar()
    if zone is None:
        return
    intervals = Intervals(ZoneInfo(zone))
    hours = _starts(connection, "SELECT DISTINCT start_s FROM observations_3600")
    marks = _starts(connection, "SELECT DISTINCT start_s FROM roll_up_due WHERE length_s = 3600")
    wrong_hours, wrong_marks = ({one for one in found if not _same(intervals, one)} for found in (hours, marks))
    if not wrong_hours and not wrong_marks:
        return
    quarters = connection.execute(
        sa.text(
            "SELECT DISTINCT quarter.start_s, series_keys.camera FROM observations_900 AS quarter "
            "JOIN series_keys ON series_keys.key_id = quarter.key_id"
        )
    ).all()
    oldest_s = min((start_s for start_s, _ in quarters), default=None)
    if oldest_s is not None:
        _delete_hours(connection, sorted(one for one in wrong_hours if one + _HOUR_S > oldest_s))
    due = {(intervals.around(_HOUR_S, start_s).start_s, camera) for start_s, camera in quarters
           if not _same(intervals, start_s - start_s % _HOUR_S)}  # fmt: skip
    _replace_marks(connection, wrong_marks, due)


def _starts(connection: sa.Connection, query: str) -> set[int]:
    return set(connection.execute(sa.text(query)).scalars())


def _same(intervals: Intervals, start_s: int) -> bool:
    """Whether an hour of UTC is one of the site's clock."""
    return intervals.around(_HOUR_S, start_s) == Interval(start_s, start_s + _HOUR_S)


def _delete_hours(connection: sa.Connection, starts_s: list[int]) -> None:
    """Deletes by stretches of hours: the table lies by series, so that each statement reads all of it."""
    stretches: list[list[int]] = []
    for start_s in starts_s:
        if stretches and start_s - stretches[-1][1] <= _HOUR_S:
            stretches[-1][1] = start_s
        else:
            stretches.append([start_s, start_s])
    gone = sa.text("DELETE FROM observations_3600 WHERE start_s BETWEEN :first AND :last")
    for first, last in stretches:
        connection.execute(gone, {"first": first, "last": last})


def _replace_marks(connection: sa.Connection, wrong_s: Iterable[int], due: Iterable[tuple[int, str]]) -> None:
    gone = [{"start_s": start_s} for start_s in wrong_s]
    if gone:
        connection.execute(sa.text("DELETE FROM roll_up_due WHERE length_s = 3600 AND start_s = :start_s"), gone)
    rows = [{"start_s": start_s, "camera": camera} for start_s, camera in sorted(due)]
    if rows:
        connection.execute(
            sa.text(
                "INSERT INTO roll_up_due (length_s, start_s, camera) VALUES (3600, :start_s, :camera) "
                "ON CONFLICT DO NOTHING"
            ),
            rows,
        )
