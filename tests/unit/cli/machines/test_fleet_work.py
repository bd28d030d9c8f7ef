"""`passerby fleet status`, `drain`, `undrain`, `explain` and `upgrade` on a real store."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from passerby import __version__
from passerby.domain.errors import PasserbyError
from passerby.domain.fleet import NodeReport, Presented
from passerby.domain.leases import Holder
from passerby.engine.service_folder import STATUS_FILE, ServiceFolder
from passerby.ports import Store
from passerby.store import open_store
from testing.trial_service.site_register import registered
from tests.unit.cli.machines.test_fleet import listening, reported, run, site

__all__ = ["site"]

CAMERAS = "  quay: {node: cabinet-7, source: {file: a.mp4}}\n  own: {source: {file: a.mp4}}\n"


def stored(path: Path, act: Callable[[Store], Awaitable[object]]) -> None:
    async def acted() -> None:
        store = await open_store(ServiceFolder(path.parent / "kept").store_url(None))
        await act(store)
        await store.close()

    asyncio.run(acted())


async def connected(store: Store, rows: int = 12) -> None:
    node = await store.fleet.node("cabinet-7")
    assert node is not None
    now_ns = time.time_ns()
    await store.fleet.admit(Presented(node.name, node.enrolment, node.counter + 1, "0f" * 8, 0.0, __version__, now_ns))
    await store.fleet.reported({node.name: NodeReport(int(rows > 0), int(rows > 0), rows)}, now_ns)


@pytest.fixture
def joined(site: Path, tmp_path: Path) -> Path:
    site.write_text(registered(site.read_text() + "cameras:\n" + CAMERAS))
    run("fleet", "init", site)
    token = reported("fleet", "invite", site, "cabinet-7")["token"]
    with listening(site):
        run("fleet", "join", token, "--data", tmp_path / "node")
    cameras = [{"camera": name, "state": "online", "why": ""} for name in ("quay", "own")]
    status = {"time_ns": time.time_ns(), "program": __version__, "outbox_rows": 0, "cameras": cameras, "processes": []}
    (site.parent / "kept" / STATUS_FILE).write_text(json.dumps(status))
    stored(site, lambda store: store.leases.take_many({"quay": Holder("cabinet-7", "")}))
    stored(site, connected)
    return site


def test_the_machines_are_shown_with_what_they_do(joined: Path) -> None:
    hub, node = reported("fleet", "status", joined)["machines"]
    assert (hub["machine"], hub["cameras"], hub["measuring"], hub["connected"]) == ("(hub)", ["own"], 1, True)
    assert (node["machine"], node["cameras"], node["outbox_rows"], node["trouble"]) == ("cabinet-7", ["quay"], 12, "")
    assert "cabinet-7" in run("fleet", "status", joined)


def test_a_machine_is_drained_and_is_empty_once_it_says_so(joined: Path) -> None:
    told = run("fleet", "drain", joined, "cabinet-7")
    assert "Nothing else watches those that name it in the site file, until `undrain`: quay." in told
    assert "is being delivered" in told
    with pytest.raises(PasserbyError, match="it is drained already"):
        run("fleet", "drain", joined, "cabinet-7")
    node = reported("fleet", "status", joined)["machines"][1]
    assert (node["drained"], node["empty"]) == (True, False)
    stored(joined, lambda store: connected(store, 0))
    assert reported("fleet", "status", joined)["machines"][1]["empty"]
    assert "empty: can be turned off" in run("fleet", "status", joined)
    assert any("is drained" in one for one in reported("fleet", "explain", joined, "quay")["troubles"])
    assert "may watch cameras again" in run("fleet", "undrain", joined, "cabinet-7")
    with pytest.raises(PasserbyError, match="it was not empty within"):
        run("fleet", "drain", joined, "cabinet-7", "--wait", "0.01")
    with pytest.raises(PasserbyError, match="These have joined: cabinet-7"):
        run("fleet", "undrain", joined, "cabinet-8")


def test_why_a_camera_is_where_it_is(joined: Path) -> None:
    found = reported("fleet", "explain", joined, "quay")
    assert (found["machine"], found["lease"], found["troubles"]) == ("cabinet-7", 1, [])
    told = run("fleet", "explain", joined, "own")
    assert "the hub's own machine watches it" in told
    assert "Nothing is wrong with it." in told


def test_an_upgrade_of_machines_that_have_the_version_does_nothing(joined: Path) -> None:
    assert reported("fleet", "upgrade", joined) == {"upgraded": [], "steps": []}
    assert "All machines have the hub's version." in run("fleet", "upgrade", joined)
    (joined.parent / "kept" / STATUS_FILE).unlink()
    with pytest.raises(PasserbyError, match="the hub does not run here"):
        run("fleet", "upgrade", joined)
    assert reported("fleet", "status", joined, code=1)["machines"][0]["trouble"] == "passerby does not run here"
