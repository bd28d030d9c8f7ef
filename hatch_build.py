"""Puts the detector's weights into the wheel: builds them when they are not there yet, or no longer the right ones."""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DETECTORS = "src/passerby/ingest/detectors"
WEIGHTS = f"{DETECTORS}/weights/nanodet-g-int8.onnx"
TOOLCHAIN = ["numpy==2.4.6", "onnx==1.23.2", "onnxruntime==1.32.0"]
"""Exact versions: the weights must come out the same byte for byte, as their manifest records."""


class WeightsHook(BuildHookInterface[Any]):
    """Runs `tools.detector_build` before a wheel is packed; for an editable install too, so that it works at once."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What the build needs, and nothing when the weights are there."""
        return [] if self.target_name != "wheel" or self._weights_are_right() else TOOLCHAIN

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (hatchling names it)
        """Makes sure of the weights and lets them into the wheel, although git ignores them."""
        if self.target_name != "wheel":
            return
        if not self._weights_are_right():
            self._build_weights()
        build_data["artifacts"].append(f"/{WEIGHTS}")

    def _weights_are_right(self) -> bool:
        weights, manifest = Path(self.root) / WEIGHTS, Path(self.root) / DETECTORS / "models.json"
        if not weights.is_file():
            return False
        shipped = next(model for model in json.loads(manifest.read_text("utf-8"))["models"] if model["shipped"])
        return bool(hashlib.sha256(weights.read_bytes()).hexdigest() == shipped["sha256"])

    def _build_weights(self) -> None:
        sys.path.insert(0, self.root)
        try:
            from tools.detector_build.building import BuildError, build
            from tools.detector_build.weights_package import PackageError, published_weights

            try:
                build(published_weights(say=self.app.display_info), say=self.app.display_info)
            except (PackageError, BuildError, OSError) as fault:
                raise SystemExit(f"passerby: the detector's weights could not be built: {fault}") from fault
        finally:
            sys.path.remove(self.root)
