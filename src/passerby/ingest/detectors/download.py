"""Downloads and imports of model files; only the very file that the manifest names is stored."""

import hashlib
import http.client
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from passerby.domain.errors import ModelError
from passerby.files import PRIVATE, replacing
from passerby.ingest.detectors.registry import (
    FileState,
    KnownModel,
    ModelState,
    known_models,
    model_path,
    model_state,
    sha256_of,
)

Progress = Callable[[int, int | None], None]
"""Called with the bytes received so far, and with their total number where the server states it."""

FETCH_TIMEOUT_S = 30.0
MAX_BYTES = 1 << 30
"""No detector for a plain CPU is larger; an endless response must not fill the disk."""

_CHUNK_BYTES = 1 << 18


def import_model_file(file: Path, folder: Path | None = None) -> ModelState:
    """Copies a file into the user's folder of models; its sha256 identifies the model.

    Args:
        file: an ONNX file on this machine.
        folder: used in place of the user's own folder of models.

    Raises:
        ModelError: the file is not one of the known models, or it cannot be read or written.
    """
    if not file.is_file():
        raise ModelError(f"{file}: no such file. Give the ONNX file of a model that `passerby models` lists")
    got = sha256_of(file)
    model = next((model for model in known_models() if model.sha256 == got), None)
    if model is None:
        raise ModelError(
            f"{file}: not a model that passerby knows: sha256 {got} ({file.stat().st_size} bytes). "
            "Compare it with `passerby models`; it may be another release, or cut short"
        )
    if not model.shipped:
        with file.open("rb") as source, _partial(model_path(model, folder)) as target:
            shutil.copyfileobj(source, target, _CHUNK_BYTES)
    return model_state(model, folder)


def download_model_file(model: KnownModel, progress: Progress | None = None, folder: Path | None = None) -> ModelState:
    """Downloads a model's file from where its authors publish it; does nothing where the right file is there.

    Args:
        model: the model.
        progress: called as the bytes arrive.
        folder: used in place of the user's own folder of models.

    Raises:
        ModelError: there is no internet, the server refuses, or it sends another file.
    """
    found = model_state(model, folder)
    if found.state is FileState.READY:
        return found
    if model.url is None:
        raise ModelError(f"model {model.name}: it comes with passerby and cannot be fetched. Install passerby again")
    if not model.url.startswith("https://"):
        raise ModelError(f"model {model.name}: {model.url} is no https address; it is not fetched")
    try:
        with urllib.request.urlopen(model.url, timeout=FETCH_TIMEOUT_S) as response:  # noqa: S310  # nosec B310 - https, checked above
            _store(model, response, found.path, progress)
    except urllib.error.HTTPError as fault:
        raise ModelError(
            f"{model.url}: the server answered {fault.code} {fault.reason}. Was the file moved? {_by_hand(model)}"
        ) from fault
    except (OSError, http.client.HTTPException) as fault:
        reason = getattr(fault, "reason", fault)
        raise ModelError(
            f"{model.url}: cannot be reached ({reason}). Has this machine internet access? {_by_hand(model)}"
        ) from fault
    return model_state(model, folder)


def _store(model: KnownModel, response: http.client.HTTPResponse, path: Path, progress: Progress | None) -> None:
    """Writes the response to `path` if it is the right file, and nothing otherwise."""
    length = response.headers.get("Content-Length", "")
    total = int(length) if length.isdigit() else None
    digest, received = hashlib.sha256(), 0
    with _partial(path) as target:
        for chunk in _chunks(response):
            received += len(chunk)
            if received > MAX_BYTES:
                raise ModelError(f"{model.url}: sends more than {MAX_BYTES} bytes; given up. {_by_hand(model)}")
            digest.update(chunk)
            target.write(chunk)
            if progress is not None:
                progress(received, total)
        if digest.hexdigest() != model.sha256:
            raise ModelError(
                f"{model.url}: sent another file than the manifest names: sha256 {model.sha256} is needed, got "
                f"{digest.hexdigest()} ({received} bytes). It was thrown away. Try again later"
            )


def _chunks(response: http.client.HTTPResponse) -> Iterator[bytes]:
    """Yields the response in pieces; a read that fails is reported as the network's error, not as the disk's."""
    try:
        while chunk := response.read(_CHUNK_BYTES):
            yield chunk
    except OSError as fault:
        raise urllib.error.URLError(str(fault)) from fault


@contextmanager
def _partial(path: Path) -> Iterator[IO[bytes]]:
    """Opens a file under a temporary name; it takes the real name only when it is whole.

    Raises:
        ModelError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path, mode=PRIVATE, follow=False) as target:
            yield target
    except OSError as fault:
        if isinstance(fault, urllib.error.URLError):
            raise
        raise ModelError(
            f"{path}: cannot be written: {fault.strerror}. Is there room, and may you write there?"
        ) from fault


def _by_hand(model: KnownModel) -> str:
    return f"Bring {model.file} here on a disk and use `passerby models import FILE`"
