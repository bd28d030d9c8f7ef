"""From what a user says of the detector to one that is ready, and to the thresholds that suit it."""

from dataclasses import dataclass

from passerby.domain.event_rules import EventRule
from passerby.domain.layout import Layout
from passerby.domain.service import DetectorPlan
from passerby.events.kinds.obstacles import zones_to_keep_clear
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


def thing_finder(rules: tuple[EventRule, ...], layout: Layout, detector: Detector) -> StandingThingFinder | None:
    """Returns what finds things in the zones that a camera's rules keep clear; None where no rule does."""
    zones = zones_to_keep_clear(rules, layout)
    return StandingThingFinder(zones, layout.ground, detector) if zones else None
