"""Every metric of a node is on /metrics, and described in the reference."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest

from passerby import __version__
from passerby.domain.fleet import FleetNode, NodeReport, NodeState
from passerby.service.metrics.nodes import NodeMetrics
from tests.unit.domain.test_fleet_nodes import NODE, NOW_NS

PAGE = Path(__file__).resolve().parents[4] / "docs" / "reference" / "metrics.md"


class Two:
    """Two nodes, of which one has been copied."""

    @property
    def nodes(self) -> Mapping[FleetNode, bool]:
        well = replace(NODE, program=__version__, report=NodeReport(3, 1, 12), reported_ns=NOW_NS)
        copied = replace(NODE, name="pole-8", state=NodeState.CLONED, program="0.0.9", drained_ns=NOW_NS)
        return {well: True, copied: False}


def test_all_figures_are_there_and_documented() -> None:
    registry = CollectorRegistry()
    registry.register(NodeMetrics(Two(), lambda: NOW_NS))
    text = generate_latest(registry).decode()
    for line in (
        'passerby_node_connected{node="pole-7"} 1.0',
        'passerby_node_connected{node="pole-8"} 0.0',
        'passerby_node_drained{node="pole-8"} 1.0',
        'passerby_node_state{node="pole-8",state="cloned"} 1.0',
        'passerby_node_clock_off_seconds{node="pole-7"} 59.0',
        'passerby_node_certificate_seconds{node="pole-7"} 1.296e+07',
        'passerby_node_outbox_rows{node="pole-7"} 12.0',
        'passerby_node_version{node="pole-8",version="0.0.9"} 0.0',
    ):
        assert line in text
    names = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    page = PAGE.read_text(encoding="utf-8")
    assert [name for name in sorted(names) if f"`{name}`" not in page] == []
