"""From what a user says of the detector to one that is ready, and to the thresholds that suit it."""

from dataclasses import dataclass

from passerby.ingest.detectors.detector import Detector
from passerby.ingest.detectors.opening import chosen_model, detector_from
from passerby.ingest.detectors.registry import DEFAULT_MODEL
from passerby.track.tracker import TrackerSettings


@dataclass(frozen=True, slots=True)
class DetectorChoice:
    """What a user may say of the detector; None leaves it to the model's own card.

    Attributes:
        model: a name that `passerby models` lists, or an ONNX file.
        start_confidence: 0-1, from which a detection may begin a track.
        keep_confidence: 0-1, from which one may go on with a track.
    """

    model: str | None = None
    start_confidence: float | None = None
    keep_confidence: float | None = None


@dataclass(frozen=True, slots=True)
class ReadyDetector:
    """A detector, the name to report it under, and the tracker's settings that suit it."""

    detector: Detector
    title: str
    tracker: TrackerSettings


def ready_detector(choice: DetectorChoice) -> ReadyDetector:
    """The detector that was chosen.

    Raises:
        ModelError: there is no such model, or its file is missing, damaged or of no known family.
    """
    chosen = chosen_model(choice.model or DEFAULT_MODEL)
    tracker = TrackerSettings(
        start_confidence=choice.start_confidence or chosen.start_confidence,
        keep_confidence=choice.keep_confidence or chosen.keep_confidence,
    )
    return ReadyDetector(detector_from(chosen.path, chosen.decoder), chosen.title, tracker)
