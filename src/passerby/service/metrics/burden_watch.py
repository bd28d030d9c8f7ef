"""Works out now and then how many alarms the rules raise, for the metrics and for `passerby status`."""

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from passerby.domain.burden import LONG_RUN_NS, Burden
from passerby.domain.event_rules import RAISED_BY_RULES
from passerby.domain.queries import PlaceEventQuery
from passerby.domain.service import SitePlan
from passerby.ports import Store, StoreError
from passerby.telemetry.logs import get_log
from passerby.units import MINUTE_S

EVERY_S: Final = 10.0 * MINUTE_S


class BurdenWatch(Collector):
    """The alarms of the last 30 days.

    Args:
        store: where events are.
        plan: returns what runs now.
        clock: UTC nanoseconds now.

    Attributes:
        newest: as it was worked out last.
    """

    def __init__(self, store: Store, plan: Callable[[], SitePlan], clock: Callable[[], int] = time.time_ns) -> None:
        self._store, self._plan, self._clock = store, plan, clock
        self.newest = Burden((), 1.0, 0, 1)

    async def run(self) -> None:
        """Works it out over and over, until cancelled."""
        while True:
            try:
                await self.look()
            except StoreError as fault:
                get_log().error("the alarms could not be counted; tried again", why=str(fault))
            await asyncio.sleep(EVERY_S)

    async def look(self) -> None:
        """Works it out once.

        Raises:
            StoreError: it stays as it was.
        """
        plan, end_ns = self._plan(), self._clock()
        start_ns = max(0, end_ns - LONG_RUN_NS)
        records = await self._store.rule_records(PlaceEventQuery(start_ns, end_ns + 1, kinds=RAISED_BY_RULES))
        self.newest = Burden.over(
            records, start_ns, end_ns, rules=plan.alarming_rules, operators=plan.access.operators_on_duty
        )

    def describe(self) -> Iterable[Metric]:
        """Returns the metrics, to be registered."""
        return self.collect()

    def collect(self) -> Iterable[Metric]:
        """Returns the metrics with their values."""
        burden, labels = self.newest, ["camera", "rule"]
        alarms = GaugeMetricFamily("passerby_rule_alarms_per_day", "Alarms a day.", labels=labels)
        false = GaugeMetricFamily("passerby_rule_false_alarms_per_day", "Of these, judged false.", labels=labels)
        above = GaugeMetricFamily("passerby_rule_above_share", "1 while it raises too many.", labels=labels)
        for each in burden.records:
            names = [each.camera, each.rule]
            alarms.add_metric(names, each.alarms / burden.days)
            false.add_metric(names, each.false_alarms / burden.days)
            above.add_metric(names, float(burden.above_share(each)))
        yield from (alarms, false, above)
        share = burden.alarms_per_day / burden.limit_per_day
        yield GaugeMetricFamily("passerby_alarms_per_operator", "Alarms an operator in ten minutes.", value=share)
