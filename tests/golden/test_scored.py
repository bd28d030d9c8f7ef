"""The two recordings whose truth is known: how far the counts are off, with room above the bar of the benchmarks."""

from pathlib import Path

import pytest

from tests.golden.counted import counted, wape

pytestmark = [pytest.mark.slow, pytest.mark.footage]

PETS_PX, TOWN_CENTRE_PX = (768, 576), (1920, 1080)


@pytest.mark.parametrize(("fps", "most"), [("5", 0.06), ("2.5", 0.10)])
def test_pets(fps: str, most: float, footage: Path, truth: Path, tmp_path: Path) -> None:
    folder = footage / "pets09-s2l1"
    document = counted(folder / "video.avi", tmp_path, "--lines", truth / "grid_lines.yaml", "--fps", fps)
    assert document["coverage"] > 0.99
    assert document["frames_lost"] == 0
    assert wape(folder / "gt.txt", PETS_PX, truth, tmp_path / "counts.json") <= most


def test_town_centre(footage: Path, truth: Path, tmp_path: Path) -> None:
    folder = footage / "town-centre"
    document = counted(folder / "video.mp4", tmp_path, "--lines", truth / "grid_lines.yaml", "--fps", "10")
    assert document["coverage"] > 0.98
    assert wape(folder / "gt.txt", TOWN_CENTRE_PX, truth, tmp_path / "counts.json") <= 0.30
