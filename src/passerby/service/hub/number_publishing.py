"""Publishes numbers on the hub that is active, over and over, and says how that goes."""

import asyncio
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from passerby.domain.errors import PasserbyError
from passerby.domain.retention import Kind
from passerby.domain.service import SitePlan
from passerby.ports import Store, StoreError
from passerby.publish.disclosure.publisher import Publisher, PublishRun
from passerby.publish.disclosure.reading import PublishedReader
from passerby.publish.open_data.description import described
from passerby.publish.open_data.months import OpenData
from passerby.telemetry.logs import get_log
from passerby.units import MINUTE_S, NS_PER_S

EVERY_S: Final = float(MINUTE_S)


class NumberPublishing(Collector):
    """Publishes what is due; after an outage it catches up. Of what it publishes no number is logged.

    Args:
        store: what was measured, and what is published.
        plan: what runs now.
        folder: where the public months that have closed are kept.
        clock: UTC nanoseconds now.

    Attributes:
        open_data: what the public gets.
    """

    def __init__(
        self, store: Store, plan: Callable[[], SitePlan], folder: Path, clock: Callable[[], int] = time.time_ns
    ) -> None:
        self._publisher, self._clock, self._log = Publisher(store, plan, clock), clock, get_log()
        reader = PublishedReader(store.published, plan, clock, store.hand_counts)
        self.open_data = OpenData(
            reader, folder, lambda: plan().zone, lambda: described(plan()), clock,
            lambda: plan().retention.days(Kind.PUBLISHED),
        )  # fmt: skip
        self._bins = self._gaps = self._waiting = 0
        self._last_ns = 0
        self._fault = ""

    async def run(self) -> None:
        """Publishes over and over, until cancelled."""
        while True:
            await self.publish()
            await asyncio.sleep(EVERY_S)

    async def publish(self) -> None:
        """Publishes once; what cannot be read or stored is tried again the next time, and said once."""
        try:
            done = await self._publisher.run_once()
        except StoreError as fault:
            if str(fault) != self._fault:
                self._log.error("numbers could not be published; tried again", why=str(fault))
            self._fault = str(fault)
            return
        await self._close_months()
        self._count(done)
        if done.bins or done.begun or done.ended:
            self._log.info(
                "numbers published", bins=done.bins, gaps=done.gaps, waiting=done.waiting, counters_begun=done.begun,
                counters_ended=done.ended,
            )  # fmt: skip

    async def _close_months(self) -> None:
        """Writes the public months that have closed; what cannot be written is served as it was published."""
        try:
            closed = await self.open_data.prepare()
        except (StoreError, PasserbyError, OSError) as fault:
            if str(fault) != self._fault:
                self._log.error("the file of a closed month could not be written; tried again", why=str(fault))
            self._fault = str(fault)
            return
        self._fault = ""
        if closed:
            self._log.info("months of open data closed", months=list(closed))

    def _count(self, done: PublishRun) -> None:
        self._bins += done.bins
        self._gaps += done.gaps
        self._waiting, self._last_ns = done.waiting, self._clock()

    def describe(self) -> Iterable[Metric]:
        """Returns the metrics, to be registered."""
        return self.collect()

    def collect(self) -> Iterable[Metric]:
        """Returns the metrics with their values."""
        yield CounterMetricFamily("passerby_published_bins", "Published bins, gaps included.", value=self._bins)
        yield CounterMetricFamily("passerby_published_gaps", "Of these, gaps.", value=self._gaps)
        yield GaugeMetricFamily("passerby_unpublished_bins", "Bins that wait for missing minutes.", value=self._waiting)
        last = GaugeMetricFamily("passerby_published_timestamp_seconds", "When it was last looked what is due.")
        if self._last_ns:
            last.add_metric([], self._last_ns / NS_PER_S)
        yield last
