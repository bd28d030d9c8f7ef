"""Recordings with known crossings in one form: what is seen of each, how often it is looked at, and who crosses what.

Recordings with boxes are scored over `grid_lines.yaml`, those that were counted by hand over their own lines by class.
Of the former there are views besides the whole picture, nearer and farther ones, because a setting that suits one size
of people only is no good elsewhere. Whatever is made of one recording is left out together with it.
"""

import importlib.util
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import yaml

from benchmarks.counting.tune.conditions import CLEAR, CONDITIONS
from benchmarks.footage import PETS, TOWN_CENTRE, Footage
from passerby.domain.layout import Line
from passerby.domain.road_user import RoadUser

ON_FOOT, TWO_WHEELS, VEHICLES, PEOPLE = "on foot", "two wheels", "vehicles", "people"

Passage = tuple[str, str, str]
"""Line, way (`forward` or `backward`), group of road users."""

MIN_SEEN_SHARE = 0.25
"""Of a labelled box so much must lie in the view for the box to be there."""


@dataclass(frozen=True, slots=True)
class View:
    """A picture that is made of a recording's own.

    Attributes:
        name: in tables.
        part: left, top, right, bottom, 0-1 of the recording's picture; beyond it there is grey.
        condition: what makes it harder to see, a name of `conditions.CONDITIONS`.
    """

    name: str
    part: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    condition: str = CLEAR

    def corners_px(self, size_px: tuple[int, int]) -> tuple[int, int, int, int]:
        """Returns the part in pixels of the recording's picture, even numbers for the chroma planes' sake."""
        left, top, right, bottom = (
            round(share * side / 2) * 2 for share, side in zip(self.part, (*size_px, *size_px), strict=True)
        )
        return left, top, right, bottom


WHOLE = View("whole")
NEARER = View("nearer", (0.2, 0.25, 0.8, 0.85))
FARTHER = View("farther", (-0.2, -0.2, 1.2, 1.2))


@dataclass(frozen=True, slots=True)
class Look:
    """How often a place is looked at.

    Attributes:
        fps: frames a second.
        phases: with how many of the file's first frames a run begins in turn; each chooses other frames.
    """

    fps: float
    phases: int


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """One view of a recording, its lines and the true crossings.

    Attributes:
        recording: what is left out as one.
        view: what is seen of it.
        video: the file.
        looks: the rates that settings are chosen at.
        lines: over the view.
        truth: how many crossed, where not zero.
        last_s: the counted part's end, stream time.
    """

    recording: str
    view: View
    video: Path
    looks: tuple[Look, ...]
    lines: tuple[Line, ...]
    truth: Mapping[Passage, int]
    last_s: float = float("inf")

    @property
    def name(self) -> str:
        """Recording and view, for tables and file names."""
        return self.recording if self.view == WHOLE else f"{self.recording}-{self.view.name}"

    @property
    def true_crossings(self) -> int:
        """How many crossings there are in all."""
        return sum(self.truth.values())

    def group(self, road_user: RoadUser) -> str:
        """Returns the group that a class is scored in: labelled boxes have no class."""
        if any(group == PEOPLE for *_, group in self.truth):
            return PEOPLE
        if road_user == RoadUser.PEDESTRIAN:
            return ON_FOOT
        return TWO_WHEELS if road_user in (RoadUser.BICYCLE, RoadUser.MOTORCYCLE) else VEHICLES


def off(place: Place, counted: Mapping[Passage, int]) -> int:
    """Returns the crossings counted too many or too few, over all lines, ways and groups."""
    return sum(abs(counted.get(key, 0) - place.truth.get(key, 0)) for key in {*counted, *place.truth})


def all_places(footage: Footage) -> tuple[Place, ...]:
    """Returns every place whose crossings are known."""
    labelled = (
        (PETS.folder, PETS.video, PETS.size_px, (Look(5.0, 2), Look(2.5, 1))),
        (TOWN_CENTRE.folder, TOWN_CENTRE.video, TOWN_CENTRE.size_px, (Look(10.0, 3), Look(5.0, 2))),
    )
    places = [
        _labelled(footage, folder, video, size_px, looks if view == WHOLE else looks[:1], view)
        for folder, video, size_px, looks in labelled
        for view in (WHOLE, NEARER, FARTHER)
    ]
    clips = yaml.safe_load((footage.truth / "hand_counts.yaml").read_text("utf-8"))["clips"]
    return (*places, *(_counted_by_hand(footage, name, clip) for name, clip in clips.items()))


def in_conditions(places: Sequence[Place]) -> tuple[Place, ...]:
    """Returns every whole view as it is and in every condition that makes it harder to see, a single run a rate."""
    return tuple(
        replace(place, view=View(name, condition=name), looks=tuple(Look(look.fps, 1) for look in place.looks))
        for name in (CLEAR, *CONDITIONS)
        for place in places
        if place.view == WHOLE
    )


def _labelled(
    footage: Footage, folder: str, video: str, size_px: tuple[int, int], looks: tuple[Look, ...], view: View
) -> Place:
    ends = {
        name: keys["points"] for name, keys in yaml.safe_load(footage.grid_lines.read_text("utf-8"))["lines"].items()
    }
    people = frozenset((RoadUser.PEDESTRIAN, RoadUser.BICYCLE))
    lines = tuple(Line(name, np.array(points, np.float32), people) for name, points in ends.items())
    labels = footage.recordings / folder / "gt.txt"
    truth = _true_crossings(_definition(footage.truth), labels, view.corners_px(size_px), ends)
    return Place(folder, view, footage.recordings / folder / video, looks, lines, truth)


def _counted_by_hand(footage: Footage, name: str, clip: Mapping[str, Any]) -> Place:
    lines = tuple(
        Line(line, np.array(keys["points"], np.float32), frozenset(RoadUser)) for line, keys in clip["lines"].items()
    )
    group = {"pedestrian": ON_FOOT, "bicycle": TWO_WHEELS, "motorcycle": TWO_WHEELS}
    truth: Counter[Passage] = Counter()
    for line, keys in clip["lines"].items():
        for kind, ways in keys["truth"].items():
            for way, count in ways.items():
                truth[line, way, group.get(kind, VEHICLES)] += count
    video = footage.recordings / name / "video.mp4"
    return Place(name, WHOLE, video, (Look(10.0, 2), Look(5.0, 2)), lines, +truth, clip["last_s"])


def _true_crossings(
    definition: ModuleType, labels: Path, corners_px: tuple[int, int, int, int], ends: Mapping[str, Any]
) -> Counter[Passage]:
    """The crossings of the boxes as they are seen in the view, by the truth's own definition."""
    left, top, right, bottom = corners_px
    size = np.array([right - left, bottom - top])
    tracks = definition.foot_points(labels) if left == top == 0 else _seen_feet(labels, corners_px)
    truth: Counter[Passage] = Counter()
    for line, (start, end) in ends.items():
        for *_, sign in definition.crossings(tracks, tuple(start * size), tuple(end * size)):
            truth[line, "forward" if sign > 0 else "backward", PEOPLE] += 1
    return truth


def _seen_feet(labels: Path, corners_px: tuple[int, int, int, int]) -> dict[int, list[tuple[int, float, float]]]:
    """Track id -> frame, x, y of the foot point, of the parts of boxes within a view, in its pixels."""
    corner, opposite = np.array(corners_px[:2], float), np.array(corners_px[2:], float)
    tracks: dict[int, list[tuple[int, float, float]]] = {}
    for row in labels.read_text().splitlines():
        frame, track, *cells = row.split(",")
        low = np.array([float(cells[0]), float(cells[1])])
        high = low + np.array([float(cells[2]), float(cells[3])])
        seen_low, seen_high = np.clip(low, corner, opposite), np.clip(high, corner, opposite)
        if (seen_high - seen_low).prod() < MIN_SEEN_SHARE * (high - low).prod():
            continue
        x, y = (seen_low[0] + seen_high[0]) / 2 - corner[0], seen_high[1] - corner[1]
        tracks.setdefault(int(track), []).append((int(frame), float(x), float(y)))
    return {track: sorted(points) for track, points in tracks.items()}


@cache
def _definition(truth: Path) -> ModuleType:
    """The script that holds the definition of a crossing; it lies beside the truth and is no package."""
    spec = importlib.util.spec_from_file_location("line_truth", truth / "line_truth.py")
    if spec is None or spec.loader is None:
        raise RuntimeError(f"{truth}/line_truth.py: cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
