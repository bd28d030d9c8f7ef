"""Histograms of any span, merged from those of stored intervals."""

from collections import defaultdict

from passerby.domain.columns import Distribution, Grouping
from passerby.domain.intervals import Intervals
from passerby.domain.queries import ObservationQuery
from passerby.store.databases.backend import Backend
from passerby.store.observations.bins import histogram_of, merged_bins
from passerby.store.observations.columns import ColumnReader, grouped
from passerby.store.observations.histogram_rows import HistogramRows, places_in


class DistributionReader:
    """Reads distributions.

    Args:
        backend: the database.
        intervals: where intervals begin.
    """

    def __init__(self, backend: Backend, intervals: Intervals) -> None:
        self._backend = backend
        self._histograms = HistogramRows(backend, intervals)
        self._series = ColumnReader(backend, intervals)

    async def distributions(self, query: ObservationQuery, grouping: Grouping) -> tuple[Distribution, ...]:
        """See `Store.distributions`."""
        async with self._backend.reading() as connection:
            groups = grouped(await self._series.named(connection, query), grouping, histograms=True)
            place = {number: at for at, numbers in enumerate(groups.values()) for number in numbers}
            if not place:
                return ()
            found = await self._histograms.read(connection, query, list(place))
        spans = grouping.spans
        parts: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for row, (key_id, at) in enumerate(
            zip(found.key_id.tolist(), places_in(spans, found.start_s).tolist(), strict=True)
        ):
            if at >= 0:
                parts[place[key_id], at].append(row)
        names = tuple(groups)
        return tuple(
            Distribution(
                names[group],
                spans[at].start_s,
                histogram_of(merged_bins([found.bins[row] for row in rows])),
                bool(found.reliable[rows].all()),
            )
            for (group, at), rows in sorted(parts.items())
        )
