"""How often rules fire where nothing is wrong: simulated hours of noise, shake, quiet squares and quiet traffic.

A track-hour is an hour of one track: sixty walkers in view for an hour are sixty of them. Hours of the camera are
printed besides. The rules get what a tracker makes of noisy detections, not the truth.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b

import numpy as np

from benchmarks.events.made_tracks import LAYOUT, Street, all_rules
from benchmarks.events.world import event_frame
from passerby.domain.place_events import PlaceEvent
from passerby.events.event_rules import EventRules
from passerby.measure.camera_measures import CameraMeasures
from passerby.track.tracker import Tracker
from passerby.units import HOUR_S, MINUTE_S

STREETS = {
    "an empty scene": Street(walkers=0),
    "walkers": Street(walkers=60),
    "walkers, shaken": Street(walkers=60, shake_px=4.0),
    "nothing but noise": Street(walkers=0, ghosts=0.2),
    "walkers in noise": Street(walkers=60, ghosts=0.2, noise_px=4.0),
    "traffic and walkers": Street(walkers=60, cars=1),
    "traffic and walkers, shaken, in noise": Street(walkers=60, cars=1, ghosts=0.1, noise_px=3.0, shake_px=2.0),
}
RUN_S = 900.0
CERTAIN_BELOW = 3.0
"""With 95 % certainty there are fewer events than so many divided by the time in which none came (rule of three)."""


@dataclass(slots=True)
class Quiet:
    """What came of some hours.

    Attributes:
        track_hours: hours of single tracks.
        camera_hours: hours of the camera.
        distinct_minutes: minutes whose detections are not those of another one; all empty minutes are one.
        rules: how many were watched at a time.
        events: how many were raised.
    """

    track_hours: float = 0.0
    camera_hours: float = 0.0
    distinct_minutes: int = 0
    rules: int = 0
    events: int = 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: no rule has fired; 1: one has."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.events.quiet", description=__doc__)
    parser.add_argument("--track-hours", type=float, default=100.0, help="hours of single tracks in all")
    parser.add_argument("--seed", type=int, default=0, help="chance begins here")
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    asked = parser.parse_args(arguments)
    total = Quiet(rules=len(all_rules()))
    minutes: set[bytes] = set()
    run = 0
    while total.track_hours < asked.track_hours:
        name, street = list(STREETS.items())[run % len(STREETS)]
        track_s, events = watch(street, RUN_S, asked.seed + run, minutes)
        total.track_hours += track_s / HOUR_S
        total.camera_hours += RUN_S / HOUR_S
        total.events += len({event.event_id for event in events})
        for event in events:
            if event.updated_ns == event.raised_ns:
                print(f"fired on {name}, seed {asked.seed + run}: {event.rule}: {event.why}", flush=True)
        run += 1
        if not asked.json and run % len(STREETS) == 0:
            print(f"{total.track_hours:.0f} track-hours, {total.events} events", flush=True)
    total.distinct_minutes = len(minutes)
    report(total, as_json=asked.json)
    return int(total.events > 0)


def report(total: Quiet, *, as_json: bool) -> None:
    """Prints the figures, with the bounds that follow from them."""
    if as_json:
        print(json.dumps(asdict(total), indent=1))
        return
    print(
        f"{total.events} events in {total.track_hours:.1f} track-hours, {total.camera_hours:.1f} hours of the camera, "
        f"{total.distinct_minutes} distinct minutes, {total.rules} rules at a time"
    )
    if not total.events:
        by_track, by_camera = CERTAIN_BELOW / total.track_hours, CERTAIN_BELOW / total.camera_hours
        print(f"with 95 % certainty fewer than {by_track:.3f} events an hour of a track")
        print(f"and, of all {total.rules} rules together, fewer than {by_camera:.3f} an hour of the camera")


def watch(street: Street, seconds: float, seed: int, minutes: set[bytes]) -> tuple[float, list[PlaceEvent]]:
    """Returns the seconds of single confirmed tracks, and the events.

    Args:
        street: what is to be seen.
        seconds: for how long.
        seed: of chance.
        minutes: gets a digest of what was detected in each minute.
    """
    measures = CameraMeasures(
        "made", LAYOUT.lines, LAYOUT.movements, LAYOUT.zones, LAYOUT.ground, near_misses=LAYOUT.near_misses
    )
    tracker = Tracker()
    rules = EventRules("made", all_rules("pavement" if street.cars else "square"), LAYOUT)
    events: list[PlaceEvent] = []
    track_s, minute = 0.0, blake2b(digest_size=16)
    frames_a_minute = round(MINUTE_S * street.fps)
    for number, found in enumerate(street.detections(seconds, np.random.default_rng(seed)), 1):
        tracks = tracker.update(found)
        measured = measures.update(tracks)
        events += rules.update(event_frame(tracks, measured))
        track_s += float(tracks.confirmed.sum()) / street.fps
        minute.update(found.xyxy_px.tobytes())
        if number % frames_a_minute == 0:
            minutes.add(minute.digest())
            minute = blake2b(digest_size=16)
    return track_s, events


if __name__ == "__main__":
    raise SystemExit(main())
