"""Ctrl-C in the middle of a run: an honest part of the result, written whole."""

import json
import os
import pty
import signal
import subprocess
from pathlib import Path

import pytest

from testing.films import film
from tests.bad_input.command import PASSERBY, environment

pytestmark = pytest.mark.slow


def test_what_was_counted_until_then_is_given_with_its_coverage(tmp_path: Path) -> None:
    length_s = 600
    film(tmp_path / "video.mp4", times_s=[number / 10 for number in range(10 * length_s)], size_px=(160, 128))
    ours, theirs = pty.openpty()
    command = [*PASSERBY, "count", "video.mp4", "--no-picture", "--json", "counts.json"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=theirs) as running:
        os.close(theirs)
        seen = b""
        while b"frames/s" not in seen:  # the bar shows that counting has begun; reading waits for it
            seen += os.read(ours, 4096)
        running.send_signal(signal.SIGINT)
        out = running.stdout.read().decode() if running.stdout else ""
        try:
            while part := os.read(ours, 4096):
                seen += part
        except OSError:  # the other end is closed
            pass
        os.close(ours)
    assert running.returncode == 3, (out, seen)
    assert b"Traceback" not in seen
    assert "Stopped by the user" in out
    document = json.loads((tmp_path / "counts.json").read_text())
    assert 0 < document["coverage"] < 0.95
    assert document["duration_s"] == pytest.approx(length_s, abs=0.2)
