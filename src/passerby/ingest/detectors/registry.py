"""The models that passerby knows: which there are, where their files lie, and whether these are what they claim."""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from platformdirs import user_data_path

from passerby.domain.errors import ModelError

DEFAULT_MODEL = "nanodet-g"
FACE_FINDER = "centerface"
"""The one model that finds no road users: it searches the learned background for faces, so that none is ever shown."""

_HERE = Path(__file__).parent
_SHIPPED_FOLDER = _HERE / "weights"
_MANIFEST = _HERE / "models.json"
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class KnownModel:
    """One model of the manifest.

    Attributes:
        name: what a user calls it.
        title: what a screen calls it.
        purpose: what it is for; passerby has no model that recognises anybody.
        file: the file's name.
        shipped: it comes with passerby.
        sha256: of the file, 64 hexadecimal digits.
        decoder: the family whose answers it gives: nanodet, nanodet-plus, yolox, dfine or centerface.
        input: what happens to a picture.
        coco_map: mean average precision on COCO's validation pictures in %, as its authors publish it; None if it finds
            no road users.
        start_confidence: 0-1, from which a detection may begin a track.
        keep_confidence: 0-1, from which one may go on with a track.
        licence: of the weights.
        origin: who made it and where.
        url: where it can be fetched, or None.
    """

    name: str
    title: str
    purpose: str
    file: str
    shipped: bool
    sha256: str
    decoder: str
    input: str
    coco_map: float | None
    start_confidence: float
    keep_confidence: float
    licence: str
    origin: str
    url: str | None


class FileState(StrEnum):
    """How a model's file is found."""

    READY = "ready"
    ABSENT = "absent"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class ModelState:
    """A model and its file on this machine.

    Attributes:
        model: the model.
        path: where its file is, or would be.
        state: there and right, not there, or there and wrong.
        got_sha256: of the file that is there.
    """

    model: KnownModel
    path: Path
    state: FileState
    got_sha256: str | None


@cache
def _listed() -> tuple[KnownModel, ...]:
    """Everything in the manifest."""
    return tuple(KnownModel(**entry) for entry in json.loads(_MANIFEST.read_text("utf-8"))["models"])


@cache
def known_models() -> tuple[KnownModel, ...]:
    """All models that find road users, the default first; who chooses a detector chooses one of these."""
    return tuple(model for model in _listed() if model.name != FACE_FINDER)


def face_finder() -> KnownModel:
    """The model that finds faces to hide them; it cannot be chosen as a detector."""
    return next(model for model in _listed() if model.name == FACE_FINDER)


def known_model(name: str) -> KnownModel:
    """Returns one model by its name.

    Raises:
        ModelError: there is none of that name.
    """
    for model in known_models():
        if model.name == name:
            return model
    names = ", ".join(model.name for model in known_models())
    raise ModelError(f"model {name}: not known; there are {names}. List them with `passerby models`")


def user_folder() -> Path:
    """Where fetched and imported models lie: `passerby/models` in the user's folder for application files (XDG)."""
    return user_data_path("passerby") / "models"


def model_path(model: KnownModel, folder: Path | None = None) -> Path:
    """Where a model's file is, or would be; `folder` stands for the user's own."""
    return (_SHIPPED_FOLDER if model.shipped else folder or user_folder()) / model.file


def sha256_of(path: Path) -> str:
    """A file's sha256.

    Raises:
        ModelError: the file cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                digest.update(chunk)
    except OSError as fault:
        raise ModelError(f"{path}: cannot be read: {fault.strerror}. Is it a file that you may read?") from fault
    return digest.hexdigest()


def model_state(model: KnownModel, folder: Path | None = None) -> ModelState:
    """A model and whether its file is there and right; reads the whole file."""
    path = model_path(model, folder)
    if not path.is_file():
        return ModelState(model, path, FileState.ABSENT, None)
    got = sha256_of(path)
    return ModelState(model, path, FileState.READY if got == model.sha256 else FileState.DAMAGED, got)


def model_states(folder: Path | None = None) -> tuple[ModelState, ...]:
    """Returns all models, the face finder included, and their files on this machine."""
    return tuple(model_state(model, folder) for model in _listed())


def ready_path(model: KnownModel, folder: Path | None = None) -> Path:
    """The file of a model, proven to be the right one.

    Raises:
        ModelError: it is not there, or it is another one.
    """
    found = model_state(model, folder)
    if found.state is FileState.READY:
        return found.path
    if model.shipped:
        do = "Install passerby again; in a checkout run `python -m tools.detector_build`"
    else:
        do = f"Get it with `passerby models fetch {model.name}` or `passerby models import FILE`"
    if found.state is FileState.ABSENT:
        raise ModelError(f"{found.path}: the file of the model {model.name} is not there. {do}")
    raise ModelError(
        f"{found.path}: not the file of the model {model.name}: sha256 {model.sha256} is needed, got "
        f"{found.got_sha256}. {do}"
    )


def model_file(model: str | None) -> Path | None:
    """The file that a user names as the detector; None where it is a name, or the default."""
    named = model is None or any(model == known.name for known in known_models())
    if named or model is None or not (model.endswith(".onnx") or "/" in model):
        return None
    return Path(model).expanduser()
