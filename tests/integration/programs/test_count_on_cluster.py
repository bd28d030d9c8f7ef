"""A season on a real Ray cluster: the numbers of one machine, also where command, worker process and raylet are killed.

Each kill is of a process that is stopped first (SIGSTOP), and seen to have a recording in hand while it stands still.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import pytest

from testing.servers.ray_cluster import RayCluster, cluster, descendants, missing
from testing.waiting import until

pytestmark = [
    pytest.mark.slow, pytest.mark.footage, pytest.mark.no_cover,
    pytest.mark.skipif(missing() is not None, reason=missing() or "there is one"),
]  # fmt: skip
RECORDINGS, PICTURES, RATE_FPS = 8, 60, 10
WITHIN_S = 180.0
LOOK_S = 0.1


@pytest.fixture
def season(footage: Path, tmp_path: Path) -> Path:
    """Stretches of a real recording, each with other people, so that results of two cannot be mistaken."""
    folder = tmp_path / "season"
    folder.mkdir()
    with av.open(str(footage / "pets09-s2l1" / "video.avi"), "r") as source:
        pictures = source.decode(video=0)
        for number in range(RECORDINGS):
            _write(folder / f"2026050{number + 1}_080000.mp4", pictures)
    return folder


def _write(path: Path, pictures: Iterator[av.VideoFrame]) -> None:
    with av.open(str(path), "w") as output:
        stream = output.add_stream("mpeg4", rate=RATE_FPS)
        assert isinstance(stream, av.video.stream.VideoStream)
        stream.width, stream.height, stream.bit_rate = 768, 576, 4_000_000
        for number in range(PICTURES):
            picture = next(pictures)
            picture.pts, picture.time_base = number, Fraction(1, RATE_FPS)
            output.mux(stream.encode(picture))
        output.mux(stream.encode())


def begun(season: Path, *words: str | Path, ours: RayCluster | None = None) -> "subprocess.Popen[str]":
    own = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    return subprocess.Popen(
        [sys.executable, "-m", "passerby", "count", str(season), *map(str, words)],
        env=own | (ours.environment if ours else {}), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def ended(command: "subprocess.Popen[str]") -> tuple[int, str]:
    """Returns the exit code of a command, and all that it printed."""
    said, fault = command.communicate(timeout=WITHIN_S)
    return command.returncode, said + fault


def finished(out: Path) -> dict[str, int]:
    """The results that are there, and when each was written."""
    return {path.name: path.stat().st_mtime_ns for path in out.glob("*.counts.json")}


def command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def parent_of(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def runs(pid: int) -> bool:
    """Whether a process is there; one that has ended and is not waited for is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def sandboxes(ours: RayCluster, *machines: str) -> list[int]:
    """The sandboxes that count for machines of the cluster."""
    found = [pid for name in machines for pid in descendants(ours.machines[name].pid)]
    return [
        pid for pid in found
        if b"passerby.pipeline" in command_of(pid) and b"passerby.pipeline" not in command_of(parent_of(pid))
    ]  # fmt: skip


@contextmanager
def worker_at_work(ours: RayCluster, machine: str) -> Iterator[tuple[int, int]]:
    """A worker process that stands still with its sandbox, which has not ended: so the recording is not finished."""
    while True:
        until(lambda: sandboxes(ours, machine), WITHIN_S, LOOK_S)
        for sandbox in sandboxes(ours, machine):
            worker = parent_of(sandbox)
            if not command_of(worker).startswith(b"ray::"):
                continue
            os.kill(worker, signal.SIGSTOP)
            try:
                if runs(sandbox) and parent_of(sandbox) == worker:
                    yield worker, sandbox
                    return
            finally:
                if runs(worker):
                    os.kill(worker, signal.SIGCONT)


def kill(pid: int) -> None:
    """Kills a process, and sees that it is gone."""
    assert pid
    assert runs(pid)
    os.kill(pid, signal.SIGKILL)
    until(lambda: not runs(pid), WITHIN_S, LOOK_S)


def test_a_season_survives_the_death_of_command_worker_and_raylet(season: Path, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    names = {f"{path.name}.counts.json" for path in season.iterdir()}
    assert ended(begun(season, "--each", here, "--json", tmp_path / "here.json"))[0] == 0
    with cluster() as ours:
        ours.start_head(cpus=1)
        ours.start_machine("second", cpus=1)
        words = ("--engine", ours.address, "--each", there, "--json", tmp_path / "there.json")

        command = begun(season, *words, ours=ours)
        until(lambda: finished(there) or command.poll() is not None, WITHIN_S, LOOK_S)
        command.send_signal(signal.SIGSTOP)
        kept = finished(there)
        assert kept.keys() < names
        assert sandboxes(ours, "head", "second"), "a recording is being counted"
        command.kill()
        assert ended(command)[0] == -signal.SIGKILL
        # What it had started ends with it, and writes nothing any more.
        until(lambda: not sandboxes(ours, "head", "second"), WITHIN_S, LOOK_S)
        assert finished(there) == kept

        command = begun(season, *words, ours=ours)
        with worker_at_work(ours, "second") as (worker, sandbox):
            assert finished(there).keys() < names
            kill(worker)
        until(lambda: not runs(sandbox), WITHIN_S, LOOK_S)
        with worker_at_work(ours, "second") as (worker, sandbox):
            assert finished(there).keys() < names
            kill(ours.raylet("second") or 0)
        # A process of Ray's that has lost its raylet ends, and its sandbox with it.
        until(lambda: not runs(worker) and not runs(sandbox), WITHIN_S, LOOK_S)
        code, said = ended(command)
        assert code == 0, said
        assert f"{RECORDINGS} recordings, each counted by itself" in said
    assert finished(here).keys() == finished(there).keys() == names
    assert {name: written for name, written in finished(there).items() if name in kept} == kept, "none counted again"
    for name in names:
        assert (there / name).read_bytes() == (here / name).read_bytes()
    assert len({(here / name).read_bytes() for name in names}) == RECORDINGS
    assert (tmp_path / "there.json").read_bytes() == (tmp_path / "here.json").read_bytes()
    # All is there: the same command counts nothing, and asks for no cluster, which is gone.
    assert ended(begun(season, *words))[0] == 0
    assert (tmp_path / "there.json").read_bytes() == (tmp_path / "here.json").read_bytes()


def test_a_count_whose_clusters_head_dies_ends_and_the_same_command_goes_on_with_the_rest(
    season: Path, tmp_path: Path
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    assert ended(begun(season, "--each", here))[0] == 0
    with cluster() as ours:
        ours.start_head(cpus=1)
        words = ("--engine", ours.address, "--each", there)
        command = begun(season, *words, ours=ours)
        until(lambda: finished(there) or command.poll() is not None, WITHIN_S, LOOK_S)
        ours.kill("head")
        code, said = ended(command)
        kept = finished(there)
        assert code not in (0, -signal.SIGKILL), said
        assert 0 < len(kept) < RECORDINGS
        ours.start_head(cpus=1)
        code, said = ended(begun(season, *words, ours=ours))
        assert code == 0, said
    assert {name: written for name, written in finished(there).items() if name in kept} == kept, "none counted again"
    assert finished(here).keys() == finished(there).keys()
    for name in finished(here):
        assert (there / name).read_bytes() == (here / name).read_bytes()
