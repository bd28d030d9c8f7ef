"""The whole build: published weights in, the shipped ONNX files out."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import onnx

from tools.detector_build.conversion import convert
from tools.detector_build.face_conversion import convert_face_finder
from tools.detector_build.face_quantisation import FACE_RANGES_FILE, quantise_face_finder
from tools.detector_build.quantisation import quantise
from tools.detector_build.ranges import read_ranges
from tools.detector_build.tfjs import read_graph_model
from tools.detector_build.weights_package import PublishedWeights

DETECTORS = Path(__file__).resolve().parents[2] / "src" / "passerby" / "ingest" / "detectors"
SHIPPED = DETECTORS / "weights" / "nanodet-g-int8.onnx"
SHIPPED_FACE_FINDER = DETECTORS / "weights" / "centerface-int8.onnx"
MANIFEST = DETECTORS / "models.json"
MODEL_NAME = "nanodet-g"
FACE_FINDER_NAME = "centerface"


class BuildError(RuntimeError):
    """The build made something else than it should have."""


def model_bytes(model: onnx.ModelProto) -> bytes:
    """A model as bytes, the same ones each time."""
    content: bytes = model.SerializeToString(deterministic=True)
    return content


def float_model(weights: PublishedWeights) -> onnx.ModelProto:
    """The float network, for comparison and for calibration."""
    return convert(read_graph_model(weights.topology, weights.shards))


def quantised_model(weights: PublishedWeights) -> onnx.ModelProto:
    """The 8-bit network that is shipped."""
    return quantise(float_model(weights), read_ranges())


def recorded_sha256(manifest: Path = MANIFEST, name: str = MODEL_NAME) -> str:
    """What the manifest says that a shipped file must be."""
    models = json.loads(manifest.read_text("utf-8"))["models"]
    return str(next(model["sha256"] for model in models if model["name"] == name))


def record_sha256(sha256: str, manifest: Path = MANIFEST, name: str = MODEL_NAME) -> None:
    """Writes a new sha256 into the manifest, and leaves the rest of its text as it is."""
    text = manifest.read_text("utf-8")
    manifest.write_text(text.replace(recorded_sha256(manifest, name), sha256), "utf-8")


def build(
    weights: PublishedWeights, target: Path = SHIPPED, say: Callable[[str], None] = print, *, record: bool = False
) -> str:
    """Builds the shipped detector and checks it against the manifest.

    Args:
        weights: the published files.
        target: where the model goes; written whole or not at all.
        say: gets what happens, in words.
        record: put the result's sha256 into the manifest instead of comparing with it.

    Returns:
        The model's sha256.

    Raises:
        BuildError: the result differs from the manifest.
    """
    say("converting and quantising ...")
    return _shipped(model_bytes(quantised_model(weights)), MODEL_NAME, target, say, record=record)


def build_face_finder(
    published: Path, target: Path = SHIPPED_FACE_FINDER, say: Callable[[str], None] = print, *, record: bool = False
) -> str:
    """Builds the shipped face finder and checks it against the manifest; arguments and errors are those of `build`.

    Raises:
        BuildError: the result differs from the manifest.
        GraphError: the published file is not the network that is meant.
    """
    model = quantise_face_finder(convert_face_finder(published), read_ranges(FACE_RANGES_FILE))
    return _shipped(model_bytes(model), FACE_FINDER_NAME, target, say, record=record)


def _shipped(content: bytes, name: str, target: Path, say: Callable[[str], None], *, record: bool) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    if record:
        record_sha256(sha256, name=name)
    elif sha256 != recorded_sha256(name=name):
        raise BuildError(
            f"the build of {name} gave sha256 {sha256}, but {MANIFEST.name} records {recorded_sha256(name=name)}. "
            "Build with the versions of onnx, onnxruntime and numpy that hatch_build.py names; after a change on "
            "purpose use --record"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".partial")
    partial.write_bytes(content)
    partial.replace(target)
    say(f"wrote {target} ({len(content) / 1e6:.1f} MB, sha256 {sha256})")
    return sha256
