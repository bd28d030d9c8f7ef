"""How often rules fire on an hour of made pictures of an empty place: as it is, in changing light, in rain, shaken.

The pictures go through passerby's detector, tracker, measures and camera health, as a camera's do: two a second, of
480 by 270 pixels. Nothing of them is from a recording.
"""

import argparse
import time
from collections.abc import Sequence

import cv2
import numpy as np

from benchmarks.events.made_tracks import LAYOUT, START_NS, all_rules
from benchmarks.events.quiet import CERTAIN_BELOW
from benchmarks.events.world import event_frame
from benchmarks.health.changes import Change, gain, lamps, noisy, rain, shaking
from passerby.domain.frames import FrameStamp
from passerby.domain.health import CameraState, SourceCondition
from passerby.domain.place_events import PlaceEvent
from passerby.events.event_rules import EventRules
from passerby.ingest.attention.frame_detector import FrameDetector
from passerby.ingest.crops import CropPlan
from passerby.ingest.detectors.loader import open_detector
from passerby.ingest.raw import Plane, RawFrame
from passerby.ingest.view_health.image_quality import ImageQualityMeter
from passerby.measure.camera_measures import CameraMeasures
from passerby.pipeline.health.camera_health import CameraHealthWatch
from passerby.telemetry.stages import StageTimes
from passerby.track.tracker import Tracker
from passerby.units import MINUTE_S, NS_PER_S

SIZE_PX = (480, 270)
FPS = 2.0
LEARN_S = 60.0
"""The first seconds show the place as it is, so that its view is learned."""


def empty(luma: Plane, _: float, chance: np.random.Generator) -> Plane:
    """As it is, with a sensor's noise."""
    return noisy(luma.astype(np.float32), 1.5, chance)


CHANGES: dict[str, Change] = {
    "empty": empty,
    "exposure and clouds": gain,
    "lamps": lamps,
    "rain": rain,
    "shaken": shaking,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: no rule has fired; 1: one has."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.events.quiet_pixels", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="minutes in all")
    asked = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    events, tracked, begun_s = 0, 0, time.process_time()
    each_s = asked.minutes * MINUTE_S / len(CHANGES)
    for number, (name, change) in enumerate(CHANGES.items()):
        found, tracks = watch(place(number), change, each_s, number)
        for event in found:
            print(f"fired on {name}: {event.rule}: {event.why}", flush=True)
        events, tracked = events + len(found), tracked + tracks
        print(f"{name}: {each_s / MINUTE_S:g} min, {len(found)} events, {tracks} boxes taken for tracks", flush=True)
    hours = asked.minutes / 60
    print(
        f"{events} events in {hours:g} h of pictures ({FPS:g} a second, {SIZE_PX[0]}x{SIZE_PX[1]}), {len(all_rules())} "
        f"rules at a time; {round(asked.minutes)} distinct minutes; {time.process_time() - begun_s:.0f} s of CPU"
    )
    if not events:
        print(f"with 95 % certainty fewer than {CERTAIN_BELOW / hours:.1f} events an hour of such pictures")
    return int(events > 0)


def watch(luma: Plane, change: Change, seconds: float, seed: int) -> tuple[list[PlaceEvent], int]:
    """Returns the first report of each event, and how many boxes were taken for road users."""
    stages = StageTimes()
    detector = FrameDetector(open_detector(), CropPlan(), stages)
    tracker, meter, health = Tracker(), ImageQualityMeter(), CameraHealthWatch("made")
    measures = CameraMeasures("made", LAYOUT.lines, (), LAYOUT.zones, LAYOUT.ground, near_misses=LAYOUT.near_misses)
    rules = EventRules("made", all_rules(), LAYOUT)
    chance = np.random.default_rng(seed)
    first: dict[str, PlaceEvent] = {}
    boxes = 0
    grey = np.full(((SIZE_PX[1] + 1) // 2, (SIZE_PX[0] + 1) // 2), 128, np.uint8)
    for frame in range(round(seconds * FPS)):
        second = frame / FPS
        changed = (change if second >= LEARN_S else empty)(luma, second, chance)
        now_ns = START_NS + round(second * NS_PER_S)
        raw = RawFrame(FrameStamp("made", frame, now_ns, second, SIZE_PX), np.ascontiguousarray(changed), grey, grey)
        found = detector.find(raw)
        health.update(now_ns, SourceCondition(CameraState.ONLINE, 0, "Pictures arrive."), meter.update(raw, found))
        tracks = tracker.update(found)
        boxes += int(tracks.confirmed.sum())
        measured = measures.update(tracks)
        for event in rules.update(event_frame(tracks, measured, health.state, reliable=health.reliable)):
            first.setdefault(event.event_id, event)
    return list(first.values()), boxes


def place(seed: int) -> Plane:
    """Returns uint8 (270, 480): a paved square before houses, with trees, a lamp post and a bench; another by seed."""
    chance = np.random.default_rng(seed)
    width, height = SIZE_PX
    picture = np.full((height, width), 110, np.uint8)
    horizon = int(0.35 * height)
    picture[:horizon] = 190
    left = 0
    while left < width:
        right, top = left + int(chance.integers(40, 110)), int(chance.integers(5, horizon - 30))
        picture[top:horizon, left:right] = chance.integers(90, 170)
        for window in range(left + 6, right - 10, 14):
            for row in range(top + 6, horizon - 12, 16):
                picture[row : row + 9, window : window + 7] = chance.integers(30, 80)
        left = right
    for share in np.linspace(0.02, 1.0, 16) ** 2:
        row = horizon + int(share * (height - horizon - 1))
        cv2.line(picture, (0, row), (width, row), 95, 1)
    for foot in range(-width, 2 * width, 48):
        cv2.line(picture, (width // 2 + (foot - width // 2) // 6, horizon), (foot, height), 97, 1)
    for _ in range(3):
        trunk = int(chance.integers(20, width - 20))
        cv2.rectangle(picture, (trunk - 3, horizon - 20), (trunk + 3, horizon + 40), 60, -1)
        cv2.circle(picture, (trunk, horizon - 35), int(chance.integers(18, 30)), int(chance.integers(60, 90)), -1)
    post = int(chance.integers(40, width - 40))
    cv2.line(picture, (post, 20), (post, height - 60), 50, 3)
    bench = int(chance.integers(60, width - 120))
    cv2.rectangle(picture, (bench, height - 80), (bench + 50, height - 72), 70, -1)
    return np.asarray(np.clip(picture + chance.normal(0, 4, picture.shape), 0, 255), np.uint8)


if __name__ == "__main__":
    raise SystemExit(main())
