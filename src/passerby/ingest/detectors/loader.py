"""Loading of detectors by a model's name, or from a file and its family."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from passerby.domain.errors import ModelError
from passerby.ingest.detectors import nanodet, yolox
from passerby.ingest.detectors.detector import FLOOR, Detector
from passerby.ingest.detectors.dfine import DFine
from passerby.ingest.detectors.nanodet import NanoDet, NanoDetPlus
from passerby.ingest.detectors.registry import DEFAULT_MODEL, known_model, known_models, ready_path, sha256_of
from passerby.ingest.detectors.session import Session, open_session
from passerby.ingest.detectors.yolox import YoloX

DECODERS: dict[str, Callable[[Session, float], Detector]] = {
    "nanodet": NanoDet,
    "nanodet-plus": NanoDetPlus,
    "yolox": YoloX,
    "dfine": DFine,
}


@dataclass(frozen=True, slots=True)
class ChosenModel:
    """The model that a site file or a command names.

    Attributes:
        title: for reports and screens.
        path: its file.
        decoder: its family; None where it follows from the file.
        start_confidence: 0-1, from which a detection may begin a track.
        keep_confidence: 0-1, from which one may continue a track.
    """

    title: str
    path: Path
    decoder: str | None
    start_confidence: float
    keep_confidence: float


def chosen_model(name_or_path: str = DEFAULT_MODEL) -> ChosenModel:
    """Returns the model of that name, or the file at that path; a known model's file is checked against the manifest.

    Args:
        name_or_path: a name that `passerby models` lists, or an ONNX file.

    Raises:
        ModelError: the model is not known, or its file is missing or wrong.
    """
    names = {model.name for model in known_models()}
    if name_or_path not in names and (name_or_path.endswith(".onnx") or "/" in name_or_path):
        path = Path(name_or_path).expanduser()
        if not path.is_file():
            raise ModelError(f"{path}: no such model file. Give a file, or a name that `passerby models` lists")
        sha256 = sha256_of(path)
        same = next((model for model in known_models() if model.sha256 == sha256), None)
        if same is None:
            default = known_model(DEFAULT_MODEL)
            title = f"{path.name} (sha256 {sha256[:12]})"
            return ChosenModel(title, path, None, default.start_confidence, default.keep_confidence)
        return ChosenModel(same.title, path, same.decoder, same.start_confidence, same.keep_confidence)
    model = known_model(name_or_path)
    return ChosenModel(model.title, ready_path(model), model.decoder, model.start_confidence, model.keep_confidence)


def open_detector(name_or_path: str = DEFAULT_MODEL, *, floor: float = FLOOR, threads: int = 1) -> Detector:
    """Returns a detector by its model's name or file.

    Args:
        name_or_path: a name that `passerby models` lists, or an ONNX file.
        floor: 0-1, lowest confidence that it reports.
        threads: how many threads one picture may use.

    Raises:
        ModelError: the model is not known, its file is missing or wrong.
    """
    chosen = chosen_model(name_or_path)
    return detector_from(chosen.path, chosen.decoder, floor=floor, threads=threads)


def detector_from(path: Path, decoder: str | None = None, *, floor: float = FLOOR, threads: int = 1) -> Detector:
    """Returns a detector from any file of a known family, for models that a user trained.

    Args:
        path: an ONNX file.
        decoder: nanodet, nanodet-plus, yolox or dfine; None: decided by the file's inputs and outputs.
        floor: 0-1, lowest confidence that it reports.
        threads: how many threads one picture may use.

    Raises:
        ModelError: the family is not known, or the file is not a model of it.
    """
    if decoder is not None and decoder not in DECODERS:
        raise ModelError(f"{path}: decoder {decoder} is not known; there are {', '.join(DECODERS)}")
    session = open_session(path, threads)
    return DECODERS[decoder or family_of(session)](session, floor)


def family_of(session: Session) -> str:
    """Returns the family that a model's inputs and outputs belong to.

    Raises:
        ModelError: they belong to none.
    """
    outputs = set(session.outputs)
    if set(session.inputs) == {"picture"} and {"scores", "boxes"} <= outputs:
        return "nanodet"
    if {"logits", "pred_boxes"} <= outputs or {"labels", "boxes", "scores"} <= outputs:
        return "dfine"
    columns = session.output_shape(session.outputs[0])[-1:] if len(outputs) == 1 else []
    if columns == [5 + yolox.COCO_CLASSES]:
        return "yolox"
    if columns == [nanodet.COCO_CLASSES + 4 * nanodet.PLUS_BINS]:
        return "nanodet-plus"
    raise ModelError(
        f"{session.path}: a model of no family that passerby can read ({', '.join(DECODERS)}); its outputs are "
        f"{', '.join(session.outputs)}"
    )
