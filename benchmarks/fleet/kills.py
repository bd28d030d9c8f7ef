"""How soon the cameras of a machine that dies are watched elsewhere, and whether any minute is lost or doubled.

`python -m benchmarks.fleet.kills --kills 20`: three machines of a real Ray cluster, hub and PostgreSQL run on this one.
Again and again one of them loses all its processes at once; once its cameras are watched elsewhere it is started again,
and delivers what was left on its disk.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import opened
from testing.trial_service import ray_site
from testing.trial_service.ray_site import RaySite, site_of

WITHIN_S = 180.0
TARGET_S = 30.0


def killed(trial: RaySite, cameras: int) -> tuple[float, float]:
    """Kills the machine that watches most; returns after how many seconds its workers, and all cameras, were back."""
    places = list(trial.watched_on().values())
    victim = max(set(places), key=places.count)
    began_s = time.monotonic()
    trial.die(victim)
    trial.until(lambda: victim not in trial.watched_on().values(), "its workers are elsewhere", WITHIN_S)
    placed_s = time.monotonic() - began_s
    trial.until(lambda: len(trial.online()) == cameras, "its cameras are watched elsewhere", WITHIN_S)
    watched_s = time.monotonic() - began_s
    trial.start_machine(victim)
    left = trial.machines[victim] / "workers"
    trial.until(
        lambda: not any(map(ray_site.waits, left.glob("*/journal.sqlite"))), "it has delivered what was left", WITHIN_S
    )
    return placed_s, watched_s


def main() -> int:
    """Prints a line a kill, and what became of the minutes; returns 1 where they or the time are not as they should."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--cameras", type=int, default=3)
    parser.add_argument("--footage", type=Path, default=Path("../shared/footage/pets09-s2l1/video.avi"))
    given = parser.parse_args()
    if why := ray_site.missing():
        print(why)
        return 1
    folder = Path(tempfile.mkdtemp(prefix="psk-"))
    film = opened(given.footage, Path(tempfile.mkdtemp()))
    with (
        RtspCamera(film, user="watcher", password="pa55 w0rd") as camera,
        ray_site.ray_site(folder, site_of(camera.address, given.cameras), ["a", "b", "c"]) as trial,
    ):
        trial.until(lambda: len(trial.online()) == given.cameras, "all cameras are watched", WITHIN_S)
        times: list[tuple[float, float]] = []
        for number in range(given.kills):
            times.append(killed(trial, given.cameras))
            placed_s, watched_s = times[-1]
            print(f"kill {number + 1}: elsewhere after {placed_s:.1f} s, watched after {watched_s:.1f} s", flush=True)
        aside = sum(row["minutes_set_aside"] for row in trial.hub.ask("/api/v1/hand-overs").json()["rows"])
        doubled = [share for share in trial.minutes().values() if share > 1.001]
        p95_s = float(np.percentile([watched for _, watched in times], 95))
        print(f"p95 {p95_s:.1f} s (at most {TARGET_S:g}); minutes set aside {aside}, doubled {len(doubled)}")
    return int(p95_s > TARGET_S or aside > 0 or bool(doubled))


if __name__ == "__main__":
    raise SystemExit(main())
