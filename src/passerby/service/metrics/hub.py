"""The metrics of the hub's own parts."""

from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from passerby.engine.hub.server import HubServer
from passerby.engine.live_state import LiveState


class HubMetrics(Collector):
    """The metrics of the hub's own parts: its workers, and what it stored."""

    def __init__(self, live: LiveState, server: HubServer) -> None:
        self._live, self._server = live, server

    def describe(self) -> Iterable[Metric]:
        """Returns the metrics, to be registered."""
        return self.collect()

    def collect(self) -> Iterable[Metric]:
        """Returns the metrics with their values."""
        yield GaugeMetricFamily("passerby_workers", "Workers connected.", value=self._live.workers)
        yield CounterMetricFamily("passerby_rows_stored", "Rows put into the store.", value=self._server.rows_stored)
        yield CounterMetricFamily(
            "passerby_rows_set_aside",
            "Rows that were measured after their camera had been handed over, kept and not added.",
            value=self._server.rows_set_aside,
        )
        waiting, away = float(self._server.waiting), float(bool(self._server.store_fault))
        yield GaugeMetricFamily("passerby_deliveries_waiting", "Deliveries under way to the store.", value=waiting)
        yield GaugeMetricFamily("passerby_store_away", "1 while the store takes nothing.", value=away)
