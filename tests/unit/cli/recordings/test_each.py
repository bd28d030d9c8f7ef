"""`passerby count --each` and `--engine`: the numbers of a plain count, each recording by itself, and no work twice."""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from passerby.cli import app
from passerby.cli.recordings import each
from passerby.domain.errors import OutputError, PasserbyError
from passerby.fleet.ray_cluster import RayAddress
from passerby.messages.sandbox_messages import RecordingHeader
from passerby.messages.sandbox_orders import HeaderPlan
from passerby.pipeline.recorded.header_job import read_headers
from passerby.recordings.batch.finished import FinishedCounts
from passerby.recordings.batch.here import counted_here
from passerby.recordings.batch.jobs import CountJob, JobResult, count_job
from testing.films import film

SITE = """
site: {name: Market square, time_zone: Europe/Berlin}
cameras:
  north: {lines: {door: {points: [[0.2, 0.1], [0.2, 0.9]], count: [pedestrian]}}}
"""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Headers are read in this process, for the sake of time."""

    def here(videos: Sequence[Path]) -> tuple[RecordingHeader, ...]:
        return read_headers(HeaderPlan(tuple(videos))).headers

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("passerby.cli.recordings.plans.headers_in_sandbox", here)


@pytest.fixture
def season(tmp_path: Path) -> Path:
    folder = tmp_path / "season"
    folder.mkdir()
    first = film(folder / "20260501_080000.mp4", times_s=[number / 10 for number in range(12)])
    shutil.copy(first, folder / "20260502_080000.mp4")
    return folder


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "120"})


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The recordings that were counted here, each in this process by a made report."""
    names: list[str] = []

    def here(jobs: Sequence[CountJob], on_progress: Callable[..., None]) -> Iterator[tuple[CountJob, JobResult]]:
        names.extend(job.name for job in jobs)
        return counted_here(jobs, on_progress)

    monkeypatch.setattr(each, "counted_here", here)
    return names


@pytest.mark.slow
def test_each_is_counted_as_a_plain_count_does_and_once(season: Path, tmp_path: Path, counted: list[str]) -> None:
    (tmp_path / "site.yaml").write_text(SITE)
    words = ("count", season, "--site", "site.yaml", "--each", "out", "--json", "all.json")
    result = run(*words)
    assert result.exit_code == 0, result.output
    assert "2 recordings, each counted by itself" in result.output
    for name in ("20260501_080000.mp4", "20260502_080000.mp4"):
        assert run("count", season / name, "--site", "site.yaml", "--json", "plain.json").exit_code == 0
        assert (tmp_path / "out" / f"{name}.counts.json").read_bytes() == Path("plain.json").read_bytes()
    summary = json.loads(Path("all.json").read_text())
    assert [row["start"] for row in summary["recordings"]] == ["2026-05-01T06:00:00Z", "2026-05-02T06:00:00Z"]
    assert summary["not_counted"] == []
    assert set(summary["lines"]) == {"door"}
    assert len(counted) == 2
    before = Path("all.json").read_bytes()
    assert run(*words).exit_code == 0
    assert len(counted) == 2
    assert Path("all.json").read_bytes() == before
    # Another rate is another count.
    assert run(*words, "--fps", "5").exit_code == 0
    assert len(counted) == 4


@pytest.mark.slow
def test_a_damaged_recording_ends_no_other(season: Path) -> None:
    (season / "20260501_090000.mp4").write_bytes(b"no film")
    result = run("count", season, "--each", "out", "--json", "all.json")
    assert result.exit_code == 1
    assert isinstance(result.exception, PasserbyError)
    assert str(result.exception).startswith("20260501_090000.mp4: not counted: ")
    summary = json.loads(Path("all.json").read_text())
    assert len(summary["recordings"]) == 2
    assert [row["recording"] for row in summary["not_counted"]] == ["20260501_090000.mp4"]


@pytest.mark.slow
def test_ctrl_c_keeps_what_is_finished(season: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def here(jobs: Sequence[CountJob], _: object) -> Iterator[tuple[CountJob, JobResult]]:
        yield jobs[0], count_job(jobs[0])
        raise KeyboardInterrupt

    monkeypatch.setattr(each, "counted_here", here)
    result = run("count", season, "--each", "out")
    assert result.exit_code == 130
    assert "1 of 2 recordings are counted. The same command goes on from here." in result.output
    assert Path("out/20260501_080000.mp4.counts.json").exists()


@pytest.mark.slow
def test_a_full_disk_ends_the_run_and_says_how_to_go_on(season: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add, room = FinishedCounts.add, ["for one"]

    def full_after_one(finished: FinishedCounts, name: str, key: str, content: bytes) -> None:
        if not room:
            raise OutputError("No space left on device")
        room.pop()
        add(finished, name, key, content)

    monkeypatch.setattr(FinishedCounts, "add", full_after_one)
    result = run("count", season, "--each", "out")
    assert result.exit_code == 1
    assert str(result.exception) == "No space left on device"
    assert "Ended before all was counted: 1 of 2 recordings are counted. The same command goes on" in result.output
    assert Path("out/20260501_080000.mp4.counts.json").exists()


def test_where_nothing_was_counted_nothing_is_said_to_be_written(season: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(each, "counted_here", lambda jobs, _: ((job, JobResult(None, "x")) for job in jobs))
    result = run("count", season, "--each", "out")
    assert result.exit_code == 1
    assert "Written" not in result.output


@pytest.mark.parametrize("free", [0, 1])
def test_an_engine_counts_into_build_counts(season: Path, monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    asked: list[Any] = []

    def on_cluster(
        jobs: Sequence[CountJob], address: RayAddress, on_machines: Callable[[int, int, int], None]
    ) -> Iterator[tuple[CountJob, JobResult]]:
        on_machines(3, 24, free)
        asked.append((str(address), [job.plan.video.is_absolute() for job in jobs]))
        yield from ((job, JobResult(None, "no disk")) for job in jobs)

    monkeypatch.setattr(each, "counted_on_cluster", on_cluster)
    result = run("count", season, "--engine", "ray://127.0.0.1:6400")
    assert asked == [("127.0.0.1:6400", [True, True])]
    assert str(result.exception) == (
        "20260501_080000.mp4: not counted: no disk\n20260502_080000.mp4: not counted: no disk"
    )
    assert Path("build/counts").is_dir()
    waits = "Other work has all processors of the cluster (24): the recordings wait until one is free."
    assert (waits in result.output) == (free == 0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--engine", "dask"), "--engine: this is no address of a Ray cluster, got 'dask'"),
        (("--each", "out", "--csv", "x.csv", "--film", "x.mp4"), "--csv, --film: of one count, and with --each"),
        (("--engine", "ray", "--start", "2026-05-01T08:00:00"), "--start: of one count"),
        (("--each", "out", "--json", "none/x.json"), "there is no folder"),
        (("--each", "season"), ""),
    ],
)
def test_what_is_refused(season: Path, words: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setattr(each, "counted_here", lambda jobs, _: ((job, JobResult(None, "x")) for job in jobs))
    result = run("count", season, *words)
    assert said in str(result.exception)
    assert result.exit_code == 1


def test_two_recordings_of_one_name(season: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    shutil.copy(season / "20260501_080000.mp4", tmp_path / "other")
    result = run("count", season, tmp_path / "other", "--each", "out")
    assert "have one name, by which each result is written" in str(result.exception)


def test_a_recording_that_may_not_be_read(season: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (season / "20260503_080000.mp4").symlink_to("nowhere")
    monkeypatch.setattr(each, "counted_here", lambda jobs, _: ((job, JobResult(None, "x")) for job in jobs))
    result = run("count", *sorted(season.iterdir()), "--each", "out")
    assert "20260503_080000.mp4: not counted: " in str(result.exception)
