"""The work of nodes: what each reports of it, and how the hub follows that, and which of them are drained."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from passerby.domain.errors import PasserbyError
from passerby.domain.fleet import FleetNode, NodeReport
from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.service import SitePlan
from passerby.engine.live_state import LiveState
from passerby.engine.service_folder import FRESH_S, ServiceFolder, read_status, status_age_s
from passerby.ports import FleetStore, StoreError
from passerby.service.nodes.placed_work import placed_work
from passerby.telemetry.logs import get_log
from passerby.units import NS_PER_S

READ_S: Final = 2
STORE_S: Final = 4
"""Reports are stored together, so that the hub writes one transaction for 200 nodes."""


class NodeWork:
    """Reads which nodes are drained, and stores what nodes report.

    Attributes:
        nodes: those that have joined, as they were read last.
        drained: the names of those that are to watch no camera.
    """

    def __init__(self, store: FleetStore, clock: Callable[[], int] = time.time_ns) -> None:
        """Takes where both are kept, and UTC nanoseconds now."""
        self._store, self._clock = store, clock
        self._reports: dict[str, NodeReport] = {}
        self._read_ns = self._stored_ns = 0
        self._fault = ""
        self.nodes: tuple[FleetNode, ...] = ()
        self.drained: frozenset[str] = frozenset()

    def reported(self, node: str, report: NodeReport) -> None:
        """Takes in what a node reports; the next `look` that is due stores it."""
        self._reports[node] = report

    async def look(self) -> bool:
        """Returns whether other nodes are drained than before; to be called every second or so."""
        now_ns, before = self._clock(), self.drained
        try:
            if now_ns - self._read_ns >= READ_S * NS_PER_S:
                self.nodes = await self._store.nodes()
                self.drained = frozenset(node.name for node in self.nodes if node.drained_ns is not None)
                self._read_ns = now_ns
            if self._reports and now_ns - self._stored_ns >= STORE_S * NS_PER_S:
                reports, self._reports = self._reports, {}
                await self._store.reported(reports, now_ns)
                self._stored_ns = now_ns
        except StoreError as fault:
            if not self._fault:
                get_log().error("which nodes are drained is not known; asked again", why=str(fault))
            self._fault = str(fault)
        else:
            self._fault = ""
        for name in sorted(before ^ self.drained):
            get_log().info("a node is drained" if name in self.drained else "a node is drained no more", node=name)
        return before != self.drained

    def show(self, live: LiveState, plan: SitePlan) -> None:
        """Reports the cameras that nothing watches because their node is drained."""
        if not self.drained:
            return
        known = {report.camera: report.why for report in live.health()}
        now_ns = self._clock()
        for node in sorted(self.drained):
            why = why_drained(node)
            for camera in plan.running_on(node):
                if known.get(camera.name) != why:
                    live.set_health(CameraHealth(camera.name, now_ns, CameraState.OFFLINE, now_ns, why))


def why_drained(node: str) -> str:
    """Returns the sentence on a camera whose node is drained."""
    return (
        f"Its node {node} is drained, so nothing watches it. `passerby fleet undrain SITE.yaml {node}` ends that; or "
        "give the camera to another node in the site file."
    )


def work_report(folder: ServiceFolder) -> NodeReport | None:
    """Returns what runs on this node and what waits on its disk; None where that is not known now.

    Args:
        folder: the node's data folder.
    """
    try:
        status = read_status(folder)
    except PasserbyError:
        return None
    age_s = status_age_s(status)
    if status is None or age_s is None or age_s >= FRESH_S:
        return None
    try:
        own, placed = _report_of(status), placed_work(folder.path)
        return NodeReport(
            own.cameras + placed.cameras, own.workers + placed.workers, own.outbox_rows + placed.outbox_rows
        )
    except (TypeError, ValueError, KeyError, AttributeError):  # of another release, while the node is upgraded
        return None


def _report_of(status: Mapping[str, Any]) -> NodeReport:
    workers = [one for one in status["processes"] if str(one.get("name")).startswith("worker")]
    return NodeReport(int(status["assigned"]), len(workers), int(status["outbox_rows"]))
