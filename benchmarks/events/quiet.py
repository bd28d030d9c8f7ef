"""How often rules fire where nothing is wrong: simulated hours of noise, shake and quiet streets."""

import argparse
from collections.abc import Sequence

import numpy as np

from benchmarks.events.made_tracks import LAYOUT, Street, all_rules
from passerby.domain.place_events import PlaceEvent
from passerby.events.event_rules import EventRules
from passerby.events.scene import EventFrame
from passerby.measure.camera_measures import CameraMeasures
from passerby.track.tracker import Tracker
from passerby.units import HOUR_S

STREETS = {
    "an empty scene": Street(walkers=0),
    "walkers": Street(walkers=8),
    "walkers, shaken": Street(walkers=8, shake_px=4.0),
    "nothing but noise": Street(walkers=0, ghosts=0.2),
    "walkers in noise": Street(walkers=8, ghosts=0.2, noise_px=4.0),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: no rule has fired; 1: one has."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.events.quiet", description=__doc__)
    parser.add_argument("--track-hours", type=float, default=100.0, help="hours of tracks in all")
    asked = parser.parse_args(arguments)
    track_s, minutes, fired = 0.0, set(), 0
    runs = 0
    while track_s < asked.track_hours * HOUR_S:
        name, street = list(STREETS.items())[runs % len(STREETS)]
        seconds, events = watch(street, 1200.0, seed=runs)
        track_s += seconds
        minutes |= {(runs, minute) for minute in range(20)}
        fired += len({event.event_id for event in events})
        for event in events:
            if event.updated_ns == event.raised_ns:
                print(f"fired on {name}: {event.rule}: {event.why}")
        runs += 1
    hours = track_s / HOUR_S
    print(
        f"{fired} events in {hours:.0f} track-hours of {len(minutes)} distinct minutes, {len(all_rules())} rules each"
    )
    if not fired:
        print(f"rule of three: with 95 % certainty fewer than {3 / hours:.3f} events in an hour of tracks")
        print(f"and fewer than {3 / (len(minutes) / 60):.3f} in an hour of a camera")
    return int(fired > 0)


def watch(street: Street, seconds: float, seed: int) -> tuple[float, list[PlaceEvent]]:
    """Returns the seconds of tracks, an empty scene's own seconds included, and the events."""
    measures = CameraMeasures("made", LAYOUT.lines, LAYOUT.movements, LAYOUT.zones, LAYOUT.ground)
    tracker, rules = Tracker(), EventRules("made", all_rules(), LAYOUT)
    events: list[PlaceEvent] = []
    track_s = 0.0
    for found in street.detections(seconds, np.random.default_rng(seed)):
        tracks = tracker.update(found)
        measured = measures.update(tracks)
        events += rules.update(
            EventFrame(tracks, measured.crossings, measured.occupancy, encounters=measured.encounters)
        )
        track_s += max(1, len(tracks)) / street.fps
    return track_s, events


if __name__ == "__main__":
    raise SystemExit(main())
