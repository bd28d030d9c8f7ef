"""The canary goes through whole commands; no file that either process leaves shows it."""

import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from testing.source_tree import ROOT
from tests.rules.test_canary import film, holds_canary, needles

__all__ = ["film"]

pytestmark = pytest.mark.slow


def command(folder: Path, *words: str | Path) -> subprocess.CompletedProcess[bytes]:
    environment = {"HOME": str(folder), "TMPDIR": str(folder), "XDG_CACHE_HOME": str(folder), "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        [sys.executable, "-B", "-m", "passerby", *map(str, words)],
        cwd=folder, env=environment | {"PYTHONPATH": str(ROOT / "src")}, capture_output=True, check=True,
    )  # fmt: skip


def no_canary_in(folder: Path, ended: subprocess.CompletedProcess[bytes]) -> None:
    assert needles()
    for content in (ended.stdout, ended.stderr, *(path.read_bytes() for path in folder.rglob("*") if path.is_file())):
        assert not holds_canary(content)


def no_canary_in_film(path: Path) -> None:
    with av.open(str(path)) as container:
        pictures = [picture.to_ndarray(format="gray").tobytes() for picture in container.decode(video=0)]
    assert pictures
    assert not any(holds_canary(picture) for picture in pictures)


@pytest.mark.asvs("16.2.3")
def test_counting_leaves_only_what_was_asked_for(film: Path, tmp_path: Path) -> None:
    words = ("--json", "c.json", "--csv", "c.csv", "--parquet", "c.parquet", "--film", "c.mp4")
    ended = command(tmp_path, "count", film, *words)
    made = {"c.json", "c.csv", "c.parquet", "canary.counts.png", "c.mp4"}
    assert {path.name for path in tmp_path.rglob("*")} == made
    no_canary_in(tmp_path, ended)
    with Image.open(tmp_path / "canary.counts.png") as picture:
        assert not holds_canary(np.asarray(picture.convert("L")).tobytes())
        assert not holds_canary(np.asarray(picture.convert("RGB")).tobytes())
    no_canary_in_film(tmp_path / "c.mp4")


@pytest.mark.parametrize("mode", ["redrawn", "mosaic"])
def test_anonymising_leaves_only_the_film(mode: str, film: Path, tmp_path: Path) -> None:
    ended = command(tmp_path, "anonymise", film, "out.mp4", "--mode", mode, "--report")
    assert b"Sandbox: isolation level" in ended.stdout
    assert [path.name for path in tmp_path.rglob("*")] == ["out.mp4"]
    no_canary_in(tmp_path, ended)
    no_canary_in_film(tmp_path / "out.mp4")


RULES = """
cameras:
  square:
    zones: {all: {points: [[0, 0], [1, 0], [1, 1], [0, 1]]}}
    rules:
      crowded: {kind: overcrowding, zone: all, above_people: 1, hold_s: 0}
      offline: {kind: camera_state, longer_than_s: 1}
"""


def test_replaying_leaves_nothing(film: Path, tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(RULES)
    ended = command(tmp_path, "replay", film, "--site", site, "--events")
    assert [path.name for path in tmp_path.rglob("*")] == ["site.yaml"]
    no_canary_in(tmp_path, ended)
