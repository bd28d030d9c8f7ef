"""`python -m testing.rtsp_camera VIDEO`: plays a recording as a camera until it is stopped."""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import opened
from testing.rtsp_camera.habits import habits_of
from testing.rtsp_camera.packets import quirks_of

FOLDER = Path(__file__).resolve().parents[2] / "build" / "rtsp_camera"
"""Recordings that had to be coded anew are kept here."""


def _options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m testing.rtsp_camera", description=__doc__)
    parser.add_argument("video", type=Path, help="the recording that the camera sees")
    parser.add_argument("--host", default="127.0.0.1", help="where it listens [%(default)s]")
    parser.add_argument("--port", type=int, default=8554, help="TCP port; 0 takes a free one [%(default)s]")
    parser.add_argument("--path", default="/main", help="of its stream [%(default)s]")
    parser.add_argument("--also", action="append", default=[], metavar="PATH=VIDEO", help="another stream; repeatable")
    parser.add_argument("--user", default="", help="the user name that it asks for")
    parser.add_argument("--password-from", default="", metavar="ENV", help="environment variable with the password")
    parser.add_argument("--tls", nargs=2, type=Path, metavar=("CERT", "KEY"), help="serve rtsps with this certificate")
    parser.add_argument("--loop", action=argparse.BooleanOptionalAction, default=True, help="begin anew at the end")
    parser.add_argument("--pause", type=float, default=0.0, metavar="SECONDS", help="between two rounds [%(default)s]")
    parser.add_argument("--quirks", default="", help="such as `marker=none,slow=1.19`; see `packets.Quirks`")
    parser.add_argument("--habits", default="", help="such as `nonce_uses=1,sequence=none`; see `habits.Habits`")
    return parser.parse_args(words)


def main(words: list[str]) -> int:
    """Starts the camera, prints its address, and waits for a signal."""
    options = _options(words)
    if not options.video.is_file():
        print(f"testing.rtsp_camera: {options.video}: there is no such file", file=sys.stderr)
        return 2
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    camera = RtspCamera(
        opened(options.video, FOLDER),
        host=options.host,
        port=options.port,
        path=options.path,
        others={path: opened(Path(video), FOLDER) for path, _, video in (one.partition("=") for one in options.also)},
        user=options.user,
        password=os.environ.get(options.password_from, ""),
        certificate=tuple(options.tls) if options.tls else None,
        loop=options.loop,
        pause_s=options.pause,
    )
    camera.quirks, camera.habits = quirks_of(options.quirks), habits_of(options.habits)
    with camera:
        print(camera.address, flush=True)
        ended.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
