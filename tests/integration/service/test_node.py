"""A node in a cabinet, with real processes: it counts on without its hub, starts without it, and nothing is lost."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from passerby.engine.journal import Journal
from testing.ports import free_port
from testing.trial_service.node import Node
from testing.trial_service.service import PATIENCE_S, Service
from testing.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.footage]

PASSWORD = {"CAMERA_PASSWORD": "pa55 w0rd"}

STORED_S = 2 * PATIENCE_S
"""A minute is stored once it has ended, which alone may take 60 s."""


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
        hub.until(lambda: crossings(hub) > 0, "crossings of the node's camera at the hub", STORED_S)
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
        hub.until(lambda: crossings(hub) >= counted, "all that was counted meanwhile", STORED_S)
        assert node.stop() == 0
    held = [path.name for path in (folder / "node").iterdir() if b"pa55 w0rd" in path.read_bytes()]
    assert sorted(held) == ["applied.yaml", "site-part.signed"]
    assert all((folder / "node" / name).stat().st_mode & 0o077 == 0 for name in held)


def test_a_camera_goes_from_node_to_node_and_is_counted_once_and_the_first_is_emptied(
    folder: Path, hub: Service
) -> None:
    hub.start()
    hub.enter()
    fleet(hub, "init")
    with Node(folder / "node") as first, Node(folder / "other") as second:
        for node, name in ((first, "cabinet"), (second, "mast")):
            node.join(json.loads(fleet(hub, "invite", name, "--json"))["token"])
            node.start()
        hub.until(lambda: crossings(hub) > 0, "crossings of the first node's camera", STORED_S)
        explained = json.loads(fleet(hub, "explain", "junction", "--json"))
        assert (explained["machine"], explained["lease"], explained["troubles"]) == ("cabinet", 1, [])
        hub.site.write_text(hub.site.read_text().replace("node: cabinet", "node: mast"))
        os.kill(hub.pid, signal.SIGHUP)
        hub.until(
            lambda: len(taken(hub)) == 2 and taken(hub)[1]["began"] is not None,
            "the second node's first minute",
            STORED_S,
        )
        # What the first has measured is delivered to the end, and then nothing runs there any more.
        hub.until(lambda: machine(hub, "cabinet")["outbox_rows"] == 0, "the first node's report")
        assert json.loads(fleet(hub, "drain", "cabinet", "--wait", "3", "--json")) == {
            "done": True, "unwatched": [], "elsewhere": [], "empty": True,
        }  # fmt: skip
        assert first.stop() == 0
        with Journal(first.data / "worker-1.sqlite") as journal:
            assert not journal.holds_results
        assert machine(hub, "mast")["cameras"] == ["junction"]
        assert [one["node"] for one in taken(hub)] == ["cabinet", "mast"]
        # No minute was watched for longer than it is, whoever watched it.
        rows = [row for row in hub.today() if row["quantity"] == "flow"]
        assert max(row["coverage"] for row in rows) <= 1.0
        fleet(hub, "drain", "mast")
        hub.until(lambda: "is drained" in hub.ask("/api/v1/cameras").json()["rows"][0]["health"]["why"], "the drain")
        fleet(hub, "undrain", "mast")
        hub.until(
            lambda: hub.ask("/api/v1/cameras").json()["rows"][0]["health"]["state"] == "online", "the camera's return"
        )
        assert second.stop() == 0


def taken(hub: Service) -> list[dict[str, object]]:
    return list(hub.ask("/api/v1/hand-overs").json()["rows"])


def machine(hub: Service, name: str) -> dict[str, object]:
    words = ("status", str(hub.site), "--data", str(hub.data), "--json")
    command = [sys.executable, "-m", "passerby", "fleet", *words]
    shown = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60).stdout
    return next(one for one in json.loads(shown)["machines"] if one["machine"] == name)
