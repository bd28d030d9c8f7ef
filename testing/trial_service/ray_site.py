"""A site whose cameras a Ray cluster places: database, hub, head and machines, all on this one."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from passerby.engine.journal import Journal
from testing.ports import free_port
from testing.servers import postgresql_server, ray_cluster
from testing.servers.ray_cluster import RayCluster, descendants
from testing.trial_service.node import Node
from testing.trial_service.service import Service
from testing.trial_service.site_register import registered

HEALTH = {
    "RAY_health_check_initial_delay_ms": "1000",
    "RAY_health_check_period_ms": "1000",
    "RAY_health_check_timeout_ms": "2000",
    "RAY_health_check_failure_threshold": "5",
    "RAY_gcs_rpc_server_reconnect_timeout_s": "86400",
    "RAY_memory_monitor_refresh_ms": "0",
    "RAY_raylet_start_wait_time_s": "30",
}
"""As docs/how-to/run-on-a-ray-cluster.md has them; the machine that runs the trial may be short of memory."""


STARTS = 8
"""Ray gives a machine up whose helper does not start within 15 s, as happens where others keep the processors busy."""


def missing() -> str | None:
    """Why there can be no such site here, or None."""
    return ray_cluster.missing() or postgresql_server.missing()


def camera_text(address: str, number: int, pool: str = "") -> str:
    """Returns one camera of a site file that streams what all of them do."""
    return (
        f"  camera-{number}:\n    source: {{rtsp: '{address}', user: watcher, password_from: CAMERA_PASSWORD}}\n"
        f"    analysed_fps: 1\n    lines: {{west: {{points: [[0.27, 0.355], [0.245, 0.475]]}}}}\n"
        + (f"    pool: {pool}\n" if pool else "")
    )


def site_of(address: str, cameras: int, pools: Mapping[int, str] | None = None) -> str:
    """Returns a site file with so many cameras, one a worker, which all stream the same.

    Args:
        address: RTSP address of a camera of `testing.rtsp_camera`.
        cameras: how many.
        pools: the pools of some, by their numbers.
    """
    text = (
        f"site: {{name: Ray trial, time_zone: Europe/Berlin}}\nserver: {{port: {free_port()}}}\n"
        "network: {cameras: [127.0.0.0/8]}\nworkers: {cameras_each: 1}\ncameras:\n"
    )
    return text + "".join(camera_text(address, number, (pools or {}).get(number, "")) for number in range(cameras))


def waits(journal: Path) -> bool:
    """Returns whether a worker's journal holds something that the hub has not stored."""
    with Journal(journal) as opened:
        return opened.holds_results


def seconds(time: str) -> float:
    """Returns a time of the API by the clock in seconds."""
    return datetime.fromisoformat(time).timestamp()


@dataclass
class RaySite:
    """A hub and the machines of its cluster, each a node with a data folder of its own.

    Attributes:
        head: more words for `ray start --head`, and variables beside those of the how-to.
    """

    folder: Path
    hub: Service
    cluster: RayCluster
    machines: dict[str, Path] = field(default_factory=dict)
    head: tuple[Sequence[str], Mapping[str, str]] = ((), {})

    def start_head(self) -> None:
        """Starts the cluster's head, which watches no cameras."""
        words, environment = self.head
        told = {**HEALTH, **environment}
        self._started(
            "head", lambda: self.cluster.start_head("--memory", "1000000000", *words, cpus=0, environment=told)
        )

    def keep(self) -> list[str]:
        """Starts machines again whose Ray has ended by itself, as systemd does; returns their names."""
        ended = [name for name, one in self.cluster.machines.items() if name != "head" and one.poll() is not None]
        for name in ended:
            self.die(name)
            self.start_machine(name)
        return ended

    def fleet(self, *words: str) -> str:
        """Runs `passerby fleet`, and returns what it prints."""
        words = (words[0], str(self.hub.site), *words[1:], "--data", str(self.hub.data))
        command = [sys.executable, "-m", "passerby", "fleet", *words]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=90).stdout

    def machine(self, name: str) -> dict[str, Any]:
        """Returns what `passerby fleet status` says of a machine."""
        words = ("fleet", "status", str(self.hub.site), "--data", str(self.hub.data), "--json")
        command = [sys.executable, "-m", "passerby", *words]
        told = subprocess.run(command, check=False, capture_output=True, text=True, timeout=90).stdout
        rows: list[dict[str, Any]] = json.loads(told)["machines"]
        return next(row for row in rows if row["machine"] == name)

    def join(self, name: str) -> None:
        """Joins the site as a node of that name."""
        Node(self.machines[name]).join(json.loads(self.fleet("invite", name, "--json"))["token"])

    def start_machine(self, name: str, *, cpus: int = 4, pools: Sequence[str] = ()) -> None:
        """Starts a machine's Ray, as its administrator would; its data folder may come later."""
        self.machines[name] = self.folder / name
        resources = {"passerby": 1000, f"passerby_node:{name}": 1, **{f"passerby_pool:{pool}": 1000 for pool in pools}}
        words = ("--resources", json.dumps(resources), "--memory", str(4_000_000_000))
        told = {**HEALTH, "STATE_DIRECTORY": str(self.machines[name])}
        self._started(name, lambda: self.cluster.start_machine(name, *words, cpus=cpus, environment=told))

    def _started(self, name: str, start: Callable[[], None]) -> None:
        for left in range(STARTS - 1, -1, -1):
            try:
                start()
            except AssertionError:
                if not left:
                    raise
                self.cluster.kill(name)
            else:
                return

    def fall_silent(self, name: str) -> set[int]:
        """Has a machine do nothing more while its connections stand, as one that hangs; returns its processes."""
        started, stopped = self.cluster.machines[name], set[int]()
        while new := {started.pid, *descendants(started.pid), *self.processes_of(name)} - stopped:
            for pid in new:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
            stopped |= new
        return stopped

    def die(self, name: str) -> None:
        """Ends all of a machine's processes at once, as a power cut would."""
        doomed = self.fall_silent(name)
        for pid in doomed:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.cluster.machines.pop(name).wait()

    def processes_of(self, name: str) -> list[int]:
        """Returns the numbers of the processes that have a machine's data folder in their command line."""
        found, named = [], str(self.machines[name]).encode()
        for each in Path("/proc").iterdir():
            if each.name.isdigit():
                with suppress(OSError):
                    if named in (each / "cmdline").read_bytes().split(b"\0"):
                        found += [int(each.name), *descendants(int(each.name))]
        return found

    def add_camera(self, address: str, number: int) -> None:
        """Adds a camera to the site file that runs."""
        text = self.hub.site.read_text("utf-8")
        one = registered(f"cameras:\n{camera_text(address, number)}").partition("\nregister:")[0]
        self.hub.site.write_text(text.replace("cameras:\n", f"{one.rstrip()}\n", 1), encoding="utf-8")
        os.kill(self.hub.pid, signal.SIGHUP)

    def minutes(self) -> dict[tuple[str, str], float]:
        """Returns how much was watched of each camera's minutes that are stored, 0-1."""
        found: dict[tuple[str, str], float] = {}
        for row in self.hub.rows(bin="minute", quantity="flow"):
            key = (row["camera"], row["start"])
            found[key] = max(found.get(key, 0.0), row["coverage"])
        return found

    def why(self, camera: str) -> str:
        """Returns what the hub says of a camera's state; empty where it says nothing."""
        rows = self.hub.ask("/api/v1/cameras").json()["rows"]
        return next(((row["health"] or {}).get("why") or "" for row in rows if row["name"] == camera), "")

    def lease_numbers(self) -> dict[str, int]:
        """Returns camera -> number of its newest lease."""
        return {row["camera"]: row["number"] for row in self.hub.ask("/api/v1/hand-overs").json()["rows"]}

    def watched_on(self) -> dict[str, str]:
        """Returns camera -> machine, by the newest lease of each."""
        rows = self.hub.ask("/api/v1/hand-overs").json()["rows"]  # oldest first
        return {row["camera"]: row["node"] for row in rows}

    def online(self) -> list[str]:
        """Returns the cameras that are watched now, as the hub knows it."""
        return list(self.online_since())

    def online_since(self) -> dict[str, float]:
        """Returns since when each of these cameras is watched without a pause, by the clock in seconds."""
        rows = self.hub.ask("/api/v1/cameras").json()["rows"]
        online = {row["name"]: row["health"] for row in rows if (row["health"] or {}).get("state") == "online"}
        return {name: seconds(health["since"]) for name, health in online.items()}

    def until(self, holds: Callable[[], object], what: str, within_s: float = 180.0) -> float:
        """Waits until something holds; returns how many seconds that took."""
        began_s = time.monotonic()
        self.hub.until(holds, what, within_s)
        return time.monotonic() - began_s


@contextmanager
def ray_site(
    folder: Path, site: str, names: Sequence[str], *, head: tuple[Sequence[str], Mapping[str, str]] = ((), {})
) -> Iterator[RaySite]:
    """A site that runs, with machines of these names; all of it is gone at the end.

    Args:
        folder: an empty folder, with a short path.
        site: the site file, without `store` and `fleet`.
        names: of the machines; they have joined, and run.
        head: more words for `ray start --head`, and more variables.
    """
    with ExitStack() as open_ends:
        database = open_ends.enter_context(postgresql_server.running(folder))
        cluster = open_ends.enter_context(ray_cluster.cluster())
        port = free_port()
        text = (
            f"{site}\nstore: {{url: '{database.format(database='postgres')}'}}\n"
            f"fleet: {{listen: 127.0.0.1:{port}, address: 127.0.0.1:{port}, ray: 127.0.0.1:{cluster.port}}}\n"
        )
        (folder / "hub").mkdir()
        environment = {**cluster.environment, "CAMERA_PASSWORD": "pa55 w0rd"}
        hub = Service(folder / "hub", text, environment, ("--engine", "ray"))
        made = RaySite(folder, hub, cluster, head=head)
        made.start_head()
        for name in names:  # before anything else of the trial takes their time
            made.start_machine(name)
        open_ends.callback(hub.stop)
        hub.start()
        hub.enter()
        made.fleet("init")  # the hub listens for nodes once there is an authority
        for name in names:
            made.join(name)
        yield made
