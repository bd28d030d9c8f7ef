"""Observations as columns: read series by series, added up by the database where one number is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.domain.columns import Grouping, SeriesColumns, StoredSeries, can_be_added, can_be_put_together
from passerby.domain.intervals import Intervals
from passerby.domain.observations import PERCENTILES, Quantity
from passerby.domain.queries import Bin, ObservationQuery
from passerby.domain.road_user import RoadUser
from passerby.store.databases.backend import Backend
from passerby.store.observations.aggregation import COLUMNS, Aggregation
from passerby.store.observations.percentiles import LongRows, PercentileReader
from passerby.store.observations.rows import ObservationRows
from passerby.store.schema import ALL_USERS, series_keys

_Found = Sequence[Sequence[Any]]


class ColumnReader:
    """Reads columns.

    Args:
        backend: the database.
        intervals: where intervals begin.
    """

    def __init__(self, backend: Backend, intervals: Intervals) -> None:
        self._backend = backend
        self._aggregation = Aggregation(backend)
        self._rows = ObservationRows(backend, intervals)
        self._percentiles = PercentileReader(backend, intervals)

    async def columns(self, query: ObservationQuery, grouping: Grouping) -> tuple[SeriesColumns, ...]:
        """See `Store.columns`."""
        async with self._backend.reading() as connection:
            groups = grouped(await self.named(connection, query), grouping)
            if not groups:
                return ()
            numbers = [number for group in groups.values() for number in group]
            rows = await self._rows.rows(connection, query, numbers)
            if grouping.spans:
                stored = rows.subquery()
                rows = self._aggregation.aggregated(sa.select(*(stored.c[name] for name in COLUMNS)), grouping.spans)
            found = (await connection.execute(self._ordered(rows.subquery(), groups, grouping))).all()
            columns = _in_one(found)
            if grouping.spans or grouping.adds or query.bin is not Bin.MINUTE:
                columns = await self._with_true_percentiles(connection, query, grouping, groups, columns)
        return _by_series(tuple(groups), columns)

    async def _with_true_percentiles(
        self,
        connection: AsyncConnection,
        query: ObservationQuery,
        grouping: Grouping,
        groups: Mapping[StoredSeries, Sequence[int]],
        columns: "_Columns",
    ) -> "_Columns":
        """Returns the rows of all series with true percentiles, where these are known."""
        places = {
            number: place
            for place, (one, numbers) in enumerate(groups.items())
            if one.quantity in PERCENTILES
            for number in numbers
        }
        rows = LongRows(columns.place, columns.start_s, columns.count, columns.value)
        value, estimated = await self._percentiles.true(connection, query, places, rows, grouping.spans)
        return replace(columns, value=value, estimated=estimated)

    async def series(self, query: ObservationQuery) -> tuple[StoredSeries, ...]:
        """See `Store.series`."""
        async with self._backend.reading() as connection:
            return tuple((await self.named(connection, query)).values())

    async def named(self, connection: AsyncConnection, query: ObservationQuery) -> dict[int, StoredSeries]:
        """Returns the series that are asked for by their numbers."""
        key = series_keys.c
        wanted = sa.select(key.key_id, key.camera, key.series, key.quantity, key.road_user, key.direction)
        numbers = await self._rows.numbers(connection, query)
        if numbers is not None:
            wanted = wanted.where(self._backend.among(key.key_id, numbers))
        return {
            number: StoredSeries(
                camera,
                series,
                Quantity(quantity),
                None if road_user == ALL_USERS else RoadUser(road_user),
                direction or None,
            )
            for number, camera, series, quantity, road_user, direction in await connection.execute(wanted)
        }

    def _ordered(
        self, rows: sa.Subquery, groups: Mapping[StoredSeries, Sequence[int]], grouping: Grouping
    ) -> sa.Select[tuple[object, ...]]:
        """Returns rows by group, numbered in order, and by start; of several series of a group one row is made."""
        # Numbers instead of names: a year has 35,000 rows, and the database sorts by them.
        pairs = [(number, place) for place, group in enumerate(groups.values()) for number in group]
        group = self._backend.pairs(pairs, ("key_id", "place"))
        joined = rows.join(group, rows.c.key_id == group.c.key_id)
        place = (group.c.place, rows.c.start_s)
        names = ("value", "error", "count", "watched_s", "reliable", "unexplained")
        if not grouping.adds:
            return sa.select(*place, *(rows.c[name] for name in names)).select_from(joined).order_by(*place)
        # The least watched part, because a sum is known only where all of it was watched.
        smallest, counted = sa.func.min(rows.c.watched_s), sa.cast(sa.func.sum(rows.c.count), sa.BigInteger)
        sums = [place for place, one in enumerate(groups) if can_be_added(one.quantity)]
        weight = sa.func.sum(rows.c.weight)
        value = sa.case(
            (
                sa.not_(self._backend.among(group.c.place, sums)),
                sa.func.sum(rows.c.value * rows.c.weight) / sa.func.nullif(weight, 0.0),
            ),
            (sa.func.count() == sa.func.count(rows.c.value), sa.func.sum(rows.c.value)),
        )
        worst = (smallest, sa.func.min(rows.c.reliable), sa.func.max(rows.c.unexplained))
        summed = sa.select(*place, value, sa.null(), counted, *worst)
        return summed.select_from(joined).group_by(*place).order_by(*place)


def grouped(
    series: Mapping[int, StoredSeries], grouping: Grouping, *, histograms: bool = False
) -> dict[StoredSeries, list[int]]:
    """Returns the numbers of the series that each column is made of, by the names of the columns, in their order.

    Args:
        series: those that there are.
        grouping: what is put together.
        histograms: they are to be merged, as histograms of every quantity can be.
    """
    groups: dict[StoredSeries, list[int]] = {}
    for number, one in series.items():
        if grouping.adds and not (can_be_put_together(one.quantity) or histograms):
            continue
        user = None if grouping.add_classes else one.road_user
        way = None if grouping.add_directions else one.direction
        groups.setdefault(replace(one, road_user=user, direction=way), []).append(number)
    return dict(sorted(groups.items(), key=lambda item: _order(item[0])))


def _order(one: StoredSeries) -> tuple[str, str, str, int, str]:
    """Returns the place of a series: by name, classes in their order with all together last, then the way."""
    user = len(RoadUser) if one.road_user is None else int(one.road_user)
    return one.camera, one.series, one.quantity.value, user, one.direction or ""


@dataclass(frozen=True, slots=True)
class _Columns:
    """The rows of all series, as in `SeriesColumns`; `place`, int64 (N,), says of which series each is."""

    place: npt.NDArray[np.int64]
    start_s: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]
    error: npt.NDArray[np.float64]
    count: npt.NDArray[np.int64]
    watched_s: npt.NDArray[np.float64]
    reliable: npt.NDArray[np.bool_]
    unexplained: npt.NDArray[np.float64]
    estimated: npt.NDArray[np.bool_]


def _in_one(rows: _Found) -> _Columns:
    place, start_s, value, error, count, watched_s, reliable, unexplained = (
        zip(*rows, strict=True) if rows else [()] * 8
    )
    return _Columns(
        np.array(place, np.int64),
        np.array(start_s, np.int64),
        # None becomes NaN.
        np.array(value, np.float64),
        np.array(error, np.float64),
        np.array(count, np.int64),
        np.array(watched_s, np.float64),
        np.array(reliable, np.int64) > 0,
        np.array(unexplained, np.float64),
        np.zeros(len(rows), np.bool_),
    )


def _by_series(series: Sequence[StoredSeries], columns: _Columns) -> tuple[SeriesColumns, ...]:
    begins = np.flatnonzero(np.diff(columns.place, prepend=-1))
    ends = [*begins[1:].tolist(), len(columns.place)]
    return tuple(
        SeriesColumns(
            series[int(columns.place[begin])],
            columns.start_s[begin:end],
            columns.value[begin:end],
            columns.error[begin:end],
            columns.count[begin:end],
            columns.watched_s[begin:end],
            columns.reliable[begin:end],
            columns.estimated[begin:end],
            columns.unexplained[begin:end],
        )
        for begin, end in zip(begins.tolist(), ends, strict=False)
    )
