"""Cameras behind a second network interface."""

import shutil
import subprocess
import sys

import pytest

from testing.source_tree import ROOT

ALONE = ("unshare", "--map-root-user", "--net")


def alone() -> bool:
    """Whether this machine lets a program have a network of its own, and cables in it."""
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        return False
    command = [*ALONE, "ip", "link", "add", "a0", "type", "veth", "peer", "name", "a1"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_cameras_in_two_networks_are_found_whomever_they_answer() -> None:
    if not alone():
        pytest.skip("no network namespaces here")
    command = [*ALONE, sys.executable, "-m", "tests.integration.onvif.two_networks"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert done.stdout.split() == ["camera-a0", "camera-b0"], done.stderr
