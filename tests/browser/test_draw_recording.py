"""`passerby draw` on a real recording: the link, a line, the site file, and a count that uses it."""

import json
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.bad_input.command import PASSERBY, passerby

pytestmark = pytest.mark.slow

SITE = "plaza.site.yaml"
VIDEO = "plaza/video.mp4"


@pytest.fixture
def drawing(tmp_path: Path, footage: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command, and its link."""
    command = subprocess.Popen(
        [*PASSERBY, "draw", str(footage / VIDEO), "--site", SITE],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert command.stdout is not None
    said = ""
    for line in command.stdout:
        said += line
        if "Ctrl-C ends" in line:
            break
    found = re.search(r"http://localhost:\d+/open/\S+", said)
    assert found is not None, said
    try:
        yield command, found[0]
    finally:
        command.kill()
        command.communicate(timeout=30)


def test_a_line_is_drawn_on_a_recording_and_counted_by(
    drawing: tuple[subprocess.Popen[str], str], chromium: Browser, tmp_path: Path, footage: Path
) -> None:
    command, link = drawing
    page = chromium.new_page()
    page.goto(link)
    expect(page.get_by_role("heading", name="Draw: video")).to_be_visible()
    expect(page.get_by_text("The empty place is being learned")).to_be_visible()
    assert not (tmp_path / SITE).exists()
    page.get_by_role("button", name="Add a line in the middle").click()
    page.get_by_label("Blue way").fill("to the fountain")
    page.get_by_label("Blue way").blur()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved. The camera measures by it now.")).to_be_visible()
    page.close()
    command.send_signal(signal.SIGINT)
    out, _ = command.communicate(timeout=60)
    assert (command.returncode, f"Drawn into {SITE}" in out) == (0, True), out
    written = (tmp_path / SITE).read_text()
    assert "Line 1: {points: [[0.5, 0.35], [0.5, 0.65]], forward: to the fountain}" in written
    how = ("--fps", "3", "--no-picture", "--json", "c.json")
    counted = passerby("count", footage / VIDEO, "--site", SITE, *how, folder=tmp_path)
    assert counted.code in (0, 3), counted.err
    lines = json.loads((tmp_path / "c.json").read_text())["lines"]
    assert list(lines) == ["Line 1"]


def test_what_cannot_be_drawn_on_is_one_sentence(tmp_path: Path) -> None:
    ended = passerby("draw", "none.mp4", folder=tmp_path)
    assert (ended.code, ended.out) == (1, "")
    assert "none.mp4: there is no such recording. Name a video file." in ended.err
    (tmp_path / "v.mp4").write_bytes(b"x")
    (tmp_path / "s.yaml").write_text("cameras: {a: {}, b: {}}")
    ended = passerby("draw", "v.mp4", "--site", "s.yaml", folder=tmp_path)
    assert "Name one of them with --camera: a, b" in ended.err
