"""The metrics of the delivery of events."""

from collections.abc import Iterable

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from passerby.domain.notices import NoticeState
from passerby.publish.delivery import Delivery
from passerby.units import NS_PER_S


class DeliveryMetrics(Collector):
    """How delivery to each recipient goes, as it was read from the store last.

    Args:
        delivery: what delivers.
    """

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery

    def describe(self) -> Iterable[Metric]:
        """Returns the metrics, to be registered."""
        return self.collect()

    def collect(self) -> Iterable[Metric]:
        """Returns the metrics with their values."""
        label = ["recipient"]
        notices = GaugeMetricFamily("passerby_notices", "Notices that are kept, by state.", labels=[*label, "state"])
        age = GaugeMetricFamily("passerby_notice_oldest_seconds", "Age of the oldest that waits.", labels=label)
        failing = GaugeMetricFamily("passerby_notices_failing", "1 while attempts fail.", labels=label)
        test = GaugeMetricFamily("passerby_notice_test_failed", "1 if the newest test did not arrive.", labels=label)
        for each in self._delivery.standings:
            for state, number in (("waiting", each.waiting), ("delivered", each.delivered), ("failed", each.failed)):
                notices.add_metric([each.recipient, state], number)
            oldest_ns = each.oldest_waiting_ns
            age_s = 0.0 if oldest_ns is None else max(0.0, (self._delivery.now_ns() - oldest_ns) / NS_PER_S)
            age.add_metric([each.recipient], age_s)
            failing.add_metric([each.recipient], float(bool(each.fault)))
            if each.test_state is not None:
                test.add_metric([each.recipient], float(each.test_state is NoticeState.FAILED))
        yield from (notices, age, failing, test)
