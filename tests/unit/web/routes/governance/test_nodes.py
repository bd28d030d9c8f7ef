"""The machines of the site in the API: for administrators, each with how it is."""

from dataclasses import replace

from passerby import __version__
from passerby.domain.fleet import NodeReport, NodeState
from passerby.units import NS_PER_S
from testing.web.fakes import NOW_S, Service
from tests.unit.domain.test_fleet_nodes import NODE

NOW_NS = NOW_S * NS_PER_S


def test_each_machine_is_listed_with_how_it_is() -> None:
    service = Service()
    fresh = replace(NODE, seen_ns=NOW_NS, clock_off_s=0.04, certificate_end_ns=NOW_NS * 2, program=__version__)
    well = replace(fresh, report=NodeReport(3, 1, 12), reported_ns=NOW_NS)
    copied = replace(fresh, name="pole-8", state=NodeState.CLONED, program="0.0.9", drained_ns=NOW_NS)
    service.store.fleet.rows = [well, copied]
    first, second = service.get("/api/v1/nodes").json()["rows"]
    assert {name: first[name] for name in first if name not in ("seen", "certificate_end")} == {
        "node": "pole-7", "pool": "", "state": "joined", "connected": True, "clock_off_s": 0.0,
        "version": __version__, "same_version": True, "drained": False, "empty": False, "outbox_rows": 12,
        "trouble": "",
    }  # fmt: skip
    assert first["seen"] == "2026-09-28T12:00:00+02:00"
    assert (second["connected"], second["same_version"], second["drained"]) == (False, False, True)
    assert "two machines have its key" in second["trouble"]
    service.store.away = True
    assert service.get("/api/v1/nodes").status_code == 503
