"""What every benchmark gets: the footage, the peers' programs, a folder to write in, and where it reports progress."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.cost import Usage, run
from benchmarks.environment import FACES, PEERS, prepare
from benchmarks.footage import Footage, Recording


@dataclass(frozen=True, slots=True)
class Bench:
    """One run of the benchmarks.

    Attributes:
        footage: the recordings and their truth.
        fp32_model: the baseline's detector.
        folder: results in between go here; emptied by the caller.
        rounds: how often a program is run where its cost is measured.
        report: takes one line about what is being done now.
    """

    footage: Footage
    fp32_model: Path
    folder: Path
    rounds: int
    report: Callable[[str], None]

    def ours(self, video: Path, lines: Path, out: Path, fps: float, picture: Path | None = None) -> list[str]:
        """The command that counts a video with passerby at its default settings; `picture` is drawn where given."""
        command = [sys.executable, "-m", "passerby", "count", str(video), "--lines", str(lines)]
        command += ["--picture", str(picture)] if picture else ["--no-picture"]
        return [*command, "--fps", f"{fps:g}", "--json", str(out)]

    def peer(
        self,
        video: Path,
        lines: Path,
        out: Path,
        fps: float | None = None,
        tracks: Path | None = None,
        input_px: tuple[int, int] = (416, 416),
    ) -> list[str]:
        """The command that counts a video with the baseline; without `fps` it looks at every frame."""
        command = [str(PEERS.python), "-m", "benchmarks.peers.count", str(video), "--model", str(self.fp32_model)]
        command += ["--lines", str(lines), "--json", str(out), "--input", *map(str, input_px)]
        command += ["--fps", f"{fps:g}"] if fps is not None else []
        return command + (["--tracks", str(tracks)] if tracks else [])

    def count_ours(self, recording: Recording, fps: float, name: str) -> Path:
        """Counts the recording over the grid with passerby and returns the JSON it wrote."""
        self.report(f"passerby on {recording.name} at {fps:g} fps")
        out = self.folder / f"{name}.json"
        run(self.ours(self.footage.video(recording), self.footage.grid_lines, out, fps))
        return out

    def count_peer(
        self, recording: Recording, fps: float | None, name: str, input_px: tuple[int, int] = (416, 416)
    ) -> tuple[Path, Path]:
        """Counts the recording over the grid with the baseline; its JSON and its MOT-style tracks."""
        prepare(PEERS)
        self.report(f"baseline on {recording.name} at {f'{fps:g} fps' if fps else 'every frame'}")
        out, tracks = self.folder / f"{name}.json", self.folder / f"{name}.txt"
        run(self.peer(self.footage.video(recording), self.footage.grid_lines, out, fps, tracks, input_px))
        return out, tracks

    def in_peers(self, module: str, *arguments: str) -> Usage:
        """Runs a module of the peers' side in the peers' venv."""
        return run([str(prepare(PEERS)), "-m", module, *arguments])

    def in_faces(self, module: str, *arguments: str) -> Usage:
        """Runs a module of the peers' side in MediaPipe's venv."""
        return run([str(prepare(FACES)), "-m", module, *arguments])


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file."""
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return document
