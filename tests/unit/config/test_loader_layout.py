"""From keys to the domain's lines, zones, movements and ground plane."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.config.loader import layout_of, load_layout, load_site
from passerby.config.site import GroundKeys, LayoutKeys
from passerby.domain.errors import CalibrationError, SiteFileError
from passerby.domain.layout import Movement
from passerby.domain.road_user import ALL_ROAD_USERS, RoadUser
from passerby.geometry.ground import to_ground

REPOSITORY = Path(__file__).parents[3]
SQUARE = [([0.2, 0.9], [0, 0]), ([0.8, 0.9], [4, 0]), ([0.65, 0.4], [4, 8]), ([0.35, 0.4], [0, 8])]


def places_file(folder: Path, text: str) -> Path:
    path = folder / "lines.yaml"
    path.write_text(text)
    return path


def test_lines_and_zones(tmp_path: Path) -> None:
    text = """\
lines:
  gate: {points: [[0.1, 0.2], [0.3, 0.4]], count: [bicycle], forward: in, backward: out}
  door: {points: [[0.5, 0.5], [0.6, 0.6]]}
zones:
  bench: {points: [[0, 0], [0.5, 0], [0.5, 1]], margin: 0.05}
movements:
  through: {from: {line: gate, way: in}, to: {line: door, way: backward}}
"""
    places = layout_of(load_layout(places_file(tmp_path, text)))
    gate, door = places.lines
    assert (gate.name, gate.forward_name, gate.backward_name) == ("gate", "in", "out")
    assert gate.road_users == {RoadUser.BICYCLE}
    assert gate.points.tolist() == np.array([[0.1, 0.2], [0.3, 0.4]], np.float32).tolist()
    assert (door.forward_name, door.road_users) == ("forward", ALL_ROAD_USERS)
    assert (places.zones[0].name, places.zones[0].margin) == ("bench", 0.05)
    assert places.movements == (Movement("through", "gate", "forward", "door", "backward"),)
    assert places.ground is None


def test_a_way_called_like_the_other_word(tmp_path: Path) -> None:
    """A user who calls the forward way "backward" means her own word."""
    text = """\
lines:
  a: {points: [[0.1, 0.2], [0.3, 0.4]], forward: backward, backward: forward}
movements:
  m: {from: {line: a, way: forward}, to: {line: a, way: backward}}
"""
    places = layout_of(load_layout(places_file(tmp_path, text)))
    assert places.movements == (Movement("m", "a", "backward", "a", "forward"),)


def test_ground_from_points(tmp_path: Path) -> None:
    rows = "".join(f"\n    - {{picture: {picture}, metres: {metres}}}" for picture, metres in SQUARE)
    text = f"lines: {{a: {{points: [[0, 0], [1, 1]]}}}}\nground:\n  points:{rows}\n"
    ground = layout_of(load_layout(places_file(tmp_path, text))).ground
    assert ground is not None
    assert ground.rmse_m is None  # four points fit exactly
    placed = to_ground(ground, np.array([picture for picture, _ in SQUARE]))
    assert np.allclose(placed.xy_m, [metres for _, metres in SQUARE], atol=1e-6)


def test_ground_points_whose_horizon_runs_between_them(tmp_path: Path) -> None:
    crossed = [SQUARE[0], SQUARE[1], (SQUARE[2][0], SQUARE[3][1]), (SQUARE[3][0], SQUARE[2][1])]
    rows = "".join(f"\n    - {{picture: {picture}, metres: {metres}}}" for picture, metres in crossed)
    path = places_file(tmp_path, f"lines: {{a: {{points: [[0, 0], [1, 1]]}}}}\nground:\n  points:{rows}\n")
    with pytest.raises(SiteFileError) as caught:
        load_layout(path)
    assert caught.value.faults == (
        f"{path}:3 ground.points: the horizon would run between them. Is one in the sky, or are two of them swapped?",
    )


def test_ground_from_distances(tmp_path: Path) -> None:
    text = """\
lines: {a: {points: [[0, 0.5], [1, 0.5]]}}
ground:
  picture_px: [1920, 1080]
  distances:
    - {from: [0.20, 0.90], to: [0.55, 0.90], metres: 4.0}
    - {from: [0.52, 0.95], to: [0.52, 0.62], metres: 6.5}
    - {from: [0.40, 0.50], to: [0.70, 0.50], metres: 9.2}
    - {from: [0.50, 0.60], to: [0.51, 0.46], metres: 9.0}
"""
    ground = layout_of(load_layout(places_file(tmp_path, text))).ground
    assert ground is not None
    assert ground.rmse_m is not None
    assert ground.rmse_m < 0.3
    ends = to_ground(ground, np.array([[0.2, 0.9], [0.55, 0.9]])).xy_m
    assert np.linalg.norm(ends[1] - ends[0]) == pytest.approx(4.0, abs=0.4)


def test_the_loader_is_not_the_only_door() -> None:
    with pytest.raises(CalibrationError):
        layout_of(LayoutKeys(ground=GroundKeys()))


def test_the_demo_site_puts_feet_where_the_truth_has_them(footage: Path) -> None:
    ground = layout_of(load_site(REPOSITORY / "examples" / "demo.site.yaml").cameras["junction"]).ground
    assert ground is not None
    assert ground.rmse_m is not None
    assert ground.rmse_m < 0.05
    truth = np.loadtxt(footage / "pets09-s2l1" / "gt.txt", delimiter=",")
    feet = np.column_stack([truth[:, 2] + truth[:, 4] / 2, truth[:, 3] + truth[:, 5]]) / (768, 576)
    placed = to_ground(ground, feet)
    assert placed.on_ground.all()
    assert np.median(np.linalg.norm(placed.xy_m - truth[:, 7:9], axis=1)) < 0.05


@pytest.mark.slow
@settings(max_examples=60)
@given(
    pairs=st.lists(
        st.tuples(st.tuples(*[st.floats(0, 1)] * 2), st.tuples(*[st.floats(-100_000, 100_000)] * 2)),
        min_size=4,
        max_size=9,
    )
)
def test_any_ground_points_end_in_a_plane_or_a_fault(
    pairs: list[tuple[tuple[float, float], tuple[float, float]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = "".join(f"\n    - {{picture: {list(picture)}, metres: {list(metres)}}}" for picture, metres in pairs)
    path = places_file(
        tmp_path_factory.getbasetemp(), f"zones: {{a: {{points: [[0, 0], [1, 1], [0, 1]]}}}}\nground:\n  points:{rows}"
    )
    try:
        ground = layout_of(load_layout(path)).ground
    except SiteFileError:
        return
    assert ground is not None
    assert np.isfinite(ground.homography).all()
