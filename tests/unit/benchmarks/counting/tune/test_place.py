from pathlib import Path

import numpy as np
import pytest

from benchmarks.counting.tune.place import (
    FARTHER,
    NEARER,
    ON_FOOT,
    PEOPLE,
    TWO_WHEELS,
    VEHICLES,
    WHOLE,
    Place,
    View,
    all_places,
    off,
)
from benchmarks.footage import Footage
from passerby.domain.road_user import RoadUser

DEFINITION = '''
def foot_points(path):
    tracks = {}
    for row in path.read_text().splitlines():
        frame, track, left, top, width, height = map(float, row.split(",")[:6])
        tracks.setdefault(int(track), []).append((int(frame), left + width / 2, top + height))
    return tracks


def crossings(tracks, a_px, b_px):
    """Upright lines only."""
    found = []
    for track, points in tracks.items():
        for (_, before, _), (frame, after, _) in zip(points, points[1:]):
            if (before - a_px[0]) * (after - a_px[0]) < 0:
                found.append((frame, track, 1 if after < before else -1))
    return found
'''
HAND_COUNTS = """
clips:
  lane:
    last_s: 9.5
    lines:
      across:
        points: [[0.5, 0.2], [0.5, 0.9]]
        truth:
          car: {forward: 2, backward: 0}
          truck: {forward: 1, backward: 3}
          bicycle: {forward: 1, backward: 0}
          pedestrian: {forward: 0, backward: 1}
"""


@pytest.fixture
def footage(tmp_path: Path) -> Footage:
    """One walker through the middle of each labelled recording, and one clip that was counted by hand."""
    recordings, truth = tmp_path / "footage", tmp_path / "truth"
    truth.mkdir()
    (truth / "line_truth.py").write_text(DEFINITION)
    (truth / "grid_lines.yaml").write_text("lines:\n  x5: {points: [[0.5, 0.0], [0.5, 1.0]]}\n")
    (truth / "hand_counts.yaml").write_text(HAND_COUNTS)
    for folder, width_px in (("pets09-s2l1", 768), ("town-centre", 1920)):
        (recordings / folder).mkdir(parents=True)
        rows = [f"{frame},7,{width_px / 2 + (frame - 3) * 40 - 5},250,20,60,1" for frame in range(1, 6)]
        (recordings / folder / "gt.txt").write_text("\n".join(rows))
    return Footage(recordings, truth)


def named(places: tuple[Place, ...], name: str) -> Place:
    return next(place for place in places if place.name == name)


def test_every_view_of_a_recording_is_left_out_with_it(footage: Footage) -> None:
    places = all_places(footage)
    assert {place.recording for place in places} == {"pets09-s2l1", "town-centre", "lane"}
    views = [place.view for place in places if place.recording == "pets09-s2l1"]
    assert views == [WHOLE, NEARER, FARTHER]


@pytest.mark.parametrize("name", ["pets09-s2l1", "pets09-s2l1-nearer", "pets09-s2l1-farther"])
def test_who_passes_the_middle_passes_it_in_every_view(footage: Footage, name: str) -> None:
    place = named(all_places(footage), name)
    assert dict(place.truth) == {("x5", "backward", PEOPLE): 1}
    assert place.group(RoadUser.BICYCLE) == PEOPLE


def test_hand_counts_are_by_group_and_end_in_time(footage: Footage) -> None:
    place = named(all_places(footage), "lane")
    assert dict(place.truth) == {
        ("across", "forward", VEHICLES): 3,
        ("across", "backward", VEHICLES): 3,
        ("across", "forward", TWO_WHEELS): 1,
        ("across", "backward", ON_FOOT): 1,
    }
    assert place.last_s == 9.5
    assert [place.group(user) for user in (RoadUser.PEDESTRIAN, RoadUser.MOTORCYCLE, RoadUser.BUS)] == [
        ON_FOOT, TWO_WHEELS, VEHICLES,
    ]  # fmt: skip


def test_errors_of_opposite_sign_do_not_cancel(footage: Footage) -> None:
    place = named(all_places(footage), "lane")
    assert off(place, place.truth) == 0
    assert off(place, {}) == 8
    wrong = {("across", "forward", VEHICLES): 4, ("across", "backward", VEHICLES): 2, ("other", "forward", VEHICLES): 1}
    assert off(place, wrong) == 1 + 1 + 1 + 1 + 1


def test_a_view_has_even_corners() -> None:
    assert View("part", (0.101, 0.0, 0.9, 1.2)).corners_px((99, 51)) == (10, 0, 90, 62)
    assert np.diff(FARTHER.corners_px((768, 576))[::2]) > 768
