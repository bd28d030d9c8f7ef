"""What git keeps: text of ours; no footage, no weights, no trace of the machine that it was written on."""

import re
from pathlib import Path

import pytest

from testing.source_tree import ROOT, kept_files

NEVER_KEPT = {".avi", ".mp4", ".mkv", ".mov", ".webm", ".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".tif"} | {
    ".onnx", ".pt", ".pth", ".bin", ".tflite", ".engine", ".safetensors", ".npy", ".npz", ".deb", ".whl", ".pyc",
}  # fmt: skip
LARGEST_BYTES = 300_000
LOCK = "requirements.lock"
"""A line a hash, for every system that a package is built for: its length says nothing about what is kept."""

REGISTRIES = re.compile(r"py[p]i\.org|python[h]osted\.org|npm[j]s\.org|deb\.[d]ebian\.org|github[u]sercontent")
MACHINE_PATH = re.compile(r"(?<![\w.])/(home|root|work|Users|mnt|media)/\w")
MAY_NAME_PATHS = {"tests/rules/test_kept_files.py"}

PICTURES = "docs/pictures/*.webp"
"""What `make pictures` makes of the demo's redrawn output, which shows no one; a test of its own knows each by name."""

FILES = [path for path in kept_files() if not path.relative_to(ROOT).match(PICTURES)]
pytestmark = pytest.mark.skipif(not FILES, reason="only git knows which files are kept, and this is no clone")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_there_are_files_to_look_at() -> None:
    assert len(FILES) > 50


def test_no_footage_and_no_weights_are_kept() -> None:
    assert [named(path) for path in FILES if path.suffix.lower() in NEVER_KEPT] == []


def test_no_big_file_is_kept() -> None:
    others = [path for path in FILES if named(path) != LOCK]
    assert [named(path) for path in others if path.stat().st_size > LARGEST_BYTES] == []


def test_no_registry_is_named() -> None:
    assert [named(path) for path in FILES if REGISTRIES.search(path.read_text(encoding="utf-8"))] == []


def test_no_path_of_a_machine_is_named() -> None:
    others = [path for path in FILES if named(path) not in MAY_NAME_PATHS]
    assert [named(path) for path in others if MACHINE_PATH.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(("text", "found"), [("open('/home/ada/video.mp4')", True), ("see ../home/ada", False)])
def test_the_path_rule_can_fail(text: str, found: bool) -> None:
    assert bool(MACHINE_PATH.search(text)) == found
