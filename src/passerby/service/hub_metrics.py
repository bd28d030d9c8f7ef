"""What the hub's own parts add to /metrics: its workers, and what it stored."""

from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from passerby.engine.hub_server import HubServer
from passerby.engine.live_state import LiveState


class HubMetrics(Collector):
    """Read when somebody asks."""

    def __init__(self, board: LiveState, intake: HubServer) -> None:
        self._board, self._intake = board, intake

    def describe(self) -> Iterable[Metric]:
        """What there is to be read."""
        return self.collect()

    def collect(self) -> Iterable[Metric]:
        """The figures as they stand."""
        yield GaugeMetricFamily("passerby_workers", "Workers on the line.", value=self._board.workers)
        yield CounterMetricFamily("passerby_rows_stored", "Rows put into the store.", value=self._intake.rows_stored)
        waiting = float(self._intake.waiting)
        yield GaugeMetricFamily("passerby_deliveries_waiting", "Deliveries under way to the store.", value=waiting)
        away = float(bool(self._intake.store_fault))
        yield GaugeMetricFamily("passerby_store_away", "1 while the store takes nothing.", value=away)
