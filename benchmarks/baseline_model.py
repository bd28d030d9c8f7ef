"""The baseline's detector: the same published weights as passerby's, as a float model, built where it is missing."""

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
    # Needed only here, and only once: the converter brings onnx, which nothing else in the benchmarks wants.
    from tools.detector_build.building import float_model, model_bytes
    from tools.detector_build.weights_package import published_weights

    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        content = model_bytes(float_model(published_weights(say=lambda _: None)))
    except (RuntimeError, ValueError, OSError) as fault:
        raise RuntimeError(f"the baseline's fp32 model could not be built: {fault}") from fault
    partial = target.with_suffix(".partial")
    partial.write_bytes(content)
    partial.replace(target)
