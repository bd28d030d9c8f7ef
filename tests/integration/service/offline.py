"""Runs a camera and a whole service where there is no network but the loopback; for test_offline.

Every connection and every name that a Python process of the service asks for is noted by an audit hook, which each
process loads at its start from a `sitecustomize` beside its notes.
"""

import array
import fcntl
import json
import socket
import struct
import sys
from pathlib import Path

HOOK = """
import os, sys

def note(event, words):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        family = getattr(words[0], "family", None)
        if family is not None and int(family) == 1:
            return  # a Unix socket
        where = words[1] if event in ("socket.connect", "socket.sendto") else words[0]
        with open({notes!r}, "a") as notes:
            notes.write(event + " " + repr(where) + "\\n")

sys.addaudithook(note)
"""


def lo_up() -> None:
    """Brings the loopback of this network namespace up (SIOCGIFFLAGS, SIOCSIFFLAGS)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        asked = array.array("b", struct.pack("16sh14x", b"lo", 0))
        fcntl.ioctl(any_socket, 0x8913, asked, True)
        (flags,) = struct.unpack_from("h", asked, 16)
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", flags | 1))


def main(folder: Path, video: Path) -> None:
    lo_up()
    from testing.rtsp_camera.camera import RtspCamera
    from testing.rtsp_camera.film import opened
    from testing.trial_service.service import Service
    from tests.integration.service.conftest import SITE

    hook, notes = folder / "hook", folder / "notes"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(HOOK.format(notes=str(notes)))
    notes.touch()
    (folder / "service").mkdir()
    with RtspCamera(opened(video, folder)) as camera:
        site = SITE.format(address=camera.address, port=18642)
        with Service(folder / "service", site, {"PYTHONPATH": str(hook)}) as service:
            service.enter()
            service.until(
                lambda: (
                    any(
                        one["state"] == "online" and one["frames_in"]
                        for one in service.ask("/api/v1/health").json().get("rows", [])
                    )
                    or b'"online"' in service.ask("/api/v1/health").body
                ),
                "the camera online",
            )
            page = service.ask("/").status
            said = {"page": page, "camera": camera.port, "attempts": notes.read_text().splitlines()}
            sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
