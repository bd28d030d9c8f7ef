"""The metrics of the machines that have joined."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from passerby import __version__
from passerby.domain.fleet import FleetNode
from passerby.units import NS_PER_S


class Joined(Protocol):
    """Who knows the nodes."""

    @property
    def nodes(self) -> Mapping[FleetNode, bool]:
        """The nodes that have joined, and whether each is connected now."""
        ...


class NodeMetrics(Collector):
    """How each machine is that has joined, as it was read from the store last.

    Args:
        joined: knows the nodes.
        clock: UTC nanoseconds now.
    """

    def __init__(self, joined: Joined, clock: Callable[[], int] = time.time_ns) -> None:
        self._joined, self._clock = joined, clock

    def describe(self) -> Iterable[Metric]:
        """Returns the metrics, to be registered."""
        return self.collect()

    def collect(self) -> Iterable[Metric]:
        """Returns the metrics with their values."""
        connected, drained, clock, certificate, rows = (
            GaugeMetricFamily(f"passerby_node_{name}", text, labels=["node"])
            for name, text in (
                ("connected", "1 while the node is connected."),
                ("drained", "1 while the node is to watch no camera."),
                ("clock_off_seconds", "Clock of the node less that of the hub, at its last connection."),
                ("certificate_seconds", "How long the certificate of the node holds from now on."),
                ("outbox_rows", "Results that wait on the disk of the node, as it reported last."),
            )
        )
        state = GaugeMetricFamily("passerby_node_state", "1: joined, cloned or revoked.", labels=["node", "state"])
        version = GaugeMetricFamily(
            "passerby_node_version",
            "1 where the version is that of the hub, 0 for another.",
            labels=["node", "version"],
        )
        for node, is_connected in self._joined.nodes.items():
            label = [node.name]
            connected.add_metric(label, float(is_connected))
            drained.add_metric(label, float(node.drained_ns is not None))
            state.add_metric([*label, node.state.value], 1.0)
            clock.add_metric(label, node.clock_off_s)
            certificate.add_metric(label, (node.certificate_end_ns - self._clock()) / NS_PER_S)
            if node.report is not None:
                rows.add_metric(label, node.report.outbox_rows)
            if node.program:
                version.add_metric([*label, node.program], float(node.program == __version__))
        yield from (connected, drained, state, clock, certificate, rows, version)
