"""A virtual ONVIF camera of the tests' own: ipycam in a process of its own, on loopback, gone at the end."""

import hashlib
import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from testing.ports import free_ports

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FOLDER = ROOT / "build" / "virtual-camera"
USER = "operator"
PASSWORD = "S3cret-of-the-tests"
MAIN_PX = (768, 576)
SUB_PX = (480, 360)
FPS = 10


@dataclass(frozen=True, slots=True)
class VirtualCamera:
    """Where it listens."""

    onvif_port: int
    rtsp_port: int
    discovery_port: int


def prepare() -> Path:
    """The folder with the camera's package; it is fetched when it is missing, or when its lock has changed.

    Raises:
        RuntimeError: it could not be fetched; the text holds the last lines that pip said.
    """
    lock, stamp = HERE / "camera.lock", FOLDER / "lock.sha256"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return FOLDER
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet", "--upgrade"]
    options = ["--no-deps", "--require-hashes", "--target", str(FOLDER), "--requirement", str(lock)]
    said = subprocess.run([*pip, *options], capture_output=True, text=True, check=False, timeout=300)
    if said.returncode:
        raise RuntimeError("the virtual camera could not be fetched:\n" + "\n".join(said.stderr.splitlines()[-5:]))
    stamp.write_text(wanted)
    return FOLDER


@contextmanager
def playing(recording: Path, scratch: Path, clock_ahead_s: float = 0.0) -> Iterator[VirtualCamera]:
    """A camera that plays `recording` in a loop; it wants USER and PASSWORD.

    Args:
        recording: the video.
        scratch: an empty folder for what the camera says and writes.
        clock_ahead_s: how far its clock is ahead of the machine's.
    """
    package = prepare()
    encoder = scratch / "bin" / "ffmpeg"
    encoder.parent.mkdir()
    encoder.write_text(f"#!/bin/sh\nexec '{sys.executable}' '{HERE / 'encoder.py'}' \"$@\"\n", encoding="utf-8")
    encoder.chmod(0o755)
    onvif_port, rtsp_port, discovery_port, no_port = free_ports(4)
    camera = {
        "name": "Virtual-square", "username": USER, "password": PASSWORD,
        "onvif_port": onvif_port, "rtsp_port": rtsp_port, "go2rtc_api_port": no_port,
        "main_width": MAIN_PX[0], "main_height": MAIN_PX[1], "main_fps": FPS, "main_bitrate": "2M",
        "sub_width": SUB_PX[0], "sub_height": SUB_PX[1], "sub_fps": FPS, "sub_bitrate": "512K",
    }  # fmt: skip
    settings = {"recording": str(recording), "discovery_port": discovery_port, "clock_ahead_s": clock_ahead_s}
    environment = os.environ | {
        "PATH": f"{encoder.parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONPATH": str(package),
        "OMP_NUM_THREADS": "1",
    }
    with (scratch / "camera.log").open("wb") as log:
        command = [sys.executable, str(HERE / "camera_process.py"), json.dumps({**settings, "camera": camera})]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=environment, cwd=scratch)
        try:
            _wait_until_ready(process, scratch / "camera.log")
            yield VirtualCamera(onvif_port, rtsp_port, discovery_port)
        finally:
            process.kill()
            process.wait(timeout=60)
            if process.stdout is not None:
                process.stdout.close()


def _wait_until_ready(process: "subprocess.Popen[bytes]", log: Path) -> None:
    out = process.stdout
    if out is None or not select.select([out], [], [], 60)[0] or out.readline() != b"ready\n":
        raise RuntimeError(f"the virtual camera did not start:\n{log.read_text(encoding='utf-8', errors='replace')}")
