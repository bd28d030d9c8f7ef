"""A worker that is started on one machine after another: one watches its camera, and no minute is lost or doubled.

What Ray does is done by hand here: that this is right must not need Ray. The processes are those of its actors.
"""

import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from testing.ports import free_port
from testing.servers import postgresql_server
from testing.trial_service.node import Node
from testing.trial_service.ray_site import waits
from testing.trial_service.service import Service

pytestmark = [pytest.mark.slow, pytest.mark.footage]

ROOM = "passerby.service.ray_engine"
SUPERSEDED = 76
PATIENCE_S = 120.0


class Machines:
    """Two nodes, and the processes that actors would have started there."""

    def __init__(self, folder: Path, hub: Service, open_ends: ExitStack) -> None:
        self.folder, self.hub, self._open_ends = folder, hub, open_ends
        self.nodes = {name: open_ends.enter_context(Node(folder / name)) for name in ("a", "b")}
        for name, node in self.nodes.items():
            node.join(json.loads(self.fleet("invite", name, "--json"))["token"])
            node.start()

    def fleet(self, *words: str) -> str:
        words = (words[0], str(self.hub.site), *words[1:], "--data", str(self.hub.data))
        command = [sys.executable, "-m", "passerby", "fleet", *words]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=90).stdout

    def start(self, module: str, *words: str) -> "subprocess.Popen[bytes]":
        with (self.folder / "processes.log").open("ab") as log:
            process = subprocess.Popen([sys.executable, "-m", f"{ROOM}.{module}", *words], stdout=log, stderr=log)
        self._open_ends.callback(process.wait)
        self._open_ends.callback(process.kill)
        return process

    def worker(self, machine: str) -> "subprocess.Popen[bytes]":
        began = repr(time.clock_gettime(time.CLOCK_BOOTTIME))
        return self.start("worker_process", "worker-1", str(self.folder / machine), secrets.token_hex(8), began)

    def held_by(self) -> list[tuple[int, str]]:
        return [(row["number"], row["node"]) for row in self.hand_overs()]

    def hand_overs(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.hub.ask("/api/v1/hand-overs").json()["rows"]
        return rows

    def coverage(self) -> dict[str, float]:
        """Returns how much was watched of each minute that is stored, 0-1."""
        found: dict[str, float] = {}
        for row in self.hub.rows(bin="minute", quantity="flow"):
            found[row["start"]] = max(found.get(row["start"], 0.0), row["coverage"])
        return found

    def online(self) -> bool:
        (camera,) = self.hub.ask("/api/v1/cameras").json()["rows"]
        return bool(camera["health"]) and camera["health"]["state"] == "online"


@pytest.fixture
def machines(folder: Path, site: str, tmp_path: Path) -> Iterator[Machines]:
    if why := postgresql_server.missing():
        pytest.skip(why)
    pytest.importorskip("ray", reason="`passerby run --engine ray` needs it: pip install 'passerby[fleet]'")
    token, port = folder / "token", free_port()
    token.touch(0o600)
    token.write_text(secrets.token_hex(32))
    (folder / "hub").mkdir()
    told = {
        "CAMERA_PASSWORD": "pa55 w0rd", "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(token),
    }  # fmt: skip
    with ExitStack() as open_ends:
        database = open_ends.enter_context(postgresql_server.running(tmp_path))
        text = (
            f"{site}\nstore: {{url: '{database.format(database='postgres')}'}}\n"
            f"fleet: {{listen: 127.0.0.1:{port}, address: 127.0.0.1:{port}, ray: 127.0.0.1:{free_port()}}}\n"
        )
        hub = Service(folder / "hub", text, told, ("--engine", "ray"))
        open_ends.callback(hub.stop)
        hub.start()
        hub.enter()
        subprocess.run(
            [sys.executable, "-m", "passerby", "fleet", "init", str(hub.site), "--data", str(hub.data)],
            check=True, timeout=90,
        )  # fmt: skip
        yield Machines(folder, hub, open_ends)


def test_one_watches_and_what_a_dead_one_has_left_is_delivered(machines: Machines) -> None:
    first = machines.worker("a")
    machines.hub.until(machines.online, "the camera is watched on a", PATIENCE_S)
    assert machines.held_by() == [(1, "a")]
    time.sleep(5)  # some of a minute
    first.kill()  # and with it the processes that decode and analyse
    second = machines.worker("b")
    machines.hub.until(lambda: machines.held_by() == [(1, "a"), (2, "b")], "b has taken it over", PATIENCE_S)
    drain = machines.start("drain_process", str(machines.folder / "a"))
    # The first minute is one that both have watched, and the next has begun by then: two take up to 135 s.
    machines.hub.until(lambda: len(machines.coverage()) >= 2, "minutes of both", 2 * PATIENCE_S)
    left = machines.folder / "a" / "workers" / "worker-1" / "journal.sqlite"
    machines.hub.until(lambda: not waits(left), "what the dead one has left is delivered", PATIENCE_S)
    assert [row["minutes_set_aside"] for row in machines.hand_overs()] == [0, 0]
    # It is started on the first machine again: the newest start has the camera, and the one before ends.
    third = machines.worker("a")
    machines.hub.until(lambda: machines.held_by()[-1] == (3, "a"), "the newest start has it", PATIENCE_S)
    assert second.wait(PATIENCE_S) == SUPERSEDED
    assert third.poll() is None
    assert drain.poll() is None, "it has left the journal to the worker"
    assert machines.held_by() == [(1, "a"), (2, "b"), (3, "a")]
    assert all(0 < share <= 1.001 for share in machines.coverage().values()), machines.coverage()
