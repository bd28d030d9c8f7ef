"""The recordings and truth that are measured on; read where they lie, never copied."""

import os
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
RESULTS_FOLDER = REPOSITORY / "benchmarks" / "results"


class FootageMissingError(Exception):
    """The recordings are not on this machine."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording with its truth.

    Attributes:
        name: short name in tables.
        folder: its folder under the footage directory.
        video: file name of the video.
        size_px: width and height.
        duration_s: length of the video, for CPU per second of video.
        analysed_fps: frames a second that are looked at.
    """

    name: str
    folder: str
    video: str
    size_px: tuple[int, int]
    duration_s: float
    analysed_fps: float


PETS = Recording("PETS09-S2L1", "pets09-s2l1", "video.avi", (768, 576), 79.5, 5.0)
TOWN_CENTRE = Recording("Town Centre", "town-centre", "video.mp4", (1920, 1080), 302 / 30, 10.0)
BOTH = (PETS, TOWN_CENTRE)

OTHERS = (
    ("junction", "cars-cyclist.mp4"),
    ("junction", "cars-truck.mp4"),
    ("plaza", "video.mp4"),
    ("mixed", "video.mp4"),
    ("motorway", "video.mp4"),
)
"""Folder and file of the recordings without boxes; used where only faces are looked for."""


@dataclass(frozen=True, slots=True)
class Footage:
    """Where the recordings and the truth's scripts lie.

    Attributes:
        recordings: directory with one folder per recording.
        truth: directory with `grid_lines.yaml`, `line_truth.py` and `score_counts.py`.
    """

    recordings: Path
    truth: Path

    def video(self, recording: Recording) -> Path:
        """The recording's video file."""
        return self.recordings / recording.folder / recording.video

    def boxes(self, recording: Recording) -> Path:
        """The recording's `gt.txt`."""
        return self.recordings / recording.folder / "gt.txt"

    @property
    def grid_lines(self) -> Path:
        """Seventeen lines over the whole picture."""
        return self.truth / "grid_lines.yaml"


def find_footage(recordings: Path | None = None) -> Footage:
    """The recordings where PASSERBY_FOOTAGE points, or beside the clone; the truth's scripts lie beside them.

    Args:
        recordings: directory with one folder a recording; None asks the environment, then `../shared/footage`.

    Raises:
        FootageMissingError: a directory is missing; the text says which, and what to do.
    """
    folder = recordings or Path(os.environ.get("PASSERBY_FOOTAGE", REPOSITORY.parent / "shared" / "footage"))
    truth = folder.parent / "truth"
    for needed in (folder, truth):
        if not needed.is_dir():
            raise FootageMissingError(
                f"{needed}: the recordings for the benchmarks are not here. "
                "Set PASSERBY_FOOTAGE to their folder; truth/ belongs beside it."
            )
    return Footage(folder, truth)
