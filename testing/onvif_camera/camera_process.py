"""The process of the virtual camera: ipycam plays a recording in a loop, on loopback only.

    python camera_process.py SETTINGS

SETTINGS is a JSON object: `recording`, `discovery_port`, `clock_ahead_s`, and `camera` with fields of CameraConfig.
"""

import functools
import http.server
import json
import sys
import time
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import cv2
import ipycam.camera  # type: ignore[import-not-found]
import ipycam.onvif  # type: ignore[import-not-found]
from ipycam import CameraConfig, IPCamera
from ipycam.discovery import WSDiscoveryServer  # type: ignore[import-not-found]


def main(settings: dict[str, Any]) -> None:
    # Left alone, the camera would show the recording to the whole network.
    server, rtsp = ipycam.camera.ReusableThreadingTCPServer, ipycam.camera.NativeRTSPServer
    ipycam.camera.ReusableThreadingTCPServer = lambda place, handler: server(("127.0.0.1", place[1]), handler)
    ipycam.camera.NativeRTSPServer = functools.partial(rtsp, host="127.0.0.1")
    WSDiscoveryServer.MULTICAST_PORT = settings["discovery_port"]
    set_clock(settings["clock_ahead_s"])
    camera = IPCamera(CameraConfig(local_ip="127.0.0.1", show_timestamp=False, **settings["camera"]))
    if not camera.start():
        sys.exit("the camera did not start")
    recording = cv2.VideoCapture(settings["recording"])
    size = (camera.config.main_width, camera.config.main_height)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while camera.is_running:
        there, picture = recording.read()
        if there:
            camera.stream(cv2.resize(picture, size))
        else:
            recording.set(cv2.CAP_PROP_POS_FRAMES, 0)


def set_clock(ahead_s: float) -> None:
    """Puts the camera's clock ahead of the machine's, for what it says and for what it accepts."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) + timedelta(seconds=ahead_s)

    def seconds() -> float:
        return time.time() + ahead_s

    ipycam.onvif.datetime = Clock
    ipycam.onvif.time = SimpleNamespace(gmtime=lambda: time.gmtime(seconds()), time=seconds)
    http.server.time = SimpleNamespace(time=seconds)  # type: ignore[attr-defined]


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
