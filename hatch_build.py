"""Puts the detector's weights and the web application into the wheel, and builds what is not there yet.

The weights are built anew, too, when they are no longer the right ones.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DETECTORS = "src/passerby/ingest/detectors"
WEIGHTS = f"{DETECTORS}/weights"
UI_BUILT = "src/passerby/web/built"
TOOLCHAIN = ["numpy==2.4.6", "onnx==1.23.2", "onnxruntime==1.32.0"]
"""Exact versions: the weights must come out the same byte for byte, as their manifest records."""


class BuiltPartsHook(BuildHookInterface[Any]):
    """Runs `tools.detector_build` and the build of `ui` before a wheel is packed.

    An editable install gets the weights, too, so that it works at once; the web application is built by `make setup`.
    """

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What the build needs, and nothing when the weights are there."""
        return [] if self.target_name != "wheel" or self._weights_are_right() else TOOLCHAIN

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Makes sure of both and lets them into the wheel, although git ignores them."""
        if self.target_name != "wheel":
            return
        if not self._weights_are_right():
            self._build_weights()
        build_data["artifacts"] += [f"/{WEIGHTS}/{file}" for file in self._shipped()]
        if version != "editable":
            if not (Path(self.root) / UI_BUILT / "index.html").is_file():
                self._build_ui()
            build_data["artifacts"].append(f"/{UI_BUILT}/**")

    def _shipped(self) -> dict[str, str]:
        """The file of every model that comes with passerby, and its sha256."""
        manifest = json.loads((Path(self.root) / DETECTORS / "models.json").read_text("utf-8"))
        return {model["file"]: model["sha256"] for model in manifest["models"] if model["shipped"]}

    def _weights_are_right(self) -> bool:
        folder = Path(self.root) / WEIGHTS
        return all(
            (folder / file).is_file() and hashlib.sha256((folder / file).read_bytes()).hexdigest() == sha256
            for file, sha256 in self._shipped().items()
        )

    def _build_ui(self) -> None:
        npm = shutil.which("npm")
        if npm is None:
            raise SystemExit(f"passerby: {UI_BUILT} is not there, and npm, which builds it from ui, is not installed.")
        for command in (["ci", "--ignore-scripts"], ["run", "build"]):
            ended = subprocess.run([npm, *command], cwd=Path(self.root) / "ui", check=False)  # noqa: S603
            if ended.returncode:
                raise SystemExit(f"passerby: `npm {' '.join(command)}` in ui failed; what it wrote stands above.")

    def _build_weights(self) -> None:
        sys.path.insert(0, self.root)
        try:
            from tools.detector_build.building import BuildError, build, build_face_finder
            from tools.detector_build.face_package import published_face_finder
            from tools.detector_build.weights_package import PackageError, published_weights

            try:
                say = self.app.display_info
                build(published_weights(say=say), say=say)
                build_face_finder(published_face_finder(say=say), say=say)
            except (PackageError, BuildError, OSError) as fault:
                raise SystemExit(f"passerby: the detector's weights could not be built: {fault}") from fault
        finally:
            sys.path.remove(self.root)
