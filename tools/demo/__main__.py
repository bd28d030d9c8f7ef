"""`python -m tools.demo VIDEO SITE FOLDER`: a camera that plays the video, and passerby running on it."""

import argparse
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from rich.console import Console

from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import opened
from tools.demo.counts import Counts, CountsError

PORT = 18554
"""As examples/demo.site.yaml says."""

ROUND_S = 80
"""The recording's own length: without a terminal the demo ends after one round."""

PAUSE_S = 3.0
"""Between two rounds: nobody may seem to walk on from the film's end at its beginning."""

START_S = 60.0
SHOWN_EVERY_S = 1.0
TOLD_EVERY_S = 10.0


def _options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.demo", description=__doc__)
    parser.add_argument("video", type=Path, help="the recording")
    parser.add_argument("site", type=Path, help="the site file")
    parser.add_argument("folder", type=Path, help="where everything is written")
    parser.add_argument("--for", dest="for_s", type=float, help="seconds until it ends; at a terminal it does not")
    return parser.parse_args(words)


def main(words: list[str]) -> int:
    """Runs until Ctrl-C, or for so long; the exit code is 0 if something was counted."""
    options = _options(words)
    console = Console(highlight=False)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    for_s = options.for_s or (None if console.is_terminal else ROUND_S)
    options.folder.mkdir(parents=True, exist_ok=True)
    console.print("Making a camera of the recording ...")
    try:
        film = opened(options.video, options.folder)
        with RtspCamera(film, port=PORT, pause_s=PAUSE_S) as camera, (options.folder / "service.log").open("wb") as log:
            console.print(f"It is on {camera.address}, and sends {len(film.pictures) / film.length_s:.0f} pictures/s.")
            return _with_service(console, options, log.fileno(), ended, for_s)
    except OSError as fault:
        console.print(f"The demo cannot start: {fault.strerror or fault}. Does another one run?", style="bold red")
        return 1


def _with_service(
    console: Console, options: argparse.Namespace, log: int, ended: threading.Event, for_s: float | None
) -> int:
    data = options.folder / "data"
    command = [sys.executable, "-m", "passerby", "run", str(options.site), "--data", str(data), "--no-link"]
    # Ctrl-C is ours: the service is asked to stop, and tells what it has counted.
    service = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        counts = Counts(data, service)
        link = counts.entered(START_S, ended)
        if link is None:
            return 130
        console.print(f"\nOpen this link, which works once:\n\n    [bold]{link}[/]\n", soft_wrap=True)
        console.print(f"passerby runs; its log is {options.folder / 'service.log'}. Ctrl-C ends it.\n")
        return _watch(console, counts, service, ended, for_s)
    except CountsError as fault:
        console.print(f"{fault} See {options.folder / 'service.log'}.", style="bold red", soft_wrap=True)
        return 1
    finally:
        service.terminate()
        service.wait(60)


def _watch(
    console: Console, counts: Counts, service: "subprocess.Popen[bytes]", ended: threading.Event, for_s: float | None
) -> int:
    started_s = time.monotonic()
    until_s = started_s + for_s if for_s else None
    if console.is_terminal:
        from rich.live import Live

        with Live(counts.table(), console=console, refresh_per_second=2) as shown:
            while not _over(service, ended, until_s, SHOWN_EVERY_S):
                shown.update(counts.table())
    else:
        while not _over(service, ended, until_s, TOLD_EVERY_S):
            console.print(f"{time.monotonic() - started_s:4.0f} s  {counts.sentence()}")
        console.print(counts.table())
    if service.poll() is not None:
        raise CountsError("The service has ended by itself.")
    return 0 if counts.total else 1


def _over(service: "subprocess.Popen[bytes]", ended: threading.Event, until_s: float | None, wait_s: float) -> bool:
    over = until_s is not None and time.monotonic() >= until_s
    return over or ended.wait(wait_s) or service.poll() is not None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
