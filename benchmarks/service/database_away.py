"""A service without its database for a while: `python -m benchmarks.service.database_away` kills PostgreSQL under it.

A real service watches a real RTSP camera beside a twin with a database of its own that nobody harms. Written down are
what waits in the outbox, how much memory the hub takes, how long it is until all is stored once the database is back,
and whether both services then hold the same: to the last crossing where both have looked at the same pictures, which a
busy machine does not let them do. `--control` leaves the database there, and shows by how much two undisturbed ones
differ; `python -m benchmarks.fleet.hour_away` has no pictures, and compares exactly.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.footage import PETS, RESULTS_FOLDER, FootageMissingError, find_footage
from benchmarks.service.kills import MINUTE_S, WHOLE, _database, _ready, _reported, minutes_of, site_text
from benchmarks.service.memory import MB, own_bytes
from benchmarks.store.databases import machine
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import opened
from testing.servers import postgresql_server
from testing.trial_service.service import Service

RESULTS = RESULTS_FOLDER / "database_away.json"
BAR_HUB_MB = 20.0
"""What the hub may take more while the database is away."""

SAMPLE_S = 2.0
FPS = 5.0


def run(away_s: float, before_s: float, console: Console, *, control: bool = False) -> dict[str, Any]:
    """The whole trial; with nothing that is taken away, where it is for comparison."""
    footage = find_footage()
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="psb-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        camera = stack.enter_context(RtspCamera(opened(footage.video(PETS), folder)))
        url, database = stack.enter_context(_database(folder))
        services = []
        for name, store in (("alone", ""), ("harmed", "store: {url_from: STORE_URL}\n")):
            (folder / name).mkdir()
            text = site_text(camera.address, FPS, store)
            services.append(stack.enter_context(Service(folder / name, text, {"STORE_URL": url})))
        alone, harmed = services
        for service in services:
            service.enter()
            service.until(partial(_reported, service), "health", 120)
        from_s = time.time()
        console.print(f"watching for {before_s:g} s")
        time.sleep(before_s)
        before = _sample(harmed, from_s)
        if not control:
            database.kill()
        console.print(f"the database is {'there' if control else 'away'} for {away_s:g} s")
        gone_s = time.time()
        away = _until(harmed, gone_s + away_s, gone_s)
        live = harmed.ask("/healthz").status, harmed.ask("/api/v1/cameras").status
        if not control:
            database.start()
        back_s = time.time()
        console.print(f"it is back; {away[-1]['outbox_rows']} rows wait")
        drained_s, after = _drained(harmed, back_s)
        to_s = time.time()
        time.sleep(1.5 * MINUTE_S)
        for service in services:
            service.until(partial(_ready, service), "the hub, and an empty outbox", 180)
        after.append(_sample(harmed, back_s))
        return {
            "away_s": 0.0 if control else away_s,
            "analysed_fps": FPS,
            "answers_while_away": {"healthz": live[0], "cameras": live[1]},
            "outbox_rows_most": max(one["outbox_rows"] for one in away + after),
            "seconds_until_drained": drained_s,
            "hub_mb": {
                "before": before["hub_mb"],
                "most_while_away": max(one["hub_mb"] for one in away),
                "after": after[-1]["hub_mb"],
            },
            "hub_restarts": len({one["hub"] for one in (before, *away, *after)}) - 1,
            "same_as_alone": _compared(alone, harmed, from_s, to_s),
            "samples": away[::5] + after,
            "machine": machine(),
        }


def _sample(service: Service, since_s: float) -> dict[str, Any]:
    status = service.status()
    pids = {one["name"]: one["pid"] for one in status["processes"]}
    return {
        "at_s": round(time.time() - since_s, 1),
        "outbox_rows": status["outbox_rows"],
        "hub": pids["hub"],
        "hub_mb": round(own_bytes(pids["hub"]) / MB, 2),
        "worker_mb": round(own_bytes(pids["worker-1"]) / MB, 2),
    }


def _until(service: Service, end_s: float, since_s: float) -> list[dict[str, Any]]:
    samples = []
    while time.time() < end_s:
        samples.append(_sample(service, since_s))
        time.sleep(SAMPLE_S)
    return samples


def _drained(service: Service, back_s: float) -> tuple[float | None, list[dict[str, Any]]]:
    """Seconds until nothing waits any more, as the status says it; None where that lasts over two minutes."""
    samples = []
    while time.time() < back_s + 120:
        samples.append(_sample(service, back_s))
        if samples[-1]["outbox_rows"] == 0:
            return samples[-1]["at_s"], samples
        time.sleep(0.25)
    return None, samples


def _compared(alone: Service, harmed: Service, from_s: float, to_s: float) -> dict[str, Any]:
    """The whole minutes in between: those that the harmed one lacks, and those in which it holds something else."""
    ours, theirs = minutes_of(alone), minutes_of(harmed)
    starts = [start_s for start_s in sorted(ours) if from_s <= start_s <= to_s - MINUTE_S]
    both = [
        start_s
        for start_s in starts
        if start_s in theirs and min(ours[start_s].coverage, theirs[start_s].coverage) >= WHOLE
    ]
    return {
        "minutes": len(starts),
        "missing": [start_s for start_s in starts if start_s not in theirs],
        "watched_wholly_by_both": len(both),
        "of_these_differing": [
            {"start_s": start_s, "alone": ours[start_s].total, "harmed": theirs[start_s].total}
            for start_s in both
            if ours[start_s].counts != theirs[start_s].counts
        ],
        "crossings_alone": sum(ours[start_s].total for start_s in starts),
        "crossings_harmed": sum(theirs[start_s].total for start_s in starts if start_s in theirs),
        "coverage_harmed": [round(theirs[start_s].coverage, 4) for start_s in starts if start_s in theirs],
    }


def main(words: Sequence[str] | None = None) -> int:
    """Exit code 0: nothing was lost, the outbox drained, and the hub stayed small; 1: not so."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.service.database_away", description=__doc__)
    parser.add_argument("--away-s", type=float, default=120.0, help="how long the database is away")
    parser.add_argument("--before-s", type=float, default=45.0, help="how long all is well before")
    parser.add_argument("--control", action="store_true", help="leave the database there: how two twins differ")
    parser.add_argument("--json", type=Path, default=RESULTS)
    options = parser.parse_args(words)
    console = Console()
    why_not = postgresql_server.missing()
    if why_not:
        console.print(f"[yellow]Skipped:[/] {why_not}")
        return 0
    try:
        result = run(options.away_s, options.before_s, console, control=options.control)
    except FootageMissingError as missing:
        console.print(f"[yellow]Skipped:[/] {missing}")
        return 0
    options.json.parent.mkdir(exist_ok=True)
    options.json.write_text(json.dumps(result, indent=1) + "\n")
    console.print_json(json.dumps({name: part for name, part in result.items() if name != "samples"}))
    hub, same = result["hub_mb"], result["same_as_alone"]
    bad = (
        result["seconds_until_drained"] is None
        or hub["most_while_away"] - hub["before"] > BAR_HUB_MB
        or same["missing"]
        or same["of_these_differing"]
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
