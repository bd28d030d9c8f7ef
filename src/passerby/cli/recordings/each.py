"""`passerby count --each`: many recordings, each counted by itself, here or on a cluster; what is there is kept."""

import json
import os
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from passerby.cli.recordings.known_lines import accuracies_in
from passerby.cli.recordings.outputs import check_apart, check_output
from passerby.cli.recordings.plans import PlannedRecording
from passerby.domain.errors import OutputError, PasserbyError
from passerby.domain.progress import Progress as Step
from passerby.files import write_whole
from passerby.fleet.ray_cluster import RayAddress, ray_address
from passerby.recordings.batch.finished import FinishedCounts
from passerby.recordings.batch.here import counted_here
from passerby.recordings.batch.jobs import CountJob, JobResult, content_of, job_key
from passerby.recordings.batch.on_cluster import counted_on_cluster
from passerby.tables.counts_json import counts_json
from passerby.text import duration, percent, printable

DEFAULT_FOLDER = Path("build") / "counts"
"""Where results go where an engine is named and no folder."""

SUMMARY_VERSION = 1
PARTIAL = 3
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class _Recording:
    planned: PlannedRecording
    job: CountJob
    key: str


class CountEach:
    """Counts each of many recordings by itself.

    Args:
        planned: what to count in each, with how long it claims to be.
        folder: where the results go.
        engine: `ray` or `ray://HOST:PORT`; None for this machine.
        validation: counts by hand, on which the intervals for the true numbers rest.
        summary: where to write a summary as JSON; None for nowhere.
        read: the files besides recordings that say what to count.

    Raises:
        PasserbyError: two recordings have one name, the folder or the summary cannot be written, or the engine is none.
    """

    def __init__(
        self,
        planned: Sequence[tuple[PlannedRecording, float]],
        folder: Path,
        engine: str | None,
        validation: Path | None,
        summary: Path | None,
        read: Sequence[Path],
    ) -> None:
        self._address = ray_address(engine, os.environ) if engine is not None else None
        _check_names([each.plan.video for each, _ in planned])
        self._known = accuracies_in(validation, planned[0][0].plan)
        if summary is not None:
            check_output(summary)
        self._finished = FinishedCounts(folder)
        self._recordings: list[_Recording] = []
        self._faults: dict[str, str] = {}
        self._summary, self._console = summary, Console(stderr=True)
        believed = content_of(validation) if validation else ""
        for each, duration_s in planned:
            self._add(each, duration_s, believed)
        outputs = [self._finished.path(each.job.name) for each in self._recordings]
        videos = [each.plan.video for each, _ in planned]
        check_apart([*outputs, *([summary] if summary else [])], [*videos, *read])

    def _add(self, planned: PlannedRecording, duration_s: float, believed: str) -> None:
        plan = replace(planned.plan, video=planned.plan.video.absolute())
        try:
            job = CountJob(plan, content_of(plan.video), duration_s)
            self._recordings.append(_Recording(planned, job, job_key(job, *planned.notes, believed)))
        except PasserbyError as error:
            self._faults[plan.video.name] = str(error)

    def run(self) -> int:
        """Counts what is not there yet, prints what there is, and returns the command's exit code.

        Raises:
            OutputError: a result cannot be written, which ends the run; or a recording could not be counted, and all
                others were.
            PasserbyError: the cluster is refused or cannot be reached.
        """
        with self._finished.locked():
            waiting = [each for each in self._recordings if not self._finished.has(each.job.name, each.key)]
            try:
                self._count(waiting)
            except KeyboardInterrupt:
                self._say_how_to_go_on("Ended by Ctrl-C")
                return INTERRUPTED
            except OutputError:
                self._say_how_to_go_on("Ended before all was counted")
                raise
            return self._end()

    def _count(self, waiting: Sequence[_Recording]) -> None:
        by_video = {each.job.plan.video: each for each in waiting}
        jobs = [each.job for each in waiting]
        if not jobs:
            return
        with _bar(self._recordings, waiting, self._console) as bar:
            results = self._results(jobs, self._address, bar)
            with closing(results):
                for job, result in results:
                    self._take(by_video[job.plan.video], result)
                    bar.finished(job)

    def _results(
        self, jobs: Sequence[CountJob], address: RayAddress | None, bar: "_Bar"
    ) -> "Generator[tuple[CountJob, JobResult]]":
        if address is None:
            return counted_here(jobs, bar.step)
        return counted_on_cluster(jobs, address, bar.machines)

    def _take(self, recording: _Recording, result: JobResult) -> None:
        if result.report is None:
            self._faults[recording.job.name] = result.fault
            return
        known, outdated = self._known
        report = replace(result.report, notes=(*recording.planned.notes, *outdated, *result.report.notes))
        self._finished.add(recording.job.name, recording.key, counts_json(report, known))

    def _say_how_to_go_on(self, why: str) -> None:
        done = sum(self._finished.has(each.job.name, each.key) for each in self._recordings)
        self._console.print(
            f"{why}: {done} of {len(self._recordings)} recordings are counted. The same command goes on from here.",
            highlight=False, markup=False, soft_wrap=True,
        )  # fmt: skip

    def _end(self) -> int:
        documents = {
            each.job.name: _document(self._finished.path(each.job.name))
            for each in self._recordings
            if each.job.name not in self._faults
        }
        lines = _sums(documents.values())
        self._print(documents, lines)
        if self._summary is not None:
            write_whole(self._summary, self._summary_json(documents, lines))
        if self._faults:
            raise OutputError("\n".join(f"{printable(name)}: not counted: {why}" for name, why in self._faults.items()))
        return PARTIAL if any(document["losses"] for document in documents.values()) else 0

    def _print(self, documents: Mapping[str, Any], lines: Mapping[str, Any]) -> None:
        console = Console()
        table = Table("Line", "Class", "Forward", "Backward")
        for line, users in lines.items():
            for user, ways in users.items():
                table.add_row(printable(line), user, str(ways["forward"]), str(ways["backward"]))
        if table.row_count:
            console.print(table)
        watched_s = sum(document["coverage"] * document["duration_s"] for document in documents.values())
        length_s = sum(document["duration_s"] for document in documents.values())
        if documents:
            console.print(
                f"{len(documents)} recordings, each counted by itself: {duration(length_s)}, of which "
                f"{percent(watched_s / length_s if length_s else 0.0)} was watched.",
                highlight=False, soft_wrap=True,
            )  # fmt: skip
        for name, document in documents.items():
            for loss in document["losses"]:
                console.print(f"{printable(name)}: {printable(loss)}", highlight=False, markup=False, soft_wrap=True)
        if documents:
            console.print(
                f"Written: {printable(str(self._finished.path('*')))}", highlight=False, markup=False, soft_wrap=True
            )

    def _summary_json(self, documents: Mapping[str, Any], lines: Mapping[str, Any]) -> bytes:
        rows = [
            {
                "recording": name,
                "counts": self._finished.path(name).name,
                **{key: document[key] for key in ("camera", "start", "duration_s", "coverage", "losses")},
            }
            for name, document in documents.items()
        ]
        summary = {
            "schema_version": SUMMARY_VERSION,
            "recordings": rows,
            "not_counted": [{"recording": printable(name), "why": why} for name, why in self._faults.items()],
            "lines": lines,
        }
        return (json.dumps(summary, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _document(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_bytes())
    return document


def _sums(documents: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, dict[str, int]]]:
    """Line -> class -> direction -> crossings, all recordings together."""
    sums: dict[str, dict[str, dict[str, int]]] = {}
    for document in documents:
        for line, users in document["lines"].items():
            for user, ways in users.items():
                row = sums.setdefault(line, {}).setdefault(user, {})
                for way, count in ways.items():
                    row[way] = row.get(way, 0) + count
    return sums


def _check_names(videos: Sequence[Path]) -> None:
    seen: dict[str, Path] = {}
    for video in videos:
        if seen.setdefault(video.name, video) is not video:
            raise PasserbyError(
                f"{seen[video.name]} and {video} have one name, by which each result is written. Count them into two "
                "folders (--each), or rename one."
            )


class _Bar:
    """One progress bar for all recordings, by their length."""

    def __init__(self, bar: Progress, recordings: Sequence[_Recording], waiting: Sequence[_Recording]) -> None:
        self._bar, self._count = bar, len(recordings)
        self._finished = len(recordings) - len(waiting)
        total_s = sum(each.job.duration_s for each in recordings)
        self._done_s = total_s - sum(each.job.duration_s for each in waiting)
        self._where = ""
        self._task = bar.add_task("", total=max(total_s, 1.0))
        bar.update(self._task, completed=self._done_s)
        self._show()

    def step(self, step: Step) -> None:
        """Shows how far the recording is that is being counted."""
        self._bar.update(self._task, completed=self._done_s + step.done_s)

    def machines(self, machines: int, processors: int, free: int) -> None:
        """Shows what counts, and says so where nothing can yet."""
        self._where = f" on {machines} machines, {processors} processors"
        self._show()
        if not free:
            self._bar.console.print(
                f"Other work has all processors of the cluster ({processors}): the recordings wait until one is free.",
                highlight=False, soft_wrap=True,
            )  # fmt: skip

    def finished(self, job: CountJob) -> None:
        """Shows that a recording is finished."""
        self._finished += 1
        self._done_s += job.duration_s
        self._bar.update(self._task, completed=self._done_s)
        self._show()

    def _show(self) -> None:
        self._bar.update(self._task, description=f"{self._finished} of {self._count} recordings{self._where}")


@contextmanager
def _bar(recordings: Sequence[_Recording], waiting: Sequence[_Recording], console: Console) -> Iterator[_Bar]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, refresh_per_second=4) as progress:
        yield _Bar(progress, recordings, waiting)
