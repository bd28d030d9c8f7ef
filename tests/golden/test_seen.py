"""Recordings without boxes: what their makers say is in them, and that they are counted at all."""

import json
from pathlib import Path

import pytest

from tests.golden.counted import Document, counted, crossings, lines_file

pytestmark = [pytest.mark.slow, pytest.mark.footage]

MIDDLE = ((0.5, 0.0), (0.5, 1.0))
TO_THE_RIGHT = (0, 1)
"""Forward and backward: walking down the line, the left hand is on the picture's right, so this way is backward."""


@pytest.fixture(scope="module")
def cyclist(footage: Path, tmp_path_factory: pytest.TempPathFactory) -> Document:
    """Three seconds in which a cyclist crosses from left to right, with the one line in the middle."""
    folder = tmp_path_factory.mktemp("cyclist")
    lines = lines_file(folder / "lines.yaml", middle=MIDDLE)
    return counted(footage / "junction" / "cars-cyclist.mp4", folder, "--lines", lines)


def test_one_two_wheeler_crosses_and_nobody_else(cyclist: Document) -> None:
    found = crossings(cyclist, "middle")
    riders = {name: ways for name, ways in found.items() if name in ("bicycle", "motorcycle")}
    assert list(riders.values()) == [TO_THE_RIGHT]
    assert found.keys() - riders.keys() <= {"car"}


def test_the_two_wheeler_is_a_bicycle(cyclist: Document) -> None:
    assert crossings(cyclist, "middle").get("bicycle") == TO_THE_RIGHT


def test_each_of_the_two_cars_that_follow_crosses_its_line_once(footage: Path, tmp_path: Path) -> None:
    # Neither gets far in three seconds, so that each has a line of its own.
    lines = lines_file(tmp_path / "lines.yaml", first=((0.25, 0), (0.25, 1)), second=((0.15, 0), (0.15, 1)))
    document = counted(footage / "junction" / "cars-cyclist.mp4", tmp_path, "--lines", lines)
    assert crossings(document, "first")["car"] == TO_THE_RIGHT
    assert crossings(document, "second")["car"] == TO_THE_RIGHT


def test_one_lorry_crosses_once(footage: Path, tmp_path: Path) -> None:
    lines = lines_file(tmp_path / "lines.yaml", middle=((0.4, 0.0), (0.4, 1.0)))
    document = counted(footage / "junction" / "cars-truck.mp4", tmp_path, "--lines", lines)
    assert crossings(document, "middle") == {"truck": TO_THE_RIGHT}


def seen_at_once(document: Document) -> dict[str, int]:
    """Class -> the most of them inside the picture at one time."""
    classes = document["zones"]["picture"]["road_users"]
    return {name: found["occupancy_max"] for name, found in classes.items() if found["occupancy_max"]}


def test_a_walker_a_cyclist_and_a_car(footage: Path, tmp_path: Path) -> None:
    document = counted(footage / "mixed" / "video.mp4", tmp_path)
    seen = seen_at_once(document)
    assert {"pedestrian", "bicycle", "car"} <= set(seen)
    assert max(seen.values()) <= 3, "the place is empty most of the time"
    assert document["coverage"] > 0.99


def test_stamps_that_run_backwards_are_counted_through(footage: Path, tmp_path: Path) -> None:
    document = counted(footage / "plaza" / "video.mp4", tmp_path)
    assert document["coverage"] > 0.98
    assert document["frames_lost"] == 0
    assert 3 <= seen_at_once(document)["pedestrian"] <= 12
    assert crossings(document, "middle")["pedestrian"] >= (1, 1)


def test_a_hazy_motorway_has_vehicles_and_nobody_on_foot(footage: Path, tmp_path: Path) -> None:
    document = counted(footage / "motorway" / "video.mp4", tmp_path)
    seen = seen_at_once(document)
    assert seen.get("car", 0) >= 1
    assert not {"pedestrian", "bicycle"} & set(crossings(document, "across"))
    assert crossings(document, "across")["car"][1] >= 1


def test_two_runs_say_the_same(footage: Path, tmp_path: Path) -> None:
    texts = []
    for number in range(2):
        counted(footage / "plaza" / "video.mp4", tmp_path, "--fps", "5")
        texts.append((tmp_path / "counts.json").read_bytes())
        assert json.loads(texts[number])["frames_analysed"] > 60
    assert texts[0] == texts[1]


def test_a_class_does_not_depend_on_which_other_lines_there_are(footage: Path, tmp_path: Path) -> None:
    # The first line is crossed while the cyclist is cut by the picture's edge and looks like a pedestrian.
    lines = lines_file(tmp_path / "lines.yaml", early=((0.2, 0), (0.2, 1)), middle=MIDDLE)
    document = counted(footage / "junction" / "cars-cyclist.mp4", tmp_path, "--lines", lines)
    assert crossings(document, "middle").get("bicycle") == TO_THE_RIGHT
