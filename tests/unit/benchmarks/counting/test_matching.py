from pathlib import Path

import numpy as np
import pytest

from benchmarks.counting.matching import iou, match, read_labels


def test_overlap_of_equal_halved_and_separate_boxes() -> None:
    boxes = np.array([[0.0, 0, 10, 10], [5, 0, 15, 10], [20, 20, 30, 30]])
    np.testing.assert_allclose(iou(boxes, boxes)[0], [1.0, 1 / 3, 0.0])


def test_each_label_is_matched_at_most_once_and_never_below_half() -> None:
    labelled = np.array([[0.0, 0, 10, 10], [100, 0, 110, 10]])
    tracked = np.array([[1.0, 0, 11, 10], [0, 0, 10, 10], [106, 0, 116, 10]])
    assert match(tracked, labelled) == [(1, 0)]


def test_the_best_matching_in_all_wins_over_the_best_single_one() -> None:
    labelled = np.array([[0.0, 0, 10, 10], [2, 0, 12, 10]])
    tracked = np.array([[1.0, 0, 11, 10], [-1, 0, 9, 10]])
    assert match(tracked, labelled) == [(0, 1), (1, 0)]


def test_nothing_matches_nothing() -> None:
    assert match(np.empty((0, 4)), np.array([[0.0, 0, 1, 1]])) == []


@pytest.mark.parametrize(
    ("row", "metres"), [("3,7,10,20,30,40,1,1.5,-2.5,0", (1.5, -2.5)), ("3,7,10,20,30,40,0", (0.0, 0.0))]
)
def test_labels_with_and_without_metres(row: str, metres: tuple[float, float], tmp_path: Path) -> None:
    path = tmp_path / "gt.txt"
    path.write_text(f"{row}\n")
    labels = read_labels(path)[3]
    assert labels.ids.tolist() == [7]
    assert labels.xyxy_px.tolist() == [[10, 20, 40, 60]]
    assert labels.flag.tolist() == [float(row.split(",")[6])]
    assert tuple(labels.xy_m[0]) == metres
