"""What happens while a cluster's head is away, and once it is back: `python -m benchmarks.fleet.head_away`.

A real Ray cluster on this machine, with hub and PostgreSQL. Its head is killed, a camera is added to the site file
meanwhile, and the head is started again: with what it knew in a Redis (`--tables redis`), with that Redis emptied
meanwhile (`emptied`), or without one (`none`). Machines whose Ray ends by itself are started again, as systemd does.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.footage import PETS, FootageMissingError, find_footage
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import opened
from testing.servers import redis_server
from testing.trial_service import ray_site
from testing.trial_service.ray_site import RaySite, site_of

CAMERAS = 3
WITHIN_S = 300.0
SETTLE_S = 90.0
"""So long it is looked at what runs after the head is back: a machine that the head does not know ends in this time."""
WHOLE = 0.97
"""Coverage of a minute in which a camera of one frame a second was watched all the time: one of them may be late."""


@contextmanager
def _head(tables: str) -> Iterator[tuple[tuple[Sequence[str], Mapping[str, str]], redis_server.RedisServer | None]]:
    if tables == "none":
        yield ((), {}), None
        return
    with redis_server.serving() as redis:
        words = ("--redis-password", redis.password)
        yield (words, {"RAY_REDIS_ADDRESS": f"127.0.0.1:{redis.port}"}), redis


def _watched(trial: RaySite, for_s: float, again: list[str]) -> set[str]:
    """Waits; returns the cameras that were not online at some time meanwhile."""
    end_s, missed = time.monotonic() + for_s, set[str]()
    while time.monotonic() < end_s:
        again += trial.keep()
        try:
            online = set(trial.online())
        except OSError:  # the hub reads its site file anew
            continue
        missed |= {f"camera-{number}" for number in range(CAMERAS)} - online
        time.sleep(0.5)
    return missed


def run(trial: RaySite, address: str, away_s: float, empty: Callable[[], object]) -> dict[str, Any]:
    """The trial itself.

    Args:
        trial: the site, with `CAMERAS` cameras.
        address: of what the added camera streams.
        away_s: how long the head is away.
        empty: called while it is.
    """
    trial.until(lambda: len(trial.online()) == CAMERAS, "all cameras are watched", WITHIN_S)
    time.sleep(70)  # a whole minute before
    leases, from_s = trial.lease_numbers(), time.time()
    trial.cluster.kill("head")
    again: list[str] = []
    missed = _watched(trial, away_s / 2, again)
    trial.add_camera(address, CAMERAS)
    empty()
    missed |= _watched(trial, away_s / 2, again)
    waits = {row["name"]: row["health"] for row in trial.hub.ask("/api/v1/cameras").json()["rows"]}
    again_away = list(again)
    print(f"back now; not watched meanwhile: {sorted(missed)}; machines started again: {again_away}", flush=True)
    back_at_s = time.time()
    trial.start_head()
    back_s = time.monotonic()

    def placed() -> bool:
        again.extend(trial.keep())
        return f"camera-{CAMERAS}" in trial.online()

    trial.until(placed, "the added camera is watched", WITHIN_S)
    placed_s = time.monotonic() - back_s
    print(f"the added camera is watched {placed_s:.1f} s after the head", flush=True)
    missed_after = _watched(trial, SETTLE_S, again)
    trial.until(lambda: len(trial.online()) == CAMERAS + 1, "all cameras are watched", WITHIN_S)
    time.sleep(65)
    minutes = {key: share for key, share in trial.minutes().items() if key[0] != f"camera-{CAMERAS}"}
    shares: dict[str, list[float]] = {"while_away": [], "once_back": []}
    for (_, start), share in minutes.items():
        if ray_site.seconds(start) >= from_s:
            shares["while_away" if ray_site.seconds(start) < back_at_s - 60 else "once_back"].append(share)
    return {
        "away_s": away_s,
        "not_online_while_away": sorted(missed),
        "machines_started_again_while_away": again_away,
        "added_camera_while_away": waits.get(f"camera-{CAMERAS}"),
        "added_camera_watched_after_s": round(placed_s, 1),
        "not_online_once_back": sorted(missed_after),
        "machines_started_again_once_back": again[len(again_away) :],
        "new_leases": {one: number for one, number in trial.lease_numbers().items() if leases.get(one) != number},
        "minutes": {when: len(found) for when, found in shares.items()},
        "not_whole": {when: sorted(round(each, 3) for each in found if each < WHOLE) for when, found in shares.items()},
        "doubled": sum(share > 1.001 for share in minutes.values()),
        "set_aside": sum(row["minutes_set_aside"] for row in trial.hub.ask("/api/v1/hand-overs").json()["rows"]),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what came of it as JSON; returns 1 where a camera stopped while the head was away, or a minute doubled."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--away-s", type=float, default=600.0, help="how long the head is away")
    parser.add_argument("--tables", choices=("redis", "emptied", "none"), default="redis", help="where the head's are")
    given = parser.parse_args(arguments)
    why = ray_site.missing() or (redis_server.missing() if given.tables != "none" else None)
    try:
        recording = find_footage().video(PETS)
    except FootageMissingError as missing:
        why = why or str(missing)
    if why:
        print(why, file=sys.stderr)
        return 2
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="psh-"))
        film = opened(recording, Path(stack.enter_context(tempfile.TemporaryDirectory())))
        camera = stack.enter_context(RtspCamera(film, user="watcher", password="pa55 w0rd"))
        head, redis = stack.enter_context(_head(given.tables))
        site = site_of(camera.address, CAMERAS)
        trial = stack.enter_context(ray_site.ray_site(folder, site, ["a", "b", "c"], head=head))

        def empty() -> None:
            if redis is not None and given.tables == "emptied":
                print("emptied:", redis.asked("DBSIZE"), redis.asked("FLUSHALL"), flush=True)

        found = run(trial, camera.address, given.away_s, empty)
    print(json.dumps({"tables": given.tables, **found}, indent=1))
    bad = found["not_online_while_away"] or found["doubled"] or found["set_aside"]
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
