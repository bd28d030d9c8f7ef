"""The baseline's detector: the same published weights as passerby's, as a float model, built where it is missing."""

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.footage import REPOSITORY

FP32_MODEL = REPOSITORY / "build" / "detector" / "nanodet-g-fp32.onnx"


def fp32_model(asked: Path | None = None) -> Path:
    """The file that was asked for, or build/detector's own, which is built first where it is missing.

    Args:
        asked: an ONNX file with the interface of `tools.detector_build`'s float model; None takes the built one.

    Raises:
        RuntimeError: the file asked for is missing, or the model could not be built.
    """
    if asked is not None:
        if not asked.is_file():
            raise RuntimeError(f"{asked}: there is no such model. Leave --fp32 out to have it built.")
        return asked.resolve()
    if not FP32_MODEL.is_file():
        _build(FP32_MODEL)
    return FP32_MODEL


def _build(target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        # In a process of its own: the converter loads onnx, which nothing else in the benchmarks needs.
        made = [Path(scratch) / name for name in ("float.onnx", "detector.onnx", "faces.onnx")]
        options = [*zip(("--float", "--output", "--face-output"), map(str, made), strict=True)]
        command = [sys.executable, "-m", "tools.detector_build", *(word for pair in options for word in pair)]
        ended = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
        if ended.returncode:
            raise RuntimeError(f"the baseline's fp32 model could not be built: {ended.stderr.strip()}")
        made[0].replace(target)
