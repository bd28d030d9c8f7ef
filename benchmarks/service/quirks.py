"""Cameras as they really are: `python -m benchmarks.service.quirks` runs every quirk against a whole service.

Test cameras with one quirk each play the same recording over real RTSP to one service, some at a time, beside one
without any. After a warm-up whole minutes are counted. The table shows what was fed, what the service has stored of it
(crossings and coverage, asked over its API), and the health that it reports.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.footage import PETS, FootageMissingError, find_footage
from testing.ports import free_port
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import Film, encode, packed
from testing.rtsp_camera.packets import quirks_of
from testing.trial_service.service import Service, TrialError

MINUTE_S = 60
ALONE = "none"
WARM_UP_S = 20.0
"""The longest that a rate takes to be found which is off by a sixth, and some more."""

MAX_RATE_ERROR = 0.02
MIN_COVERAGE = 0.9
"""Of a camera whose pictures all come whole, as a share of the one's without a quirk: the machine may be busy."""

MAX_COUNT_ERROR = 0.3
MIN_COUNT_ERROR = 4
"""What a camera may count otherwise than the one without a quirk, as a share, and in crossings."""


@dataclass(frozen=True, slots=True)
class Quirk:
    """One quirk, and what is right of it.

    Attributes:
        words: for the test camera; `lose_every=` is a fault of it.
        rate: what the health has to measure; None for nothing.
        lossy: pictures are missing, damaged, or overtaken by newer ones that come with them after three seconds of
            nothing; that has to cost coverage.
        other_pace: the film is played faster or slower, so that another part of it falls into the minutes.
        codecs: that it means anything for.
    """

    words: str
    rate: float | None = None
    lossy: bool = False
    other_pace: bool = False
    codecs: tuple[str, ...] = ("h264", "hevc", "mjpeg")


UNITS = ("h264", "hevc")
QUIRKS = (
    Quirk("marker=unit", codecs=UNITS), Quirk("marker=none"), Quirk("marker=every"), Quirk("marker=first"),
    Quirk("sets_apart", codecs=UNITS), Quirk("no_sets,marker=unit", codecs=UNITS),
    Quirk("constant", 0.0), Quirk("constant,marker=none", 0.0),
    Quirk("clock_hz=1000", 0.0111), Quirk("clock_hz=30000", 0.333), Quirk("clock_hz=180000", 2.0),
    Quirk("slow=1.19", 0.84, other_pace=True), Quirk("slow=0.84", 1.19, other_pace=True),
    Quirk("slow=1.05,reports_s=5", 0.952, other_pace=True),
    Quirk("reports_s=5,reports=fast"),
    Quirk("outlier_s=5"), Quirk("outlier_s=-5"), Quirk("outlier_s=37600"), Quirk("back_s=3"),
    Quirk("jitter_s=0.05"), Quirk("new_source=100"), Quirk("held_s=3", lossy=True), Quirk("start_ticks=4294900000"),
    Quirk("leave_out=40", lossy=True, codecs=UNITS), Quirk("cut=40", lossy=True), Quirk("lose_every=400", lossy=True),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one quirk.

    Attributes:
        codec, quirk: of the camera.
        fed: pictures that it sent in the minutes.
        counted: crossings that are stored of them.
        coverage: watched share of them.
        health, measured: what the service reports at the end.
        faults: what is not right.
    """

    codec: str
    quirk: str
    fed: int
    counted: int
    coverage: float
    health: str
    measured: float | None
    faults: tuple[str, ...] = ()


def batches(codecs: Sequence[str], at_once: int) -> Iterator[tuple[str, list[Quirk]]]:
    """Which cameras run at the same time: of one codec each, with room for the one without a quirk."""
    for codec in codecs:
        left = iter([quirk for quirk in QUIRKS if codec in quirk.codecs])
        while some := list(islice(left, at_once - 1)):
            yield codec, some


def camera_of(film: Film, words: str) -> RtspCamera:
    """A camera with a quirk."""
    camera = RtspCamera(film)
    if words.startswith("lose_every="):
        camera.faults.lose_every = int(words.partition("=")[2])
    else:
        camera.quirks = quirks_of(words)
    return camera


def site_text(cameras: Sequence[RtspCamera], fps: float) -> str:
    """The site file: each camera with two lines across the recording's ways."""
    lines = (
        "{west lane: {points: [[0.27, 0.355], [0.245, 0.475]]}, north road: {points: [[0.69, 0.325], [0.91, 0.365]]}}"
    )
    rows = [
        f'  c{number}: {{source: {{rtsp: "{camera.address}"}}, analysed_fps: {fps:g}, lines: {lines}}}'
        for number, camera in enumerate(cameras)
    ]
    port = free_port()
    site = f"site: {{name: quirks, time_zone: UTC}}\nnetwork: {{cameras: [127.0.0.0/8]}}\nserver: {{port: {port}}}\n"
    return site + "cameras:\n" + "\n".join(rows) + "\n"


def run(film: Film, quirks: Sequence[Quirk], minutes: int, fps: float) -> list[Outcome]:
    """One service with a camera a quirk, and one without; the outcome of each."""
    every = [Quirk(""), *quirks]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cameras = [camera_of(film, quirk.words) for quirk in every]
        for camera in cameras:
            stack.enter_context(camera)
        service = stack.enter_context(Service(folder, site_text(cameras, fps)))
        service.enter()
        with suppress(TrialError):  # a camera that is never online shows in its outcome
            service.until(lambda: _online(service) == len(cameras), "all cameras online", 90)
        start_s = (int(time.time() + WARM_UP_S) // MINUTE_S + 1) * MINUTE_S
        _sleep_until(start_s)
        before = [camera.pictures_sent for camera in cameras]
        _sleep_until(start_s + minutes * MINUTE_S)
        fed = [camera.pictures_sent - then for camera, then in zip(cameras, before, strict=True)]
        health = {row["camera"]: row for row in service.ask("/api/v1/health").json()["rows"]}
        rows = _stored(service, start_s, minutes, len(cameras))
    found = []
    for number, (quirk, sent) in enumerate(zip(every, fed, strict=True)):
        mine = [row for row in rows if row["camera"] == f"c{number}"]
        shares = {row["start"]: row["coverage"] for row in mine}
        report = health.get(f"c{number}", {"state": "offline", "why": "no report", "measured": None})
        found.append(
            Outcome(
                film.codec, quirk.words or ALONE, sent, round(sum(row["value"] or 0 for row in mine)),
                round(sum(shares.values()) / minutes, 3), f"{report['state']}: {report['why']}", report["measured"],
            )
        )  # fmt: skip
    return [_judged(one, quirk, found[0]) for one, quirk in zip(found, every, strict=True)]


def _online(service: Service) -> int:
    rows = service.ask("/api/v1/health").json()["rows"]
    return sum(row["state"] == "online" for row in rows)


def _sleep_until(moment_s: float) -> None:
    time.sleep(max(0.0, moment_s - time.time()))


def _stored(service: Service, start_s: int, minutes: int, cameras: int) -> list[dict[str, Any]]:
    """The flows of the minutes, once they are stored; what is not there in time was never watched."""
    start, end = (
        datetime.fromtimestamp(moment_s, UTC).isoformat().replace("+00:00", "Z")
        for moment_s in (start_s, start_s + minutes * MINUTE_S)
    )

    def rows() -> list[dict[str, Any]]:
        return service.rows(bin="minute", quantity="flow", start=start, end=end)

    with suppress(TrialError):
        service.until(lambda: len({(row["camera"], row["start"]) for row in rows()}) == cameras * minutes, "rows", 45)
    return rows()


def _judged(one: Outcome, quirk: Quirk, alone: Outcome) -> Outcome:
    faults = []
    if not one.health.startswith("online"):
        faults.append("not online")
    if one.coverage > 0.5 and one.counted == 0 and alone.counted > MIN_COUNT_ERROR:
        faults.append("a false zero")
    if quirk.rate is not None and (
        one.measured is None or abs(one.measured - quirk.rate) > MAX_RATE_ERROR * quirk.rate
    ):
        faults.append(f"the clock was not measured at {quirk.rate:g}")
    if quirk.lossy and one.codec in UNITS and one.coverage >= alone.coverage:  # each JPEG picture stands for itself
        faults.append("losses cost no coverage")
    if not quirk.lossy and one.coverage < MIN_COVERAGE * alone.coverage:
        faults.append("coverage was lost")
    allowed = max(MIN_COUNT_ERROR, MAX_COUNT_ERROR * alone.counted)
    if not (quirk.lossy or quirk.other_pace) and abs(one.counted - alone.counted) > allowed:
        faults.append(f"counted otherwise than the {alone.counted} of the camera without a quirk")
    return Outcome(**(asdict(one) | {"faults": tuple(faults)}))


def films(recording: Path, folder: Path, codecs: Sequence[str]) -> dict[str, Film]:
    """The recording in each codec, with four slices a picture where the codec has slices."""
    found = {}
    for codec in codecs:
        path = folder / (f"{codec}.avi" if codec == "mjpeg" else f"{codec}.mp4")
        encode(recording, path, codec, slices=4)
        found[codec] = packed(path)
    return found


def main(words: Sequence[str] | None = None) -> int:
    """Exit code 0: every camera was watched rightly; 1: one was not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.service.quirks", description=__doc__)
    parser.add_argument("--minutes", type=int, default=1, help="that are counted of each [%(default)s]")
    parser.add_argument("--fps", type=float, default=5.0, help="analysed [%(default)s]")
    parser.add_argument("--codecs", default="h264,hevc,mjpeg", help="[%(default)s]")
    parser.add_argument("--at-once", type=int, default=6, help="cameras of a service [%(default)s]")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args(words)
    console, codecs = Console(stderr=options.json), options.codecs.split(",")
    try:
        recording = find_footage().video(PETS)
    except FootageMissingError as missing:
        console.print(f"[yellow]Skipped:[/] {missing}")
        return 0
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as folder, Progress(console=console) as progress:
        made = films(recording, Path(folder), codecs)
        planned = list(batches(codecs, options.at_once))
        task = progress.add_task("services", total=len(planned))
        for codec, quirks in planned:
            outcomes += run(made[codec], quirks, options.minutes, options.fps)
            progress.advance(task)
            for each in outcomes[-len(quirks) - 1 :]:
                figures = f"fed {each.fed}, counted {each.counted}, coverage {each.coverage}, measured {each.measured}"
                progress.console.print(f"{each.codec} {each.quirk}: {figures}: {', '.join(each.faults) or 'right'}")
    if options.json:
        print(json.dumps([asdict(each) for each in outcomes], indent=1))
    else:
        console.print(table_of(outcomes))
    return int(any(each.faults for each in outcomes))


def table_of(outcomes: Sequence[Outcome]) -> Table:
    """The outcomes, a row each."""
    table = Table("codec", "quirk", "fed", "counted", "coverage", "health", "not right")
    for each in outcomes:
        figures = (each.fed, each.counted, each.coverage)
        table.add_row(each.codec, each.quirk, *map(str, figures), each.health, ", ".join(each.faults))
    return table


if __name__ == "__main__":
    sys.exit(main())
