"""A service needs no internet: where there is none it works, and it tries to reach nobody but its camera."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.slow
@pytest.mark.footage
@pytest.mark.asvs("13.2.4", "14.2.3")
def test_without_any_network_it_works_and_calls_nobody(folder: Path, footage: Path) -> None:
    if subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system lets nobody make a network namespace")
    command = ["unshare", "-rn", sys.executable, "-m", "tests.integration.service.offline", str(folder)]
    video = footage / "pets09-s2l1" / "video.avi"
    done = subprocess.run([*command, str(video)], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["page"] == 200
    # The hook works: the worker's way to the camera is among what it noted.
    camera = f"('127.0.0.1', {said['camera']})"
    assert any(camera in attempt for attempt in said["attempts"]), said["attempts"]
    strangers = [one for one in said["attempts"] if camera not in one and "'127.0.0.1'" not in one]
    assert strangers == []
