"""The answer for a chart: stored columns put on common bins, as JSON, compressed where the client takes it."""

import asyncio
import gzip
import json
import math
from collections.abc import AsyncIterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from starlette.responses import Response

from passerby.domain.chart_bins import ChartBin
from passerby.domain.columns import SeriesColumns
from passerby.domain.intervals import COMBINATIONS, Combination, SiteClock
from passerby.domain.observations import Observation, Quantity
from passerby.tables.observation_parquet import ParquetTable
from passerby.tables.observation_table import CsvTable
from passerby.units import DAY_S, NS_PER_S
from passerby.web.hub import Hub
from passerby.web.routes.measured.formats import direction_names, measured_from_ns
from passerby.web.routes.measured.true_series import TrueSeries, total_of
from passerby.web.rows import road_user_word

MAX_ROWS: Final = 600_000
"""Stored rows that one answer may be made from: a year of a line by the quarter-hour, of six classes, is 420,500."""

_NORMAL_95: Final = 1.96
"""Standard errors on each side of a value that make its 95 % interval (normal distribution)."""

COMPRESSION: Final = 4
"""Of gzip's nine: a year's columns become 14 times smaller; 9 takes five times as long for a tenth less."""

_DIGITS: Final = 6

_Numbers = npt.NDArray[np.float64]


class ChartAnswer:
    """Writes the answer.

    Args:
        hub: the service.
        bin_: the bins.
        bounds: int64 (N + 1,), UTC seconds at which they begin, and at which the last one ends.
        true: the true crossings of series.
    """

    def __init__(self, hub: Hub, bin_: ChartBin, bounds: npt.NDArray[np.int64], true: TrueSeries) -> None:
        self._hub = hub
        self._bin = bin_
        self._bounds = bounds
        self._true = true
        self._lengths_s = np.diff(bounds)
        self._names = direction_names(hub)

    def response(self, found: Sequence[SeriesColumns], accept_encoding: str) -> Response:
        """Returns it."""
        now_s = self._hub.clock() // NS_PER_S
        content = {
            "bin": self._bin.value,
            "time_zone": self._hub.plan.time_zone,
            **self._times(),
            "made_up_before_s": measured_from_ns(self._hub) // NS_PER_S or None,
            "now_s": now_s,
            "kept_from_s": max(0, now_s - self._hub.plan.retention.days(self._bin.kept_as) * DAY_S),
            "offsets": self._offsets(),
            "rows": [self._row(columns) for columns in found],
            "after": None,
        }
        body = json.dumps(content, allow_nan=False, separators=(",", ":")).encode("utf-8")
        headers = {"Vary": "Accept, Accept-Encoding"}
        if takes_gzip(accept_encoding):
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body, COMPRESSION, mtime=0)
        return Response(body, media_type="application/json", headers=headers)

    async def table(self, found: Sequence[SeriesColumns], table: CsvTable | ParquetTable) -> AsyncIterator[bytes]:
        """Yields the parts of a table of the same numbers, a series each."""
        for columns in found:
            yield await asyncio.to_thread(table.page, self._observations(columns))
        yield await asyncio.to_thread(table.page, ())
        yield await asyncio.to_thread(table.end)

    def _observations(self, columns: SeriesColumns) -> list[Observation]:
        series = columns.series
        lengths_s = self._lengths_s[np.searchsorted(self._bounds, columns.start_s)]
        coverage = np.minimum(1.0, columns.watched_s / lengths_s)
        return [
            Observation(
                series.camera,
                series.series,
                series.quantity,
                series.road_user,
                series.direction,
                start_s * NS_PER_S,
                length_s,
                None if math.isnan(value) else value,
                count,
                watched,
                None if math.isnan(error) else error,
                reliable,
                None,
                estimated,
                unexplained,
            )
            for start_s, length_s, value, count, watched, error, reliable, estimated, unexplained in zip(
                *(
                    column.tolist()
                    for column in (
                        columns.start_s, lengths_s, columns.value, columns.count, coverage, columns.error,
                        columns.reliable, columns.estimated, columns.unexplained,
                    )
                ),
                strict=True,
            )
        ]  # fmt: skip

    def _times(self) -> dict[str, object]:
        even = bool((self._lengths_s == self._lengths_s[0]).all())
        return {
            "first_s": int(self._bounds[0]),
            "step_s": int(self._lengths_s[0]) if even else None,
            "starts_s": None if even else self._bounds.tolist(),
            "count": len(self._lengths_s),
        }

    def _offsets(self) -> list[dict[str, int]]:
        clock = SiteClock.of(self._hub.zone, int(self._bounds[0]), int(self._bounds[-1]))
        return [
            {"from_s": from_s, "offset_s": offset_s}
            for from_s, offset_s in zip(clock.from_s, clock.offset_s, strict=True)
        ]

    def _row(self, columns: SeriesColumns) -> dict[str, object]:
        series = columns.series
        places = np.searchsorted(self._bounds, columns.start_s)
        value, error = self._on_bins(places, columns.value), self._on_bins(places, columns.error)
        watched_s = np.nan_to_num(self._on_bins(places, columns.watched_s))
        coverage = np.minimum(1.0, watched_s / self._lengths_s)
        lower: list[float | int | None] | None = None
        upper: list[float | int | None] | None = None
        true = self._true.of(columns)
        if true is not None:
            lower, upper = numbers(self._on_bins(places, true.low)), numbers(self._on_bins(places, true.high))
        elif not np.isnan(error).all():
            lower, upper = (
                numbers(end) for end in (np.maximum(0.0, value - _NORMAL_95 * error), value + _NORMAL_95 * error)
            )
        return {
            "camera": series.camera,
            "series": series.series,
            "quantity": series.quantity.value,
            "unit": series.quantity.unit,
            "road_user": road_user_word(series.road_user),
            "direction": series.direction,
            "direction_name": self._names.names.get((series.camera, series.series, series.direction or "")),
            "value": numbers(value),
            "count": self._counts(places, columns.count),
            "coverage": numbers(coverage),
            "unexplained": numbers(np.nan_to_num(self._on_bins(places, columns.unexplained))),
            "lower": lower,
            "upper": upper,
            "basis": None if true is None else true.basis,
            "total": None if true is None or not _adds_up(series.quantity) else total_of(columns, true),
            "unreliable": places[~columns.reliable].tolist(),
            "estimated": places[columns.estimated].tolist(),
        }

    def _counts(self, places: npt.NDArray[np.intp], counts: npt.NDArray[np.int64]) -> list[int]:
        whole = np.zeros(len(self._lengths_s), np.int64)
        whole[places] = counts
        counted: list[int] = whole.tolist()
        return counted

    def _on_bins(self, places: npt.NDArray[np.intp], column: _Numbers) -> _Numbers:
        whole = np.full(len(self._lengths_s), np.nan)
        whole[places] = column
        return whole


def _adds_up(quantity: Quantity) -> bool:
    return COMBINATIONS[quantity] is Combination.SUM


def numbers(column: _Numbers) -> list[float | int | None]:
    """Returns a column as JSON has it: NaN as null, whole numbers without a decimal point, others rounded.

    >>> numbers(np.array([3.0, np.nan, 0.1 + 0.2]))
    [3, None, 0.3]
    """
    rounded = np.round(column, _DIGITS)
    return [None if each != each else int(each) if each.is_integer() else each for each in rounded.tolist()]


def takes_gzip(accept_encoding: str) -> bool:
    """Returns whether an Accept-Encoding header names gzip, and not with weight 0.

    >>> takes_gzip("br, gzip;q=0.5"), takes_gzip("gzip;q=0"), takes_gzip("")
    (True, False, False)
    """
    for part in accept_encoding.lower().split(","):
        coding, _, weight = (each.strip() for each in part.partition(";"))
        if coding in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
