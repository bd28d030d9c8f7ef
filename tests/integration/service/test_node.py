"""A node in a cabinet, with real processes: it counts on without its hub, starts without it, and nothing is lost."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from testing.ports import free_port
from testing.trial_service.node import Node
from testing.trial_service.service import Service
from testing.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.footage]

PASSWORD = {"CAMERA_PASSWORD": "pa55 w0rd"}


def crossings(service: Service) -> int:
    return sum(int(row["value"] or 0) for row in service.today() if row["quantity"] == "flow")


def fleet(service: Service, *words: str) -> str:
    words = (words[0], str(service.site), *words[1:], "--data", str(service.data))
    command = [sys.executable, "-m", "passerby", "fleet", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


@pytest.fixture
def hub(folder: Path, site: str) -> Iterator[Service]:
    port = free_port()
    there = site.replace("    analysed_fps", "    node: cabinet\n    analysed_fps")
    (folder / "hub").mkdir()
    listens = f"fleet: {{listen: 127.0.0.1:{port}, address: 127.0.0.1:{port}}}\n"
    service = Service(folder / "hub", there + listens, PASSWORD)
    yield service
    service.stop()


def test_a_node_counts_on_and_starts_without_its_hub_and_nothing_is_lost(folder: Path, hub: Service) -> None:
    hub.start()
    hub.enter()
    fleet(hub, "init")  # the hub listens for nodes once there is an authority
    with Node(folder / "node") as node:
        node.join(json.loads(fleet(hub, "invite", "cabinet", "--json"))["token"])
        node.start()
        hub.until(lambda: crossings(hub) > 0, "crossings of the node's camera at the hub")
        (camera,) = hub.ask("/api/v1/cameras").json()["rows"]
        assert camera["health"]["state"] == "online"
        (taken,) = hub.ask("/api/v1/hand-overs").json()["rows"]
        assert (taken["camera"], taken["node"], taken["number"]) == ("junction", "cabinet", 1)
        assert not [name for name in hub.processes() if name.startswith("worker")], "the hub watches no camera itself"
        for name in ("supervisor", "hub"):
            hub.kill(hub.processes()[name])
        hub.stop()
        (hub.data / "link").unlink()
        # The node starts anew while there is no hub, and counts on.
        assert node.stop() == 0
        before = node.crossings("junction")
        node.start()
        until(lambda: node.crossings("junction") > before)
        counted = node.crossings("junction")
        hub.start()
        hub.enter()
        hub.until(lambda: crossings(hub) >= counted, "all that was counted meanwhile")
        assert node.stop() == 0
    held = [path.name for path in (folder / "node").iterdir() if b"pa55 w0rd" in path.read_bytes()]
    assert sorted(held) == ["applied.yaml", "site-part.signed"]
    assert all((folder / "node" / name).stat().st_mode & 0o077 == 0 for name in held)
