"""From what a user says of the detector to one that is ready, and to the thresholds that suit it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.domain.event_rules import EventRule
from passerby.domain.layout import Layout
from passerby.domain.service import DetectorPlan
from passerby.events.kinds.obstacles import zones_to_keep_clear
from passerby.ingest.attention.attentive_detector import AttentiveDetector
from passerby.ingest.attention.frame_detector import Stopwatch
from passerby.ingest.attention.rate import RateSettings, borders_of
from passerby.ingest.detectors.detector import Detector
from passerby.ingest.detectors.loader import chosen_model, detector_from
from passerby.ingest.detectors.registry import DEFAULT_MODEL
from passerby.ingest.standing_things.finder import StandingThingFinder
from passerby.track.evidence import EITHER, HEAVY_CERTAINTY
from passerby.track.tracker import TrackerSettings


@dataclass(frozen=True, slots=True)
class ReadyDetector:
    """A detector, the name to report it under, and the tracker's settings that suit it."""

    detector: Detector
    title: str
    tracker: TrackerSettings


def ready_detector(choice: DetectorPlan, layout: Layout | None = None) -> ReadyDetector:
    """The detector that was chosen.

    Args:
        choice: what the user says.
        layout: what is counted; where buses are counted without trucks, or trucks without buses, each heavy vehicle is
            called what it likelier is.

    Raises:
        ModelError: there is no such model, or its file is missing, damaged or of no known family.
    """
    chosen = chosen_model(choice.model or DEFAULT_MODEL)
    tracker = TrackerSettings(
        start_confidence=choice.start_confidence or chosen.start_confidence,
        keep_confidence=choice.keep_confidence or chosen.keep_confidence,
        heavy_certainty=choice.heavy_certainty or (EITHER if layout and layout.splits_heavy else HEAVY_CERTAINTY),
    )
    return ReadyDetector(detector_from(chosen.path, chosen.decoder), chosen.title, tracker)


def attentive_detector(
    ready: ReadyDetector,
    layout: Layout,
    stopwatch: Stopwatch,
    closer_areas: tuple[npt.NDArray[np.float32], ...],
) -> AttentiveDetector:
    """Returns what looks at a live camera's frames as much as is at stake at its lines and zones.

    Args:
        ready: the detector.
        layout: lines and zones.
        stopwatch: gets the name of each part of the work as it begins.
        closer_areas: polygons, 0-1 of the picture, that are looked at closer in every frame.
    """
    borders = borders_of([line.points for line in layout.lines], [zone.points for zone in layout.zones])
    # Who nearly meets whom is a matter of tenths of a second.
    rate = RateSettings() if layout.near_misses is None else RateSettings(longest_s=0.2, calm_s=0.2)
    return AttentiveDetector(ready.detector, stopwatch, closer_areas=closer_areas, borders=borders, rate=rate)


def thing_finder(rules: tuple[EventRule, ...], layout: Layout, detector: Detector) -> StandingThingFinder | None:
    """Returns what finds things in the zones that a camera's rules keep clear; None where no rule does."""
    zones = zones_to_keep_clear(rules, layout)
    return StandingThingFinder(zones, layout.ground, detector) if zones else None
