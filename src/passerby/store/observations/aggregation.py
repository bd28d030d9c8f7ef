"""Aggregation of short intervals to long ones as one SELECT, which writes roll-ups and answers queries alike.

It is `domain.intervals.Aggregate` in SQL; a test holds the two against each other. Each row carries the weights that
its value and its error stand on: the value of a long interval is the same, made from minutes or from quarters.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from passerby.domain.intervals import Combination, Interval
from passerby.domain.queries import Bin
from passerby.store.databases.backend import Backend
from passerby.store.schema import minutes, roll_ups, series_keys

COLUMNS = ("key_id", "start_s", "value", "weight", "error", "error_weight", "count", "watched_s", "reliable",
           "unexplained")  # fmt: skip
"""The columns of every query of this module."""


class Aggregation:
    """Composes the SELECTs.

    Args:
        backend: the database.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def stored(self, length: Bin) -> sa.Select[tuple[object, ...]]:
        """Returns the rows of a length as they are stored; minutes get their weight here."""
        if length is not Bin.MINUTE:
            return sa.select(*(roll_ups[length].c[name] for name in COLUMNS))
        watched_s = minutes.c.coverage * float(Bin.MINUTE)
        weight = sa.case(
            (minutes.c.value.is_(None), 0.0),
            (series_keys.c.fold == int(Combination.MEAN_OVER_TIME), watched_s),
            # A value that was measured on no road user is one value all the same.
            (minutes.c.count < 1, 1.0),
            else_=sa.cast(minutes.c.count, sa.Double),
        )
        error_weight = sa.case((minutes.c.error.is_(None), 0.0), else_=weight)
        return sa.select(
            minutes.c.key_id,
            minutes.c.start_s,
            minutes.c.value,
            weight.label("weight"),
            minutes.c.error,
            error_weight.label("error_weight"),
            minutes.c.count,
            watched_s.label("watched_s"),
            minutes.c.reliable,
            minutes.c.unexplained,
        ).join_from(minutes, series_keys, minutes.c.key_id == series_keys.c.key_id)

    def aggregated(
        self, rows: sa.Select[tuple[object, ...]], intervals: Sequence[Interval]
    ) -> sa.Select[tuple[object, ...]]:
        """Returns rows with `COLUMNS`, aggregated to one for each series and interval.

        Args:
            rows: of shorter intervals, each within one of the intervals or in none.
            intervals: the long ones.
        """
        spans = self._backend.pairs([(each.start_s, each.end_s) for each in intervals], ("from_s", "to_s"))
        part = rows.subquery()
        combination = series_keys.c.fold
        weight = sa.func.sum(part.c.weight)
        value = sa.case(
            (combination == int(Combination.SUM), sa.func.sum(part.c.value)),
            (combination == int(Combination.HIGHEST), sa.func.max(part.c.value)),
            else_=sa.func.sum(part.c.value * part.c.weight) / sa.func.nullif(weight, 0.0),
        )
        # The calibration's share of an error does not average out, so a mean is no more certain than one typical value.
        error_weight = sa.func.sum(part.c.error_weight)
        error = sa.func.sum(part.c.error * part.c.error_weight) / sa.func.nullif(error_weight, 0.0)
        watched_s = sa.func.sum(part.c.watched_s)
        unexplained = sa.func.sum(part.c.unexplained * part.c.watched_s) / sa.func.nullif(watched_s, 0.0)
        within = sa.and_(part.c.start_s >= spans.c.from_s, part.c.start_s < spans.c.to_s)
        return (
            sa.select(
                part.c.key_id,
                spans.c.from_s.label("start_s"),
                value.label("value"),
                weight.label("weight"),
                error.label("error"),
                error_weight.label("error_weight"),
                sa.cast(sa.func.sum(part.c.count), sa.BigInteger).label("count"),
                watched_s.label("watched_s"),
                sa.func.min(part.c.reliable).label("reliable"),
                sa.func.coalesce(unexplained, 0.0).label("unexplained"),
            )
            .select_from(spans.join(part, within).join(series_keys, part.c.key_id == series_keys.c.key_id))
            .group_by(part.c.key_id, spans.c.from_s, combination)
        )
