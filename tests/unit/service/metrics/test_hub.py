"""Every metric of the hub's own parts is on /metrics, and described in the reference."""

from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest

from passerby.engine.hub.server import HubServer
from passerby.engine.live_state import LiveState
from passerby.service.metrics.hub import HubMetrics
from passerby.store.sql_store import SqlStore

PAGE = Path(__file__).resolve().parents[4] / "docs" / "reference" / "metrics.md"


def test_all_figures_are_there_and_documented() -> None:
    live = LiveState(list)
    server = HubServer([], SqlStore.__new__(SqlStore), live)
    live.set_worker(["square"], lambda _message: None)
    server.rows_stored = 12
    registry = CollectorRegistry()
    registry.register(HubMetrics(live, server))
    text = generate_latest(registry).decode()
    assert "passerby_workers 1.0" in text
    assert "passerby_rows_stored_total 12.0" in text
    names = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    page = PAGE.read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in names)
